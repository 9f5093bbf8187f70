/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "ahead.h"
#include "clock.h"
#include "lane.h"
#include "merge.h"

/*
 * Records of one lane that are taken without a look at the next one. Records from after the step
 * may be among them, which belong between those of the other lanes.
 */
#define RUN_MAX		16

/* If records have the times of adapters, these order the lanes, and not the clock of the host. */
static bool has_host_time(const struct pfq_reader *rd, uint32_t i)
{
	const struct pfq_lane *lane = &rd->ring->lane[i];
	struct pfq_step s = pfq_lane_step(lane, rd->ring->lane_size, lane->pos, lane->prod);

	return s.bytes && !(load_relaxed(&s.rec->flags) & PFQ_REC_F_HWTS);
}

/* Are all keys so near to each other that no lane is ahead? This needs no look at the clock. */
static bool is_near(const struct pfq_reader *rd)
{
	uint64_t first = ~0ULL, last = 0, key;
	uint32_t i;

	for (i = 0; i < rd->ring->lanes; i++) {
		key = rd->key[i];
		first = key < first ? key : first;
		last = key > last && key != PFQ_LANE_UNFED ? key : last;
	}
	return first >= last || last - first <= PFQ_LAG_MAX_NS;
}

bool pfq_ahead_find(const struct pfq_reader *rd, struct pfq_ahead *a)
{
	uint64_t key, first_ns = ~0ULL, bound_ns = ~0ULL;
	uint32_t i, others = 0;

	if (likely(is_near(rd)))
		return false;
	*a = (struct pfq_ahead){ .limit_ns = clock_realtime_ns() + PFQ_LAG_MAX_NS };
	for (i = 0; i < rd->ring->lanes; i++) {
		key = rd->key[i];
		if (key <= a->limit_ns) {
			others++;
		} else if (!(rd->full & PFQ_LANE_BIT(i))) {
			/* not renewed since; or no lane has to wait for it */
			bound_ns = key < bound_ns ? key : bound_ns;
		} else if (has_host_time(rd, i)) {
			a->lanes |= PFQ_LANE_BIT(i);
			first_ns = key < first_ns ? key : first_ns;
		}
	}
	return a->lanes && others && first_ns <= bound_ns;
}

/* The lane with the oldest record, and the time of the next one of the others */
static uint32_t oldest(const struct pfq_reader *rd, uint64_t lanes, uint64_t *bound_ns)
{
	uint64_t first_ns = ~0ULL;
	uint32_t i, first = 0;

	*bound_ns = ~0ULL;
	for (i = 0; i < rd->ring->lanes; i++) {
		if (!(lanes & PFQ_LANE_BIT(i)))
			continue;
		if (rd->key[i] < first_ns) {
			*bound_ns = first_ns;
			first_ns = rd->key[i];
			first = i;
		} else if (rd->key[i] < *bound_ns) {
			*bound_ns = rd->key[i];
		}
	}
	return first;
}

uint32_t pfq_ahead_take(struct pfq_reader *rd, struct pfq_ahead *a, const struct pfq_rec **recs,
			uint32_t max)
{
	uint64_t bound_ns;
	uint32_t i, n = 0;

	while (n < max && a->lanes) {
		i = oldest(rd, a->lanes, &bound_ns);
		n += pfq_merge_take_run(rd, i, bound_ns, recs + n,
					max - n < RUN_MAX ? max - n : RUN_MAX);
		if (rd->is_damaged || (!(rd->full & PFQ_LANE_BIT(i)) && pfq_merge_refresh(rd, i)))
			break;
		if (!(rd->full & PFQ_LANE_BIT(i)) || rd->key[i] <= a->limit_ns)
			a->lanes &= ~PFQ_LANE_BIT(i);
	}
	return n;
}
