/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "lane.h"
#include "reader.h"

#define LANE_BIT(i)	(1ULL << (i))

void pfq_reader_init(struct pfq_reader *rd, struct pfq_ring *ring, bool order_none)
{
	memset(rd, 0, sizeof(*rd));
	rd->ring = ring;
	rd->order_none = order_none;
}

/*
 * A lane that had no record: look again. The watermark is loaded before prod:
 * what was published before the watermark was set is then seen, and of all
 * that is published later the watermark speaks.
 */
static int lane_refresh(struct pfq_reader *rd, uint32_t i)
{
	struct pfq_lane *lane = &rd->ring->lane[i];
	uint64_t watermark = load_acquire(&lane->hdr->watermark);
	int n;

	n = pfq_lane_load(lane, rd->ring->lane_size);
	if (!n)
		n = pfq_lane_peek(lane, rd->ring->lane_size, &rd->key[i]);
	if (unlikely(n < 0)) {
		rd->is_damaged = true;
		return n;
	}
	if (n) {
		rd->full |= LANE_BIT(i);
		return 0;
	}
	if (lane->is_given_up && watermark != lane->given_up)
		lane->is_given_up = false;
	rd->key[i] = lane->is_given_up || rd->is_final ? PFQ_LANE_UNFED : watermark;
	rd->full &= ~LANE_BIT(i);
	return 0;
}

static int refresh_empty(struct pfq_reader *rd)
{
	uint32_t i;
	int err;

	for (i = 0; i < rd->ring->lanes; i++) {
		if (rd->full & LANE_BIT(i))
			continue;
		err = lane_refresh(rd, i);
		if (unlikely(err))
			return err;
	}
	return 0;
}

/*
 * The lane with the oldest record (-1: no record), and the time up to which it
 * may go on: no other lane's next record or watermark is older.
 */
static int oldest(const struct pfq_reader *rd, uint64_t *bound_ns)
{
	uint64_t bound = ~0ULL, best_ns = ~0ULL, key;
	int best = -1;
	uint32_t i;

	for (i = 0; i < rd->ring->lanes; i++) {
		key = rd->key[i];
		if ((rd->full & LANE_BIT(i)) && (best < 0 || key < best_ns)) {
			key = best < 0 ? ~0ULL : best_ns;
			best = (int)i;
			best_ns = rd->key[i];
		}
		bound = key < bound ? key : bound;
	}
	*bound_ns = bound;
	return best;
}

/* The hot loop. Takes records of lane @i until one is younger than @bound_ns. */
static uint32_t take_run(struct pfq_reader *rd, uint32_t i, uint64_t bound_ns,
			 const struct pfq_rec **recs, uint32_t max)
{
	struct pfq_lane *lane = &rd->ring->lane[i];
	const uint64_t lane_size = rd->ring->lane_size, end = lane->prod;
	uint8_t *batch_lane = rd->batch_lane + rd->batch;
	uint64_t pos = lane->pos, ts_ns = 0;
	struct pfq_step s;
	uint32_t n = 0;

	for (; pos != end; pos += s.bytes) {
		s = pfq_lane_step(lane, lane_size, pos, end);
		if (unlikely(!s.bytes)) {
			rd->is_damaged = true;
			break;
		}
		if (unlikely(s.is_pad))
			continue;
		ts_ns = load_relaxed(&s.rec->ts_ns);
		if (ts_ns > bound_ns || n == max)
			break;
		batch_lane[n] = (uint8_t)i;
		recs[n++] = s.rec;
	}
	lane->pos = pos;
	lane->taken += n;
	rd->batch += n;
	rd->key[i] = ts_ns;
	if (pos == end)
		rd->full &= ~LANE_BIT(i);
	return n;
}

static uint32_t take_single(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	struct pfq_lane *lane = &rd->ring->lane[0];

	if (lane->pos == lane->prod && pfq_lane_load(lane, rd->ring->lane_size)) {
		rd->is_damaged = true;
		return 0;
	}
	return take_run(rd, 0, ~0ULL, recs, max);
}

static uint32_t take_any(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	uint32_t lanes = rd->ring->lanes, i, k, n = 0;

	for (k = 0; k < lanes && n < max && !rd->is_damaged; k++) {
		i = (rd->first + k) % lanes;
		if (rd->full & LANE_BIT(i))
			n += take_run(rd, i, ~0ULL, recs + n, max - n);
	}
	rd->first = (rd->first + 1) % lanes;
	return n;
}

static uint32_t take_merged(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	uint64_t bound_ns;
	uint32_t n = 0;
	int i;

	while (n < max && !rd->is_damaged) {
		i = oldest(rd, &bound_ns);
		if (i < 0)
			break;
		if (rd->key[i] > bound_ns) {
			/* another lane's watermark is older */
			if (rd->key[i] > rd->floor_ns)
				break;
			bound_ns = rd->key[i];
		}
		n += take_run(rd, (uint32_t)i, bound_ns, recs + n, max - n);
		if (!(rd->full & LANE_BIT(i)) && lane_refresh(rd, (uint32_t)i))
			break;
	}
	return n;
}

int pfq_reader_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	uint32_t n = 0;

	if (max > READER_BATCH_MAX)
		max = READER_BATCH_MAX;
	if (rd->ring->lanes == 1) {
		if (!rd->is_damaged)
			n = take_single(rd, recs, max);
	} else if (!rd->is_damaged && !refresh_empty(rd)) {
		n = rd->order_none ? take_any(rd, recs, max) : take_merged(rd, recs, max);
		/* a lane may have been waited for long enough now */
		if (!n && rd->full && !rd->is_damaged && !pfq_reader_must_wait(rd))
			n = take_merged(rd, recs, max);
	}
	return n || !rd->is_damaged ? (int)n : -EPROTO;
}

uint64_t pfq_reader_look(struct pfq_reader *rd)
{
	uint64_t unread, most = 0;
	struct pfq_lane *lane;
	uint32_t i;

	for (i = 0; i < rd->ring->lanes && !rd->is_damaged; i++) {
		lane = &rd->ring->lane[i];
		if (!(rd->full & LANE_BIT(i)))
			lane_refresh(rd, i);
		else if (pfq_lane_load(lane, rd->ring->lane_size))
			rd->is_damaged = true;
		unread = rd->full & LANE_BIT(i) ? lane->prod - lane->pos : 0;
		most = unread > most ? unread : most;
	}
	return rd->is_damaged ? ~0ULL : most;
}

/* Stop to wait for the lanes that lag behind @ts_ns, until they show life. */
static void give_up(struct pfq_reader *rd, uint64_t ts_ns)
{
	struct pfq_lane *lane;
	uint32_t i;

	for (i = 0; i < rd->ring->lanes; i++) {
		lane = &rd->ring->lane[i];
		if ((rd->full & LANE_BIT(i)) || rd->key[i] >= ts_ns)
			continue;
		lane->is_given_up = true;
		lane->given_up = rd->key[i];
		rd->key[i] = PFQ_LANE_UNFED;
	}
	rd->waiting_since = 0;
}

bool pfq_reader_must_wait(struct pfq_reader *rd)
{
	uint64_t bound_ns, now;
	int i = oldest(rd, &bound_ns);

	if (i < 0 || rd->order_none || rd->is_damaged || rd->key[i] <= bound_ns ||
	    rd->key[i] <= rd->floor_ns)
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
	rd->full = 0;	/* keys are of other records now */
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
