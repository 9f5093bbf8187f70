/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A session: all workers of one invocation, from their start to their end. */
#ifndef BENCH_CAPTOP_SESSION_H
#define BENCH_CAPTOP_SESSION_H

#include <signal.h>
#include "report.h"
#include "run.h"

/* Open all handles. On an error prints one line on standard error and returns -errno. */
int session_open(struct run *r, const struct options *o);
void session_close(struct run *r);

/*
 * Start the workers, report each second, wait for the end, join the workers. @signals are
 * blocked in all threads, and one of them ends the run. Returns 0 or -errno. If a thread
 * cannot start, the process exits.
 */
int session_go(struct run *r, struct report *report, const sigset_t *signals);

#endif
