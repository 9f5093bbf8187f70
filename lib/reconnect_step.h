/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The steps by which an endpoint gets from one engine to the next; part of lib/reconnect.c. Each
 * does as much as it can without waiting.
 */
#ifndef PFQ_LIB_RECONNECT_STEP_H
#define PFQ_LIB_RECONNECT_STEP_H

#include "reconnect.h"

/*
 * Pauses between two tries grow from MIN to MAX: from MIN while the engine's process is about to
 * change its state, from LONG if that is unknown.
 */
#define PFQ_PAUSE_MIN_NS	(1 * NS_PER_MS)
#define PFQ_PAUSE_LONG_NS	(200 * NS_PER_MS)
#define PFQ_PAUSE_MAX_NS	(1000 * NS_PER_MS)

enum {	/* of a step */
	PFQ_RECONNECT_WAIT,	/* nothing to do now */
	PFQ_RECONNECT_MOVED,	/* the state has changed: go on */
};

/* Indexed by the state; NULL: nothing is waited for in this state. @now: CLOCK_MONOTONIC. */
extern int (*const pfq_reconnect_step[__PFQ_RECONNECT_MAX])(struct pfq *q, uint64_t now);

/* Drop the connection to the next engine, and what came by it. */
void pfq_reconnect_hang_up(struct pfq *q);
/* Give up with @error; the text is set. */
int pfq_reconnect_over(struct pfq *q, int error);

#endif /* PFQ_LIB_RECONNECT_STEP_H */
