/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Running the program until enough frames are sent. */
#ifndef BENCH_GEN_SEND_H
#define BENCH_GEN_SEND_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include "options.h"
#include "program.h"
#include "wire.h"

struct send_result {
	uint64_t sent, bytes; /* frames handed to the device */
	uint64_t failed;      /* that the program could not make */
	double seconds;
	const char *ended; /* by: count, time, signal */
};

/*
 * Send @count frames (0: without end), or until the time is up or one of @signals, which are
 * blocked, comes. -errno, and @text says why.
 */
int send_run(const struct gen_options *o, const struct wire *wire, const struct program *program,
	     uint64_t count, const sigset_t *signals, struct send_result *result, char *text,
	     size_t text_size);

#endif
