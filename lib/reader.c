/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "ahead.h"
#include "clock.h"
#include "lane.h"
#include "merge.h"
#include "reader.h"

void pfq_reader_init(struct pfq_reader *rd, struct pfq_ring *ring, bool order_none)
{
	memset(rd, 0, sizeof(*rd));
	rd->ring = ring;
	rd->order_none = order_none;
}

static int refresh_empty(struct pfq_reader *rd)
{
	uint32_t i;
	int ret;

	for (i = 0; i < rd->ring->lanes; i++) {
		if (rd->full & PFQ_LANE_BIT(i))
			continue;
		ret = pfq_merge_refresh(rd, i);
		if (unlikely(ret))
			return ret;
	}
	return 0;
}

static uint32_t take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	struct pfq_ahead ahead;

	if (!rd->order_none && unlikely(pfq_ahead_find(rd, &ahead)))
		return pfq_ahead_take(rd, &ahead, recs, max);
	return pfq_merge_take(rd, recs, max);
}

int pfq_reader_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	uint32_t n = 0;

	if (max > READER_BATCH_MAX)
		max = READER_BATCH_MAX;
	if (rd->ring->lanes == 1) {
		if (!rd->is_damaged)
			n = pfq_merge_take_single(rd, recs, max);
	} else if (!rd->is_damaged && !refresh_empty(rd)) {
		n = take(rd, recs, max);
		/*
		 * The wait for a lane may have ended just now. Before records are taken without
		 * that lane, examine the lanes again: this process may be the late one, and the
		 * lane may have published meanwhile.
		 */
		if (!n && rd->full && !rd->is_damaged && !pfq_reader_must_wait(rd) &&
		    !refresh_empty(rd))
			n = take(rd, recs, max);
	}
	return n || !rd->is_damaged ? (int)n : -EPROTO;
}

bool pfq_reader_is_left(const struct pfq_reader *rd)
{
	uint32_t i;

	for (i = 0; i < rd->ring->lanes; i++) {
		if (rd->ring->lane[i].pos != rd->ring->lane[i].prod)
			return true;
	}
	return false;
}

uint64_t pfq_reader_look(struct pfq_reader *rd)
{
	uint64_t unread, most = 0;
	struct pfq_lane *lane;
	uint32_t i;

	for (i = 0; i < rd->ring->lanes && !rd->is_damaged; i++) {
		lane = &rd->ring->lane[i];
		if (!(rd->full & PFQ_LANE_BIT(i)))
			pfq_merge_refresh(rd, i);
		else if (pfq_lane_load(lane, rd->ring->lane_size))
			rd->is_damaged = true;
		unread = rd->full & PFQ_LANE_BIT(i) ? lane->prod - lane->pos : 0;
		most = unread > most ? unread : most;
	}
	return rd->is_damaged ? ~0ULL : most;
}

/* Stop waiting for lanes whose watermark is before @ts_ns, until they publish again. */
static void give_up(struct pfq_reader *rd, uint64_t ts_ns)
{
	struct pfq_lane *lane;
	uint32_t i;

	for (i = 0; i < rd->ring->lanes; i++) {
		lane = &rd->ring->lane[i];
		if ((rd->full & PFQ_LANE_BIT(i)) || rd->key[i] >= ts_ns)
			continue;
		lane->is_given_up = true;
		lane->given_up = rd->key[i];
		rd->key[i] = PFQ_LANE_UNFED;
	}
	rd->waiting_since = 0;
}

bool pfq_reader_must_wait(struct pfq_reader *rd)
{
	struct pfq_order o = pfq_merge_oldest(rd);
	struct pfq_ahead ahead;
	int i = o.first;
	uint64_t now;

	if (i < 0 || rd->order_none || rd->is_damaged || rd->key[i] <= o.bound_ns ||
	    rd->key[i] <= rd->floor_ns || pfq_ahead_find(rd, &ahead))
		return false;
	now = clock_monotonic_ns();
	if (!rd->waiting_since || rd->waiting_lane != (uint32_t)i ||
	    rd->waiting_pos != rd->ring->lane[i].pos) {
		rd->waiting_since = now;
		rd->waiting_lane = (uint32_t)i;
		rd->waiting_pos = rd->ring->lane[i].pos;
		return true;
	}
	if (now - rd->waiting_since <= PFQ_LAG_MAX_NS)
		return true;
	give_up(rd, rd->key[i]);
	return false;
}

static void rewind_batch(struct pfq_reader *rd, uint32_t n)
{
	uint32_t keep[PFQ_LANES_MAX] = { 0 }, i;

	for (i = 0; i < n; i++)
		keep[rd->batch_lane[i]]++;
	for (i = 0; i < rd->ring->lanes; i++) {
		if (pfq_lane_rewind(&rd->ring->lane[i], rd->ring->lane_size, keep[i],
				    &rd->floor_ns))
			rd->is_damaged = true;
	}
	rd->full = 0;	/* keys belong to other records now */
}

void pfq_reader_release(struct pfq_reader *rd, uint32_t n)
{
	uint32_t i;

	if (n < rd->batch)
		rewind_batch(rd, n);
	else
		for (i = 0; i < rd->ring->lanes; i++)
			pfq_lane_release(&rd->ring->lane[i]);
	rd->batch = 0;
}
