/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the user asked bench-delay for. */
#ifndef BENCH_DELAY_OPTIONS_H
#define BENCH_DELAY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "receiver.h"

enum delay_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* a device or the system refused */
	EXIT_USAGE = 2,
	EXIT_LOST = 3,	 /* not every frame came, or one came twice */
};

#define DELAY_COUNT_MAX 1000000u

struct delay_options {
	struct receiver_options receiver;
	const char *far_end; /* DEV or DEV@NETNS */
	uint64_t count, block; /* frames; of a block: 0: all of them */
	uint64_t gap_min_ns, gap_max_ns;
	uint64_t length;
	int64_t cpu_send, cpu_recv; /* -1: not pinned */
	bool is_dispatch, is_next, is_poll;
};

/* Prints what is wrong and exits with EXIT_USAGE when the line makes no sense. */
void delay_options_parse(struct delay_options *o, int argc, char **argv);

#endif
