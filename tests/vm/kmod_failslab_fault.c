/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Lets the n-th allocation of a task fail, by the kernel's own fault injection. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "kmod_failslab.h"

unsigned int fault_nth;
bool fault_is_fired;

static int nth_fd;

int fault_open(void)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return nth_fd < 0 ? -errno : 0;
}

static void fault_set(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, (size_t)len, 0) != len) {
		perror("kmod-failslab: fail-nth");
		exit(77);
	}
}

void fault_on(void)
{
	if (fault_nth)
		fault_set(fault_nth);
}

void fault_off(void)
{
	char text[16] = "";

	if (!fault_nth)
		return;
	if (pread(nth_fd, text, sizeof(text) - 1, 0) > 0)
		fault_is_fired = atoi(text) == 0;
	fault_set(0);
}
