/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Runs the program until enough frames are sent. */
#ifndef BENCH_GEN_SEND_H
#define BENCH_GEN_SEND_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include "options.h"
#include "program.h"
#include "wire.h"

struct send_result {
	uint64_t sent, bytes; /* frames that the device got, and their bytes */
	uint64_t failed;      /* frames that the program could not make */
	double seconds;
	const char *ended; /* by: count, time, signal */
};

/*
 * Send @count frames (0: without end). Ends earlier when the time is up or one of @signals
 * comes, which are blocked. Returns 0 or -errno; @text then says why.
 */
int send_run(const struct gen_options *o, const struct wire *wire, const struct program *program,
	     uint64_t count, const sigset_t *signals, struct send_result *result, char *text,
	     size_t text_size);

#endif
