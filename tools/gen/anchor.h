/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Keeps an XDP program in the kernel's dispatcher. Each test run of a program that is
 * attached nowhere patches the dispatcher before and after, and waits for RCU: milliseconds
 * on an idle machine, near half a second on a busy one, for every single call. So the
 * program is attached to the loopback device of a network namespace that nobody else has,
 * where it never sees a packet.
 */
#ifndef BENCH_GEN_ANCHOR_H
#define BENCH_GEN_ANCHOR_H

#include <stddef.h>

struct anchor {
	int netns_fd, link_fd;
};

/* -errno, and @text says why */
int anchor_open(struct anchor *a, int program_fd, char *text, size_t text_size);
void anchor_close(struct anchor *a);

#endif
