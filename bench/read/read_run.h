/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Runs bench-read after its options are read: wait, read, print the result */
#ifndef BENCH_READ_RUN_H
#define BENCH_READ_RUN_H

#include "receiver.h"

enum read_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* a device or the system refused */
	EXIT_USAGE = 2,
	EXIT_LOST = 3,	 /* not exactly the waiting packets were read */
};

struct read_options {
	struct receiver_options receiver;
	uint64_t count; /* 0: until a line on standard input */
	uint64_t rounds, settle_ms;
	int64_t cpu;
	bool is_live;
};

/* Do all rounds. Returns an exit status, or -errno with @text. */
int read_run(const struct read_options *o, char *text, size_t text_size);

#endif
