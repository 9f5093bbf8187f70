/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Renews the watermarks of a worker's lanes. */
#include "config.h"

#include "core/tick.h"
#include "worker_held.h"
#include "worker_thread.h"

/* Set the watermark of each group to the lowest one of its sources that this worker reads. */
static void watermarks_collect(struct worker *w)
{
	const struct plan *plan = worker_plan(w);
	uint64_t *ns = worker_lane(w)->watermark_ns;

	for (uint32_t g = 0; g < plan->groups; g++)
		ns[g] = PFQ_LANE_UNFED;
	for (uint32_t i = 0; i < plan->sources; i++) {
		const struct plan_source *ps = &plan->source[i];
		struct ingest *in = worker_ingest(w, i);
		uint64_t own;

		if (!in)
			continue;
		own = ps->driver->watermark(in);
		if (unlikely(ps->bound))
			__atomic_store_n(&worker_lane(w)->source[i].done_ns, own, __ATOMIC_RELEASE);
		for (uint32_t g = 0; g < ps->groups; g++) {
			uint64_t *group_ns = &ns[w->work->group[i][g]];

			*group_ns = min_t(uint64_t, *group_ns, own);
		}
	}
}

void worker_tick(struct worker *w)
{
	const struct plan *plan = worker_plan(w);
	const uint64_t *ns = worker_lane(w)->watermark_ns;

	/* read the clock before the watermarks: see fall_asleep() */
	w->now_ns = worker_clock_ns();
	watermarks_collect(w);
	w->tick_ns = w->now_ns + PFQ_TICK_NS;
	w->bell_ns = ~0ULL;
	for (uint32_t g = 0; g < plan->groups; g++) {
		const struct plan_group *pg = plan->group[g];

		if (unlikely(pfq_hold_count(pg->group.hold)))
			worker_held_tick(w, pg, ns[g]);
		for (uint32_t m = 0; m < pg->group.members; m++) {
			const struct plan_endpoint *e = &pg->endpoint[m];

			pfq_ring_watermark(&e->producer[w->lane], ns[g]);
			worker_doorbell_look(w, e);
		}
	}
}
