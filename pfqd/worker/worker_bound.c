/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Decides which packets of a source a group takes while it changes from some sources to others.
 *
 * The old and the new sources give the same packets, and two workers may read the two copies of a
 * packet at different times. Both must choose by the same time, or the group gets the packet twice
 * or never. So a turn holds for all workers at once, when all have a plan with it. It changes
 * nothing for a packet that a worker has read before, because a worker that meets a packet for
 * which it matters makes it void. (The control thread makes sure that no such packet has come
 * before the plan: see handover.c.)
 */
#include "config.h"

#include "worker_thread.h"

/*
 * For so long before a turn, the worker lets the packets of new sources wait. So a worker that is
 * stopped after it read the clock does not give their packets before those of the old sources.
 */
#define QUIET_NS	10000000ULL

static uint64_t real_ns(void)
{
	return ingest_clock_ns(CLOCK_REALTIME);
}

/* Does the group take a packet of this time? */
static bool takes(const struct plan_bound *b, uint64_t ts_ns)
{
	struct plan_turn *t = b->turn;
	bool is_before;

	if (!t)
		return true;
	is_before = ts_ns < t->at_ns;
	/* the first such packet that comes too early makes the turn void */
	if (is_before != (ts_ns < t->before_ns) &&
	    plan_turn_decide(t, PLAN_TURN_VOID) != PLAN_TURN_HOLDS)
		is_before = !is_before;
	return is_before == b->is_old;
}

void worker_bound_choose(struct worker *w, const struct plan_bound *b)
{
	w->part.n = 0;
	for (uint32_t i = 0; i < w->batch.n; i++) {
		if (takes(b, w->batch.view[i].ts_ns))
			w->part.view[w->part.n++] = w->batch.view[i];
	}
}

/* Does @ps give @pg packets until the turn? */
static bool gives_until(const struct plan_source *ps, const struct plan_group *pg,
			const struct plan_turn *t)
{
	for (uint32_t g = 0; ps->bound && g < ps->groups; g++) {
		if (ps->group[g] == pg && ps->bound[g].turn == t && ps->bound[g].is_old)
			return true;
	}
	return false;
}

bool worker_bound_is_early(const struct worker *w, const struct plan_source *ps)
{
	const struct plan *plan = worker_plan(w);

	for (uint32_t g = 0; g < ps->groups; g++) {
		const struct plan_turn *t = ps->bound[g].turn;

		/* much earlier, nobody takes packets of the new source, which must not fill up */
		if (!t || ps->bound[g].is_old || real_ns() + QUIET_NS < t->at_ns)
			continue;
		for (uint32_t i = 0; i < plan->sources; i++) {
			if (gives_until(&plan->source[i], ps->group[g], t) && worker_ingest(w, i) &&
			    worker_lane(w)->source[i].done_ns < t->at_ns)
				return true;
		}
	}
	return false;
}
