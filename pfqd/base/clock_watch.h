/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Notices that the clock of the machine (CLOCK_REALTIME) was set, forth or back. */
#ifndef PFQD_CLOCK_WATCH_H
#define PFQD_CLOCK_WATCH_H

#include <stdint.h>

/* The kernel may tell of a smaller step a moment after it. */
#define CLOCK_WATCH_STEP_NS	1000000

struct clock_watch {
	int fd;			/* a timer that the kernel cancels when the clock is set */
	int64_t offset_ns;	/* CLOCK_REALTIME less CLOCK_MONOTONIC, as last seen */
	uint64_t sets;		/* result of the last clock_watch_look() */
};

/* Returns 0 or -errno; there is nothing to close then. */
int clock_watch_open(struct clock_watch *watch);
void clock_watch_close(struct clock_watch *watch);
/*
 * Returns a number that has grown if the clock was set since the last call, also if it was put
 * right since then.
 */
uint64_t clock_watch_look(struct clock_watch *watch);
/* The time of CLOCK_REALTIME. */
uint64_t clock_watch_now_ns(void);

#endif /* PFQD_CLOCK_WATCH_H */
