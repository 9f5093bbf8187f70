// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <time.h>
#include "pace.h"

#define NSEC_PER_SEC 1000000000ull
#define SPIN_NS	     80000ull	 /* a thread wakes up from sleep about this late */
#define SLEEP_MAX_NS 5000000ull /* the caller looks for other reasons to end this often */

uint64_t pace_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

void pace_start(struct pace *p, uint64_t rate_pps, uint64_t now_ns)
{
	p->rate_pps = rate_pps;
	p->base_ns = now_ns;
	p->sent = 0;
}

/* 128 bits: a day at 100 Mpps overflows 64. */
static uint64_t due_ns(const struct pace *p, uint64_t packet)
{
	return p->base_ns + (uint64_t)((unsigned __int128)packet * NSEC_PER_SEC / p->rate_pps);
}

static uint64_t due_count(const struct pace *p, uint64_t now_ns)
{
	uint64_t elapsed_ns = now_ns > p->base_ns ? now_ns - p->base_ns : 0;

	/* The first packet is due at once. */
	return (uint64_t)((unsigned __int128)elapsed_ns * p->rate_pps / NSEC_PER_SEC) + 1;
}

uint64_t pace_due(struct pace *p, uint64_t now_ns, uint64_t max)
{
	uint64_t due;

	if (!p->rate_pps)
		return max;
	if (due_ns(p, p->sent) + PACE_BACKLOG_NS < now_ns)
		pace_start(p, p->rate_pps, now_ns - PACE_BACKLOG_NS);
	due = due_count(p, now_ns);
	due = due > p->sent ? due - p->sent : 0;
	if (due > max)
		due = max;
	p->sent += due;
	return due;
}

void pace_return(struct pace *p, uint64_t n)
{
	p->sent -= n < p->sent ? n : p->sent;
}

bool pace_wait(const struct pace *p, uint64_t n)
{
	uint64_t now_ns = pace_now(), until_ns, sleep_ns;
	struct timespec ts;

	if (!p->rate_pps)
		return true;
	until_ns = due_ns(p, p->sent + n - 1);
	if (now_ns + SPIN_NS < until_ns) {
		sleep_ns = until_ns - now_ns - SPIN_NS;
		ts = (struct timespec){ .tv_nsec = (long)(sleep_ns < SLEEP_MAX_NS ? sleep_ns :
							  SLEEP_MAX_NS) };
		nanosleep(&ts, NULL);
		if (sleep_ns > SLEEP_MAX_NS)
			return false;
	}
	while (pace_now() < until_ns)
		;
	return true;
}
