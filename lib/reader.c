/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "lane.h"
#include "reader.h"

#define LANE_BIT(i)	(1ULL << (i))
/* measured with records of 96 and of 1568 bytes that another CPU wrote; 8 and 32 are close */
#define RECORDS_AHEAD	16

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

/* Of all lanes: which may go on, and how far. */
struct order {
	int first;		/* the lane with the oldest record; -1: no record */
	int second;		/* the one with the next oldest; -1: that is a watermark, or nothing */
	uint64_t bound_ns;	/* the oldest record or watermark but the first's */
	uint64_t third_ns;	/* the same but the first's and the second's */
};

static struct order oldest(const struct pfq_reader *rd)
{
	struct order o = { -1, -1, ~0ULL, ~0ULL };
	uint64_t first_ns = ~0ULL, key;
	bool is_full;
	uint32_t i;
	int lane;

	for (i = 0; i < rd->ring->lanes; i++) {
		key = rd->key[i];
		lane = (int)i;
		is_full = rd->full & LANE_BIT(i);
		if (is_full && (o.first < 0 || key < first_ns)) {
			/* the lane that was first until now takes its place among the others */
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
 * Where the next record begins is known only from the one before it, so that the processor
 * would wait for each line in turn: a guess helps, that those that follow are as long as
 * this one. Nothing past @end is touched: the engine is about to write there.
 */
static inline void guess_ahead(const uint8_t *at, uint64_t bytes, const uint8_t *end)
{
	if (likely(bytes * RECORDS_AHEAD < (uint64_t)(end - at)))
		__builtin_prefetch(at + bytes * RECORDS_AHEAD);
}

/*
 * The hot loop: takes records of @lane, up to the end of its round or what is published,
 * until one is younger than @bound_ns; that one's time is then in *younger_ns.
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

/* Takes records of lane @i until one is younger than @bound_ns. */
static uint32_t take_run(struct pfq_reader *rd, uint32_t i, uint64_t bound_ns,
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
	if (!younger_ns)	/* its end, or not known */
		rd->full &= ~LANE_BIT(i);
	return n;
}

/* No order to keep, and none to remember. */
static uint32_t take_single(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
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
		if (rd->full & LANE_BIT(i))
			n += take_run(rd, i, ~0ULL, recs + n, max - n);
	}
	rd->first = (rd->first + 1) % lanes;
	return n;
}

/* The next record of one of a pair of lanes; offsets are from the ring's data. */
struct head {
	uint64_t at, next, end;
	uint64_t ts_ns;
	uint32_t n;	/* records taken */
};

/* @a where @mask is 0, @b where it is ~0. Which of two lanes is next no processor can foresee. */
static inline uint64_t either(uint64_t mask, uint64_t a, uint64_t b)
{
	return a ^ ((a ^ b) & mask);
}

/* Read @h->ts_ns and next of what lies at @h->at; false: no record, look there in another way. */
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
		rd->full &= ~LANE_BIT(i);
}

/*
 * Takes records of the first two lanes, those of one time from the lower lane first, until
 * a third may have one as old or a lane comes to an end. Without a branch on which of them
 * is next.
 */
static uint32_t take_pair(struct pfq_reader *rd, const struct order *o,
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
		rd->is_damaged = true;	/* both had a record when they were looked at */
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

/* A lane whose records are at an end: look again. */
static bool is_renewed(struct pfq_reader *rd, int i)
{
	return rd->full & LANE_BIT(i) || !lane_refresh(rd, (uint32_t)i);
}

static uint32_t take_merged(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max)
{
	struct order o;
	uint32_t n = 0;

	while (n < max && !rd->is_damaged) {
		o = oldest(rd);
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
		n += take_run(rd, (uint32_t)o.first, o.bound_ns, recs + n, max - n);
		if (!is_renewed(rd, o.first))
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
	struct order o = oldest(rd);
	int i = o.first;
	uint64_t now;

	if (i < 0 || rd->order_none || rd->is_damaged || rd->key[i] <= o.bound_ns ||
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
