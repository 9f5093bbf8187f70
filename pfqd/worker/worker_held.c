/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Releases waiting fragments whose first fragment does not come. */
#include "config.h"

#include <time.h>

#include "core/doorbell.h"
#include "pfqd/ingest/driver.h"
#include "worker_held.h"

/*
 * Release fragments of @pg that have waited until @now_ns, or @all of them, as records of time
 * @ts_ns. Returns when to look again; ~0: none waits.
 */
static uint64_t expire(struct worker *w, const struct plan_group *pg, uint64_t now_ns,
		       uint64_t ts_ns, bool all)
{
	uint64_t next_ns;

	w->env.now_ns = now_ns;
	do {
		next_ns = pfq_group_expire(&pg->group, &w->env, &w->scratch, ts_ns, all);
		worker_offered(w, pg);
	} while (all && next_ns != ~0ULL);
	return next_ns;
}

/*
 * How many ns the other awake workers of the group are behind the clock. A first fragment may be
 * among the packets they have not read yet. Fragments wait at most PFQ_LAG_MAX_NS for them, as
 * consumers do. @ns: watermark of this lane; @real_ns: the clock.
 */
static uint64_t lag_ns(const struct worker *w, const struct plan_group *pg, uint64_t ns,
		       uint64_t real_ns)
{
	uint64_t lanes = pg->lanes_fed & ~READ_ONCE(w->all->asleep) & ~(1ULL << w->lane), lane_ns;

	if (!pg->group.members)
		lanes = 0;
	for (uint32_t i = 0; i < w->all->count; i++) {
		if (!(lanes >> i & 1))
			continue;
		lane_ns = READ_ONCE(pg->endpoint[0].producer[i].hdr->watermark);
		ns = min_t(uint64_t, ns, lane_ns);
	}
	return ns < real_ns ? min_t(uint64_t, real_ns - ns, PFQ_LAG_MAX_NS) : 0;
}

/*
 * The time of a replay in this lane: the timestamp of the last packet or the watermark, whichever
 * is higher. Packets still to come are younger, unless timestamps fall. The watermark alone is too
 * low between two ticks, and after a timestamp has fallen.
 */
static uint64_t replay_ns(const struct worker *w, const struct plan_group *pg,
			  uint64_t watermark_ns)
{
	const struct plan *plan = w->work->plan;
	uint64_t ns = watermark_ns == PFQ_LANE_UNFED ? 0 : watermark_ns;

	for (uint32_t i = 0; i < plan->sources; i++) {
		for (uint32_t g = 0; g < plan->source[i].groups; g++) {
			if (plan->source[i].group[g] == pg)
				ns = max_t(uint64_t, ns, w->work->lane[w->lane].source[i].seen_ns);
		}
	}
	return ns;
}

void worker_held_tick(struct worker *w, const struct plan_group *pg, uint64_t ns)
{
	uint64_t real_ns = ingest_clock_ns(CLOCK_REALTIME), lag, next_ns;

	if (ns == PFQ_LANE_UNFED) {
		if (!pg->lanes_fed)
			expire(w, pg, 0, real_ns, true);
		return;
	}
	if (pg->is_replay) {
		ns = replay_ns(w, pg, ns);
		expire(w, pg, ns, ns, false);
		return;
	}
	lag = lag_ns(w, pg, ns, real_ns);
	next_ns = expire(w, pg, w->now_ns - lag, ns ? ns : real_ns, false);
	if (next_ns != ~0ULL)
		w->bell_ns = min_t(uint64_t, w->bell_ns,
				   max_t(uint64_t, next_ns + lag,
					 w->now_ns + PFQ_DOORBELL_TIMER_MIN_NS));
}

void worker_held_end(struct worker *w, uint32_t i)
{
	const struct plan_source *ps = &w->work->plan->source[i];

	for (uint32_t g = 0; g < ps->groups; g++) {
		uint64_t ns = w->work->lane[w->lane].watermark_ns[w->work->group[i][g]];

		if (ps->group[g]->is_replay)
			expire(w, ps->group[g], 0, replay_ns(w, ps->group[g], ns), true);
	}
}

void worker_held_release(struct worker *w)
{
	const struct plan *plan = w->work->plan;
	uint64_t real_ns = ingest_clock_ns(CLOCK_REALTIME);

	for (uint32_t g = 0; g < plan->groups; g++) {
		const struct plan_group *pg = plan->group[g];
		uint64_t ns = w->work->lane[w->lane].watermark_ns[g];

		/*
		 * lanes have different times, so the workers that feed the group release its
		 * fragments
		 */
		if (pg->lanes_fed && !(pg->lanes_fed >> w->lane & 1))
			continue;
		if (pg->is_replay)
			ns = replay_ns(w, pg, ns);
		else
			ns = ns == PFQ_LANE_UNFED ? real_ns : max_t(uint64_t, ns, real_ns);
		expire(w, pg, 0, ns, true);
	}
}
