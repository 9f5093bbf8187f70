/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * When an engine rings the doorbell of a lane, and when it does not because ringing has become
 * too dear. The shell rings, and owns the timer that brings it back here.
 */
#ifndef PFQ_CORE_DOORBELL_H
#define PFQ_CORE_DOORBELL_H

#include "ring.h"

/* A timer for a doorbell runs this far ahead at least, whatever the consumer writes. */
#define PFQ_DOORBELL_TIMER_MIN_NS	250000ULL
/* and this far at most: what an engine's timer takes for a time must be one */
#define PFQ_DOORBELL_TIMER_MAX_NS	3600000000000ULL
/* A ring that costs this much or more is dear; an ordinary one takes 2 us. */
#define PFQ_DOORBELL_DEAR_NS		200000ULL
/* After dear rings the doorbell keeps quiet for their cost times the factor, up to the maximum. */
#define PFQ_DOORBELL_QUIET_FACTOR	100
#define PFQ_DOORBELL_QUIET_MAX_NS	1000000000ULL

/* A ring that has failed is tried again after this time. */
#define PFQ_DOORBELL_AGAIN_NS		1000000ULL

/*
 * After a publication, and on the shell's timer. @now_ns: any monotonic clock, the same in all
 * calls for @p; @held_ns as pfq_ring_doorbell_due() has it. True: ring now, and then call
 * pfq_doorbell_rung() or pfq_doorbell_failed(). False: *@timer_ns is brought forward to the time
 * when to ask again, if there is one.
 */
bool pfq_doorbell_look(struct pfq_producer *p, struct pfq_reader_hdr *reader, u64 now_ns,
		       u64 held_ns, u64 *timer_ns);

/* The ring after a look at @now_ns took @cost_ns of the shell's time. */
void pfq_doorbell_rung(struct pfq_producer *p, u64 now_ns, u64 cost_ns);

/*
 * The ring after a look at @now_ns has failed, for a reason that passes, and the consumer still
 * waits for it. *@timer_ns is brought forward to the next attempt.
 */
void pfq_doorbell_failed(struct pfq_producer *p, u64 now_ns, u64 *timer_ns);

#endif /* PFQ_CORE_DOORBELL_H */
