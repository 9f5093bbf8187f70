/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-failslab DEVICE DEVICE2 [MODULE]: runs each operation with its first allocation
 * failing, then with its second, and so on until none is left. The operation must succeed
 * without it, or report that there is no memory. The same operation must then succeed at
 * once, and nothing of it may be left. With MODULE the only operation is loading this file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "kmod_failslab.h"

#define NTH_MAX	20000

static int complain(const struct operation *o, unsigned int n, const char *what, int err)
{
	fprintf(stderr, "kmod-failslab: %s, allocation %u: %s: %s\n", o->name, n, what,
		strerror(-err));
	return 1;
}

static bool is_no_memory(int err)
{
	return err == -ENOMEM || err == -ENOBUFS;
}

/*
 * Run the operation with allocation @n failing. Returns 0 if it handled the fault, or made
 * fewer allocations.
 */
static int once(const struct operation *o, unsigned int n, unsigned int *failed)
{
	int err = o->prepare();

	if (err)
		return complain(o, n, "the preparation failed", err);
	fault_nth = n;
	fault_is_fired = false;
	err = o->run();
	fault_nth = 0;
	if (err && !(fault_is_fired && is_no_memory(err)))
		return complain(o, n,
				fault_is_fired ? "an error that is not about memory" :
						 "failed without a fault",
				err);
	*failed += !!err;
	if (err == -ENOMEM && o->bindings >= 0 && operation_bindings() != o->bindings)
		return complain(o, n, "the state before has changed", err);
	/* The answer was lost, so it is not known what has been done: undo it. */
	if (err == -ENOBUFS) {
		operation_undo();
		(void)o->prepare();
	}
	if (err) {
		err = o->run();
		if (err)
			return complain(o, n, "failed although there was memory again", err);
	}
	operation_undo();
	return operation_is_undone() ? 0 : complain(o, n, "something was left behind", -EBUSY);
}

static int operate(const struct operation *o)
{
	unsigned int n, failed = 0;

	for (n = 1; n < NTH_MAX; n++) {
		if (once(o, n, &failed))
			return 1;
		if (!fault_is_fired)
			break;
	}
	printf("%-24s %5u faults: %5u failed, %5u did without\n", o->name, n - 1, failed,
	       n - 1 - failed);
	fflush(stdout);
	if (n == 1 && !o->is_quiet)
		return complain(o, n, "no allocation failed", -EINVAL);
	return 0;
}

int main(int argc, char **argv)
{
	int worst = 0;
	size_t i;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: %s DEVICE DEVICE2 [MODULE]\n", argv[0]);
		return 2;
	}
	operation_devices[0] = argv[1];
	operation_devices[1] = argv[2];
	operation_module = argv[3];
	if (fault_open()) {
		fprintf(stderr, "kmod-failslab: this kernel has no fail-nth\n");
		return 77;
	}
	/* Lock this program's pages, so that none of them meets a fault. */
	if (mlockall(MCL_CURRENT))
		perror("mlockall");
	if (operation_module)
		return operate(&operation_load);
	if (operations_begin()) {
		fprintf(stderr, "kmod-failslab: the module is not loaded\n");
		return 1;
	}
	for (i = 0; i < operations_count; i++)
		worst |= operate(&operations[i]);
	return worst;
}
