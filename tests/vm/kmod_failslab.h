/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the parts of kmod-failslab share. */
#ifndef KMOD_FAILSLAB_H
#define KMOD_FAILSLAB_H

#include <stdbool.h>
#include <stddef.h>

/* --- the fault (kmod_failslab_fault.c) ------------------------------------------ */

extern unsigned int fault_nth;	/* which allocation is to fail; 0: none */
extern bool fault_is_fired;	/* as of the last fault_off() */

/* -errno: this kernel cannot do it */
int fault_open(void);
/* from here to there */
void fault_on(void);
void fault_off(void);

/* --- operations ----------------------------------------------------------------- */

struct operation {
	const char *name;
	int (*prepare)(void);
	int (*run)(void);
	bool is_quiet;	/* may make no allocation that can fail */
	int bindings;	/* that the group is left with when it fails */
};

extern const struct operation operations[];
extern const size_t operations_count;
/* of a module that is not loaded yet: the only one then */
extern const struct operation operation_load;

extern const char *operation_devices[2], *operation_module;

/* 0, or -errno: there is no module */
int operations_begin(void);
/* Everything that an operation, and what comes before it, has made. */
void operation_undo(void);
/* Nothing is left of it, neither group nor hook. */
bool operation_is_undone(void);
/* the bindings of all groups; -1: it cannot be seen */
int operation_bindings(void);

#endif /* KMOD_FAILSLAB_H */
