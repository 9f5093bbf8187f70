/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sends at a rate. Times are CLOCK_MONOTONIC in nanoseconds. */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	uint64_t rate_pps; /* 0: flat out */
	uint64_t base_ns;
	uint64_t sent;	   /* packets since base_ns */
};

uint64_t pace_now(void);

void pace_start(struct pace *p, uint64_t rate_pps, uint64_t now_ns);

/*
 * Return how many packets, at most @max, are due at @now_ns, and count them as sent. A late
 * sender catches up, so that the mean rate is right, but by at most PACE_BACKLOG_NS. Thus a
 * sender that was too slow for long does not send a large burst later.
 */
#define PACE_BACKLOG_NS 100000000ull
uint64_t pace_due(struct pace *p, uint64_t now_ns, uint64_t max);

/* Take back @n packets that pace_due() granted and the caller did not send. */
void pace_return(struct pace *p, uint64_t n);

/*
 * Sleep until @n packets are due, but no longer than 5 ms, so that the caller can look for
 * other reasons to end. The last part of the wait spins. Returns true when the packets are
 * due.
 */
bool pace_wait(const struct pace *p, uint64_t n);

#endif
