/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The two turns of a handover: struct plan_turn says what a turn is. The first one lies ahead. When
 * the clock is past it, the last one lets the group take all packets from the new sources.
 *
 * A packet for which a turn matters has two copies, and the workers must not have read just one of
 * them before the turn. So before each turn, the workers read all packets that have come so far:
 * handover_mark(). After that, packets come for which the turn does not matter. This would be wrong
 * if the clock was set. So handover.c makes a turn void if it was set before the turn holds. It may
 * be set after that, because then all workers choose by the turn.
 */
#ifndef PFQD_HANDOVER_TURN_H
#define PFQD_HANDOVER_TURN_H

#include "group.h"

/* The next plan has a turn from @before_ns to @at_ns. */
void handover_turn_set(struct pfqd_group *group, uint64_t before_ns, uint64_t at_ns);
/* Choose the next turn. New sources that did not open are given up. */
void handover_turn_choose(struct pfqd_group *group);
/* The workers have the turn, and the clock was not set since the marks: does it hold now? */
bool handover_turn_holds(struct handover *h);

/*
 * handover_mark(): begin to let the workers read what has come so far. handover_is_past_mark():
 * have they?
 */
void handover_mark(struct pfqd_group *group);
bool handover_is_past_mark(const struct pfqd_group *group);
/* Have the workers read all packets of @src from before the turn that holds? */
bool handover_is_read(const struct pfqd_group *group, const struct source *src,
		      const struct workers *workers);
/* Have they done so with all old and new sources? They skip such packets of new ones. */
bool handover_is_over(const struct pfqd_group *group, const struct workers *workers);
/* Do the workers need much longer than they should? The caller goes on then. */
bool handover_is_late(struct handover *h);

#endif /* PFQD_HANDOVER_TURN_H */
