/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The options of bench-delay, as the user gave them */
#ifndef BENCH_DELAY_OPTIONS_H
#define BENCH_DELAY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "receiver.h"

enum delay_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* a device or the system refused */
	EXIT_USAGE = 2,
	EXIT_LOST = 3,	 /* a frame was lost, or one came twice */
};

#define DELAY_COUNT_MAX 1000000u

struct delay_options {
	struct receiver_options receiver;
	const char *far_end; /* DEV or DEV@NETNS */
	uint64_t count, block; /* frames; frames in a block, 0: all */
	uint64_t gap_min_ns, gap_max_ns;
	uint64_t length;
	int64_t cpu_send, cpu_recv; /* -1: not pinned */
	bool is_dispatch, is_next, is_poll;
};

/* Read the command line into @o. If it is wrong, print the reason and exit with EXIT_USAGE. */
void delay_options_parse(struct delay_options *o, int argc, char **argv);

#endif
