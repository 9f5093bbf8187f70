/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The options of pfq-gen, as the user gave them. */
#ifndef BENCH_GEN_OPTIONS_H
#define BENCH_GEN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "tools/common/frame.h"

enum gen_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* the kernel, a device or a file refused */
	EXIT_USAGE = 2,
	EXIT_UNACCOUNTED = 3, /* sent, received and dropped do not add up */
};

struct gen_options {
	const char *device;
	/* The far end: DEV or DEV@NETNS; NULL: none. At most one of the three is given. */
	const char *sink, *pass, *peer;
	const char *trace_path;	   /* NULL: made frames */
	struct frame_spec spec;
	bool is_imix, is_random;
	uint64_t flows;
	uint64_t count;	      /* 0: no end */
	uint64_t loops;	      /* of the file; 0: option not given */
	uint64_t duration_ns; /* 0: no end */
	uint64_t rate_pps;    /* 0: flat out */
	uint64_t batch;	      /* frames that the kernel passes on at once */
	int64_t cpu;	      /* -1: not pinned */
	bool is_json;
};

/* Read the command line into @o. If it is wrong, print the reason and exit with EXIT_USAGE. */
void gen_options_parse(struct gen_options *o, int argc, char **argv);

#endif
