/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sending at a rate. Time is CLOCK_MONOTONIC in nanoseconds. */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	uint64_t rate_pps; /* 0: flat out */
	uint64_t base_ns;
	uint64_t sent;	   /* since base_ns */
};

uint64_t pace_now(void);

void pace_start(struct pace *p, uint64_t rate_pps, uint64_t now_ns);

/*
 * How many packets, at most @max, are due at @now_ns; they count as sent. Lost time is made
 * up for, so that the mean holds, but never more than PACE_BACKLOG_NS of it: a sender that
 * cannot keep up must not burst once it can.
 */
#define PACE_BACKLOG_NS 100000000ull
uint64_t pace_due(struct pace *p, uint64_t now_ns, uint64_t max);

/* Take back @n packets that pace_due() gave and that were not sent. */
void pace_return(struct pace *p, uint64_t n);

/*
 * Sleep (the last stretch spinning) until @n packets are due, but no longer than 5 ms, so
 * that the caller sees other reasons to end. True when they are due.
 */
bool pace_wait(const struct pace *p, uint64_t n);

#endif
