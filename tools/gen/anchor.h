/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Keeps an XDP program in the kernel's dispatcher. A program that is attached nowhere makes
 * each test run slow. The kernel then patches the dispatcher before and after every call
 * and waits for RCU. This takes milliseconds on an idle machine, and nearly half a second on
 * a busy one.
 *
 * So this attaches the program to the loopback device of a new network namespace, where no
 * packet reaches it.
 */
#ifndef BENCH_GEN_ANCHOR_H
#define BENCH_GEN_ANCHOR_H

#include <stddef.h>

struct anchor {
	int netns_fd, link_fd;
};

/* Attach @program_fd. Returns 0 or -errno; @text then says why. */
int anchor_open(struct anchor *a, int program_fd, char *text, size_t text_size);
void anchor_close(struct anchor *a);

#endif
