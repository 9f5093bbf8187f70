/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "doorbell.h"

/* A bit of quiet_until that no time has: the doorbell has to ring at that time. */
#define OWED	(1ULL << 63)

/* The consumer waits for a ring that has failed. armed is 0 since then. */
static bool look_owed(struct pfq_producer *p, u64 now_ns, u64 *timer_ns)
{
	u64 at_ns = p->quiet_until & ~OWED;

	if (now_ns >= at_ns) {
		p->quiet_until = 0;
		return true;
	}
	*timer_ns = min_t(u64, *timer_ns, at_ns);
	return false;
}

bool pfq_doorbell_look(struct pfq_producer *p, struct pfq_reader_hdr *reader, u64 now_ns,
		       u64 held_ns, u64 *timer_ns)
{
	u64 next_ns = ~0ULL;

	if (unlikely(now_ns < p->quiet_until)) {
		if (p->quiet_until & OWED)
			return look_owed(p, now_ns, timer_ns);
		if (pfq_ring_unread(p))
			*timer_ns = min_t(u64, *timer_ns, p->quiet_until);
		return false;
	}
	if (pfq_ring_doorbell_due(p, reader, now_ns, held_ns, &next_ns))
		return true;
	if (next_ns == ~0ULL)
		return false;
	next_ns = max_t(u64, next_ns, now_ns + PFQ_DOORBELL_TIMER_MIN_NS);
	next_ns = min_t(u64, next_ns, now_ns + PFQ_DOORBELL_TIMER_MAX_NS);
	*timer_ns = min_t(u64, *timer_ns, next_ns);
	return false;
}

/*
 * The consumer decides who waits at its end of the doorbell, and each of them is woken on the
 * engine's time. After two dear rings in a row the doorbell keeps quiet for so long that ringing
 * takes below one percent of that time. The first dear ring only leaves a mark: it may have met
 * an interrupt.
 */
void pfq_doorbell_rung(struct pfq_producer *p, u64 now_ns, u64 cost_ns)
{
	if (likely(cost_ns < PFQ_DOORBELL_DEAR_NS)) {
		p->quiet_until = 0;
		return;
	}
	if (!p->quiet_until) {
		p->quiet_until = 1;
		return;
	}
	p->quiet_until = now_ns + cost_ns +
		min_t(u64, PFQ_DOORBELL_QUIET_FACTOR * cost_ns, PFQ_DOORBELL_QUIET_MAX_NS);
}

void pfq_doorbell_failed(struct pfq_producer *p, u64 now_ns, u64 *timer_ns)
{
	p->quiet_until = OWED | (now_ns + PFQ_DOORBELL_AGAIN_NS);
	*timer_ns = min_t(u64, *timer_ns, now_ns + PFQ_DOORBELL_AGAIN_NS);
}
