/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include "pfqd/base/loop.h"
#include "handover_turn.h"

/*
 * A handover goes on so long after the time at which the workers should be ready, if they have
 * taken so many plans since then: pfqd itself may have been stopped.
 */
#define LATE_NS		1000000000ULL
#define LATE_LOOKS	100

/* The workers should be ready in @ahead_ns. */
static void expect(struct handover *h, uint64_t ahead_ns)
{
	h->end_ns = loop_now_ns() + ahead_ns + LATE_NS;
	h->looks = 0;
}

bool handover_is_late(struct handover *h)
{
	return ++h->looks > LATE_LOOKS && loop_now_ns() >= h->end_ns;
}

void handover_turn_set(struct pfqd_group *g, uint64_t before_ns, uint64_t at_ns)
{
	struct handover *h = &g->handover;

	/* the workers may still have the other one */
	h->turn = &g->turns[h->turn == &g->turns[0]];
	*h->turn = (struct plan_turn){ .before_ns = before_ns, .at_ns = at_ns };
}

static void give_up_closed(struct pfqd_group *g)
{
	for (unsigned int i = 0; i < g->feeds; i++) {
		struct group_feed *feed = &g->feed[i];

		/* if both wait for the device, the new one takes over */
		if (!feed->coming || feed->coming->ingest || !feed->source->ingest)
			continue;
		source_put(feed->coming);
		feed->coming = NULL;
	}
}

void handover_turn_choose(struct pfqd_group *g)
{
	struct handover *h = &g->handover;
	uint64_t now_ns = clock_watch_now_ns(), before_ns = plan_turn_now_ns(h->turn);

	if (h->is_ending) {
		h->state = HANDOVER_ENDING;
		handover_turn_set(g, before_ns, 0);
		return;
	}
	give_up_closed(g);
	h->state = HANDOVER_RUNNING;
	/* after an earlier turn, the clock was set, and it may be past that turn already */
	handover_turn_set(g, before_ns, before_ns <= now_ns ? before_ns : now_ns + h->ahead_ns);
	expect(h, h->ahead_ns);
}

bool handover_turn_holds(struct handover *h)
{
	struct plan_turn *t = h->turn;
	uint64_t first_ns = min_t(uint64_t, t->at_ns, t->before_ns);
	/* the kernel may tell of a small step of the clock a moment after it */
	bool is_ahead = clock_watch_now_ns() + CLOCK_WATCH_STEP_NS < first_ns;
	bool may_hold = h->is_ending || t->at_ns == t->before_ns || is_ahead;

	return plan_turn_decide(t, may_hold ? PLAN_TURN_HOLDS : PLAN_TURN_VOID) == PLAN_TURN_HOLDS;
}

void handover_mark(struct pfqd_group *g)
{
	for (unsigned int i = 0; i < g->feeds; i++) {
		source_mark(g->feed[i].source);
		if (g->feed[i].coming)
			source_mark(g->feed[i].coming);
	}
	if (g->handover.state != HANDOVER_ENDING)
		expect(&g->handover, 0);
	g->handover.state = HANDOVER_READING;
}

bool handover_is_past_mark(const struct pfqd_group *g)
{
	for (unsigned int i = 0; i < g->feeds; i++) {
		if (!source_is_past_mark(g->feed[i].source) ||
		    (g->feed[i].coming && !source_is_past_mark(g->feed[i].coming)))
			return false;
	}
	return true;
}

bool handover_is_read(const struct pfqd_group *g, const struct source *src,
		      const struct workers *workers)
{
	return src->plan_index == SOURCE_NOT_PLANNED ||
	       workers_source_done_ns(workers, src->plan_index) >=
	       plan_turn_now_ns(g->handover.turn);
}

bool handover_is_over(const struct pfqd_group *g, const struct workers *workers)
{
	for (unsigned int i = 0; i < g->feeds; i++) {
		const struct group_feed *feed = &g->feed[i];

		if (feed->coming && !(handover_is_read(g, feed->source, workers) &&
				      handover_is_read(g, feed->coming, workers)))
			return false;
	}
	return true;
}
