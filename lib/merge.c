/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The hot part of reading: from record to record, and from lane to lane. */
#include <string.h>
#include "lane.h"
#include "merge.h"

/* measured with records of 96 and of 1568 bytes, in a ring of large pages */
#define RECORDS_AHEAD	64

int pfq_merge_refresh(struct pfq_reader *rd, uint32_t i)
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
		rd->full |= PFQ_LANE_BIT(i);
		return 0;
	}
	if (lane->is_given_up && watermark != lane->given_up)
		lane->is_given_up = false;
	rd->key[i] = lane->is_given_up || rd->is_final ? PFQ_LANE_UNFED : watermark;
	rd->full &= ~PFQ_LANE_BIT(i);
	return 0;
}

struct pfq_order pfq_merge_oldest(const struct pfq_reader *rd)
{
	struct pfq_order o = { -1, -1, ~0ULL, ~0ULL };
	uint64_t first_ns = ~0ULL, key;
	bool is_full;
	uint32_t i;
	int lane;

	for (i = 0; i < rd->ring->lanes; i++) {
		key = rd->key[i];
		lane = (int)i;
		is_full = rd->full & PFQ_LANE_BIT(i);
		if (is_full && (o.first < 0 || key < first_ns)) {
			/* the lane that was first until now is sorted in among the others */
			lane = o.first;
			is_full = lane >= 0;
			o.first = (int)i;
			key = first_ns;
			first_ns = rd->key[i];
		}
		if (key < o.bound_ns) {
			o.third_ns = o.bound_ns;
			o.bound_ns = key;
			o.second = is_full ? lane : -1;
		} else if (key < o.third_ns) {
			o.third_ns = key;
		}
	}
	return o;
}

/*
 * Only a record tells where the next one begins, so that the processor would wait for each cache
 * line in turn. Guess that the next records are as long as this one, and prefetch. Nothing from
 * @end on is touched, because the engine is about to write there.
 */
static inline void guess_ahead(const uint8_t *at, uint64_t bytes, const uint8_t *end)
{
	if (likely(bytes * RECORDS_AHEAD < (uint64_t)(end - at)))
		__builtin_prefetch(at + bytes * RECORDS_AHEAD);
}

/*
 * The hot loop. Takes records of @lane up to the end of its round or of the published part. Stops
 * at a record younger than @bound_ns, with its time in *younger_ns. Returns the number taken, at
 * most @max.
 */
static inline uint32_t walk(struct pfq_reader *rd, struct pfq_lane *lane, uint64_t bound_ns,
			    const struct pfq_rec **recs, uint32_t max, uint64_t *younger_ns)
{
	const uint64_t lane_size = rd->ring->lane_size, offset = lane->pos & (lane_size - 1);
	const uint64_t rest = lane_size - offset, published = lane->prod - lane->pos;
	const uint8_t *begin = lane->data + offset, *at = begin;
	const uint8_t *end = begin + (published < rest ? published : rest);
	const struct pfq_rec *rec;
	uint64_t bytes;
	uint32_t n = 0;

	for (; at != end && n < max; at += bytes) {
		rec = (const void *)at;
		bytes = PFQ_REC_BYTES(load_relaxed(&rec->caplen));
		if (unlikely(load_relaxed(&rec->flags) & PFQ_REC_F_PAD)) {
			bytes = (uint64_t)(lane->data + lane_size - at);
			rec = NULL;
		}
		if (unlikely(bytes > (uint64_t)(end - at))) {
			rd->is_damaged = true;
			break;
		}
		if (unlikely(!rec))
			continue;
		guess_ahead(at, bytes, end);
		if (bound_ns != ~0ULL && load_relaxed(&rec->ts_ns) > bound_ns) {
			*younger_ns = load_relaxed(&rec->ts_ns);
			break;
		}
		recs[n++] = rec;
	}
	lane->pos += (uint64_t)(at - begin);
	lane->taken += n;
	rd->batch += n;
	return n;
}

uint32_t pfq_merge_take_run(struct pfq_reader *rd, uint32_t i, uint64_t bound_ns,
			    const struct pfq_rec **recs, uint32_t max)
{
	struct pfq_lane *lane = &rd->ring->lane[i];
	uint8_t *batch_lane = rd->batch_lane + rd->batch;
	uint64_t younger_ns = 0;
	uint32_t n = 0;

	while (n < max && lane->pos != lane->prod && !younger_ns && !rd->is_damaged)
		n += walk(rd, lane, bound_ns, recs + n, max - n, &younger_ns);
	memset(batch_lane, (int)i, n);
	rd->key[i] = younger_ns;
	if (!younger_ns)	/* the end of the lane, or unknown */
		rd->full &= ~PFQ_LANE_BIT(i);
	return n;
}

uint32_t pfq_merge_take_single(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	struct pfq_lane *lane = &rd->ring->lane[0];
	uint32_t n = 0;

	if (lane->pos == lane->prod && pfq_lane_load(lane, rd->ring->lane_size)) {
		rd->is_damaged = true;
		return 0;
	}
	while (n < max && lane->pos != lane->prod && !rd->is_damaged)
		n += walk(rd, lane, ~0ULL, recs + n, max - n, NULL);
	if (lane->pos == lane->prod)
		rd->full = 0;
	return n;
}

static uint32_t take_any(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	uint32_t lanes = rd->ring->lanes, i, k, n = 0;

	for (k = 0; k < lanes && n < max && !rd->is_damaged; k++) {
		i = (rd->first + k) % lanes;
		if (rd->full & PFQ_LANE_BIT(i))
			n += pfq_merge_take_run(rd, i, ~0ULL, recs + n, max - n);
	}
	rd->first = (rd->first + 1) % lanes;
	return n;
}

/* The next record of one lane of a pair. Offsets count from the ring's data. */
struct head {
	uint64_t at, next, end;
	uint64_t ts_ns;
	uint32_t n;	/* records taken */
};

/*
 * Returns @a if @mask is 0, @b if it is ~0. No branch: which of two lanes is next cannot be
 * predicted.
 */
static inline uint64_t either(uint64_t mask, uint64_t a, uint64_t b)
{
	return a ^ ((a ^ b) & mask);
}

/*
 * Read ts_ns and next of the record at h->at. Returns false if there is no record; the caller then
 * examines the lane in another way.
 */
static inline bool head_load(const struct pfq_ring *ring, struct head *h)
{
	const struct pfq_rec *rec = (const void *)(ring->data + h->at);
	uint64_t bytes;

	if (h->at == h->end || load_relaxed(&rec->flags) & PFQ_REC_F_PAD)
		return false;
	bytes = PFQ_REC_BYTES(load_relaxed(&rec->caplen));
	if (bytes > h->end - h->at)
		return false;
	guess_ahead(ring->data + h->at, bytes, ring->data + h->end);
	h->next = h->at + bytes;
	h->ts_ns = load_relaxed(&rec->ts_ns);
	return true;
}

static bool head_begin(const struct pfq_reader *rd, uint32_t i, struct head *h)
{
	const struct pfq_lane *lane = &rd->ring->lane[i];
	uint64_t offset = lane->pos & (rd->ring->lane_size - 1);
	uint64_t rest = rd->ring->lane_size - offset, published = lane->prod - lane->pos;

	h->at = i * rd->ring->lane_size + offset;
	h->end = h->at + (published < rest ? published : rest);
	h->n = 0;
	return head_load(rd->ring, h);
}

static void head_end(struct pfq_reader *rd, uint32_t i, const struct head *h, bool is_loaded)
{
	struct pfq_lane *lane = &rd->ring->lane[i];
	uint64_t offset = lane->pos & (rd->ring->lane_size - 1);

	lane->pos += h->at - (i * rd->ring->lane_size + offset);
	lane->taken += h->n;
	rd->batch += h->n;
	rd->key[i] = h->ts_ns;
	if (!is_loaded)
		rd->full &= ~PFQ_LANE_BIT(i);
}

/*
 * Take records of the first two lanes, until a third lane may have one as old, or one of the two
 * comes to an end. Of records with equal times, the lower lane's goes first. No branch depends on
 * which lane is next.
 */
static uint32_t take_pair(struct pfq_reader *rd, const struct pfq_order *o,
			  const struct pfq_rec **recs, uint32_t max)
{
	uint8_t *batch_lane = rd->batch_lane + rd->batch;
	bool is_in_turn = o->first < o->second;
	uint32_t i = (uint32_t)(is_in_turn ? o->first : o->second);
	uint32_t j = (uint32_t)(is_in_turn ? o->second : o->first), n = 0;
	bool has_a = true, has_b = true, is_loaded = true;
	struct head a, b, h;
	uint64_t mask = 0;

	if (!head_begin(rd, i, &a) || !head_begin(rd, j, &b)) {
		rd->is_damaged = true;	/* impossible: both had a record when they were examined */
		return 0;
	}
	while (n < max && is_loaded) {
		mask = -(uint64_t)(b.ts_ns < a.ts_ns);
		h.ts_ns = either(mask, a.ts_ns, b.ts_ns);
		if (unlikely(h.ts_ns >= o->third_ns))
			break;
		recs[n] = (const void *)(rd->ring->data + either(mask, a.at, b.at));
		batch_lane[n++] = (uint8_t)either(mask, i, j);
		h.at = either(mask, a.next, b.next);
		h.end = either(mask, a.end, b.end);
		h.next = h.at;
		is_loaded = head_load(rd->ring, &h);
		a.at = either(mask, h.at, a.at);
		a.next = either(mask, h.next, a.next);
		a.ts_ns = either(mask, h.ts_ns, a.ts_ns);
		a.n += 1 + (uint32_t)mask;
		b.at = either(mask, b.at, h.at);
		b.next = either(mask, b.next, h.next);
		b.ts_ns = either(mask, b.ts_ns, h.ts_ns);
		b.n -= (uint32_t)mask;
	}
	if (!is_loaded) {
		has_a = mask;
		has_b = !mask;
	}
	head_end(rd, i, &a, has_a);
	head_end(rd, j, &b, has_b);
	return n;
}

/* Examine a lane again whose records have come to an end. Returns false if it is damaged. */
static bool is_renewed(struct pfq_reader *rd, int i)
{
	return rd->full & PFQ_LANE_BIT(i) || !pfq_merge_refresh(rd, (uint32_t)i);
}

static uint32_t take_merged(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	struct pfq_order o;
	uint32_t n = 0;

	while (n < max && !rd->is_damaged) {
		o = pfq_merge_oldest(rd);
		if (o.first < 0)
			break;
		if (o.second >= 0 && o.bound_ns < o.third_ns) {
			n += take_pair(rd, &o, recs + n, max - n);
			if (!is_renewed(rd, o.first) || !is_renewed(rd, o.second))
				break;
			continue;
		}
		if (rd->key[o.first] > o.bound_ns) {
			/* another lane's watermark is older */
			if (rd->key[o.first] > rd->floor_ns)
				break;
			o.bound_ns = rd->key[o.first];
		}
		n += pfq_merge_take_run(rd, (uint32_t)o.first, o.bound_ns, recs + n, max - n);
		if (!is_renewed(rd, o.first))
			break;
	}
	return n;
}

uint32_t pfq_merge_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	return rd->order_none ? take_any(rd, recs, max) : take_merged(rd, recs, max);
}
