/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* All workers of one invocation, from their start to the end. */
#ifndef BENCH_CAPTOP_SESSION_H
#define BENCH_CAPTOP_SESSION_H

#include <signal.h>
#include "report.h"
#include "run.h"

/* Opens all handles. -errno, after one line on standard error. */
int session_open(struct run *r, const struct options *o);
void session_close(struct run *r);

/* Start, report each second, wait for the end, join. @signals are blocked in all threads. */
int session_go(struct run *r, struct report *report, const sigset_t *signals);

#endif
