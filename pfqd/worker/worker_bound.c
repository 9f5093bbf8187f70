/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Decides which packets of a source a group takes while it changes from some sources to others.
 *
 * All workers must use one time, and the control thread cannot know how late it publishes a plan.
 * So each worker says when it takes the plan whether its clock is still before the time of the
 * turn. It has read no later packet then. The turn holds if all have said so. A worker that comes
 * too late makes it void. So does a worker that meets the first later packet before all have the
 * plan. Until then, old and new sources give the same packets with the turn as without it: so after
 * a void turn, nothing was lost or doubled, and the control thread tries another time.
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

/* Does the turn hold? The first call after which it could not hold any more makes it void. */
static bool holds(struct plan_turn *t)
{
	uint32_t votes = __atomic_load_n(&t->votes, __ATOMIC_ACQUIRE);

	while (votes < t->workers)
		if (__atomic_compare_exchange_n(&t->votes, &votes, PLAN_TURN_VOID, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return false;
	return votes == t->workers;
}

/* This worker takes a plan with the turn. It has not voted, so the turn does not hold yet. */
static void vote(struct plan_turn *t)
{
	uint32_t votes = __atomic_load_n(&t->votes, __ATOMIC_ACQUIRE);

	if (real_ns() >= t->at_ns) {
		__atomic_store_n(&t->votes, PLAN_TURN_VOID, __ATOMIC_RELEASE);
		return;
	}
	while (votes != PLAN_TURN_VOID &&
	       !__atomic_compare_exchange_n(&t->votes, &votes, votes + 1, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
}

/* Is the turn in the first @sources sources of @plan? */
static bool has_turn(const struct plan *plan, uint32_t sources, const struct plan_turn *t)
{
	for (uint32_t i = 0; i < sources; i++) {
		const struct plan_source *ps = &plan->source[i];

		for (uint32_t g = 0; ps->bound && g < ps->groups; g++) {
			if (ps->bound[g].turn == t)
				return true;
		}
	}
	return false;
}

void worker_turns_vote(const struct plan *new, const struct plan *old)
{
	for (uint32_t i = 0; i < new->sources; i++) {
		const struct plan_source *ps = &new->source[i];

		for (uint32_t g = 0; ps->bound && g < ps->groups; g++) {
			struct plan_turn *t = ps->bound[g].turn;

			if (t && !has_turn(new, i, t) && !has_turn(old, old->sources, t))
				vote(t);
		}
	}
}

/* Does the group take a packet of this time? */
static bool takes(const struct plan_bound *b, uint64_t ts_ns)
{
	bool is_old = b->turn && b->until_ns == b->turn->at_ns;

	/* before the turn, or without it */
	if (b->turn && (ts_ns < b->turn->at_ns || !holds(b->turn)))
		return is_old;
	return ts_ns >= b->from_ns && ts_ns < b->until_ns;
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
		if (ps->group[g] == pg && ps->bound[g].turn == t &&
		    ps->bound[g].until_ns == t->at_ns)
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
		if (!t || ps->bound[g].from_ns != t->at_ns || real_ns() + QUIET_NS < t->at_ns)
			continue;
		for (uint32_t i = 0; i < plan->sources; i++) {
			if (gives_until(&plan->source[i], ps->group[g], t) && worker_ingest(w, i) &&
			    worker_lane(w)->source[i].done_ns < t->at_ns)
				return true;
		}
	}
	return false;
}
