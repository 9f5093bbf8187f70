/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Fragments whose first one does not come: when workers let them go. */
#include "config.h"

#include <time.h>

#include "core/doorbell.h"
#include "pfqd/ingest/driver.h"
#include "worker_held.h"

/* Fragments that have waited their time by @now_ns (@all: any), as records of @ts_ns. */
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
 * How far behind the clock a worker is that serves the group, and does not sleep: the first fragment that
 * others wait for may be among what it has not read yet. Nobody waits for it longer than readers do.
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
 * The time of a replay in our lane: all that it has yet to deliver is younger, or has timestamps that
 * go back. Its watermark stays behind once they did; in between two ticks, too.
 */
static uint64_t replay_ns(const struct worker *w, const struct plan_group *pg, uint64_t watermark_ns)
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
				   max_t(uint64_t, next_ns + lag, w->now_ns + PFQ_DOORBELL_TIMER_MIN_NS));
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

		/* the time of our lane is not that of others, who do it themselves */
		if (pg->lanes_fed && !(pg->lanes_fed >> w->lane & 1))
			continue;
		if (pg->is_replay)
			ns = replay_ns(w, pg, ns);
		else
			ns = ns == PFQ_LANE_UNFED ? real_ns : max_t(uint64_t, ns, real_ns);
		expire(w, pg, 0, ns, true);
	}
}
