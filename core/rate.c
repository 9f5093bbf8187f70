/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The state of a source is one word, the time until which its packets have used up the rate:
 *
 *	t = max(word, now)
 *	t - now > burst: no. The word stays.
 *	else: yes. word = t + cost of the packet
 *
 * So a source that sends too much makes lanes read only: they write as often as the rate says.
 *
 * Without keys, times are in ns with 20 bits of fraction, in 64 bits: they wrap after 4.9 hours. A
 * difference of times is right up to half of that. A word further ahead than the burst, the cost of
 * the largest packet and 2 s was not written by this clock, or lies in the past: it means nothing.
 * So after a jump of the clock a rate is wrong for no longer than that. A source that comes back
 * after a multiple of 4.9 hours, to the burst, may be limited although it was silent.
 *
 * With keys, there are buckets of eight words, tag 24 | time 40. Times are in units of 16 ns, and
 * wrap after 4.9 hours, too. Costs are rounded up or down by chance, so that their mean is right: a
 * packet of 60 bytes at 10 Gbps costs 48 ns, and one of 64 bytes 51.2 ns. A word whose time has
 * passed says nothing, so that its place is free: no source that matters is ever replaced. If all
 * eight are in use, packets of a new source pass.
 */
#include "rate.h"
#include "words.h"

#define RATE_FRACTION	20
#define RATE_SECOND	(1000000000ULL << RATE_FRACTION)
#define RATE_JUMP	(2 * RATE_SECOND)

#define RATE_UNIT_SHIFT	4			/* of words with keys: 16 ns */
#define RATE_SHIFT	(RATE_FRACTION + RATE_UNIT_SHIFT)
#define RATE_TIME_BITS	40
#define RATE_TIME_MASK	((1ULL << RATE_TIME_BITS) - 1)

/* answers of rate_judge() */
#define RATE_IN_USE	0
#define RATE_FREE	1

static u32 rate_buckets(u32 size)
{
	u32 words = pfq_words_power(2 * size);

	return words > PFQ_WORDS ? words / PFQ_WORDS : 1;
}

u64 pfq_rate_bytes(u32 size)
{
	return sizeof(struct pfq_rate) + (u64)rate_buckets(size) * PFQ_WORDS * sizeof(u64);
}

int pfq_rate_init(struct pfq_rate *r, u32 size, enum pfq_rate_unit unit, u64 rate, u64 burst_ns)
{
#define RATE_LIMITS(name, lowest, highest)	{ lowest, highest },
	static const u64 limits[][2] = { PFQ_RATE_UNITS(RATE_LIMITS) };
#undef RATE_LIMITS
	u64 cost;

	if (rate < limits[unit][0] || rate > limits[unit][1] || burst_ns > PFQ_RATE_BURST_MAX_NS)
		return -ERANGE;
	cost = pfq_div64((unit == PFQ_RATE_BITS ? 8 * RATE_SECOND : RATE_SECOND) + rate / 2, rate);
	r->packet = unit == PFQ_RATE_PACKETS ? cost : 0;
	r->byte = unit == PFQ_RATE_BITS ? cost : 0;
	r->mask = rate_buckets(size) - 1;
	r->burst = burst_ns << RATE_FRACTION;
	r->ahead = r->burst + RATE_JUMP + r->packet + r->byte * PFQ_RATE_PACKET_BYTES;
	if (size) {
		r->burst >>= RATE_SHIFT;
		r->ahead >>= RATE_SHIFT;
	}
	return 0;
}

static inline u64 rate_cost(const struct pfq_rate *r, u32 len)
{
	return r->packet + r->byte * min_t(u32, len, PFQ_RATE_PACKET_BYTES);
}

bool pfq_rate_within(struct pfq_rate *r, u32 len, u64 now_ns)
{
	u64 now = now_ns << RATE_FRACTION, cost = rate_cost(r, len);
	u32 tries;

	/* A failed exchange means that a packet of another lane was within the rate. */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		u64 word = READ_ONCE(r->word[0]), ahead = word - now, next;

		/* a word of 0 was never written */
		if (ahead > r->ahead || !word)
			ahead = 0;
		if (ahead > r->burst)
			return false;
		next = now + ahead + cost;
		if (likely(pfq_cmpxchg64(&r->word[0], word, next ? next : 1) == word))
			break;
	}
	return true;
}

struct rate_wanted {
	u64	tag, now, ahead;
};

static __always_inline u32 rate_judge(u64 word, const void *of)
{
	const struct rate_wanted *w = of;

	if (((word - w->now) & RATE_TIME_MASK) > w->ahead || !word)
		return RATE_FREE;
	return (word ^ w->tag) >> RATE_TIME_BITS ? RATE_IN_USE : PFQ_WORDS_MATCH;
}

/* The cost in units of words with keys, rounded up as often as its fraction says. */
static inline u64 rate_rounded(u64 cost, u64 key, u64 now_ns)
{
	u64 random = (key ^ now_ns) * 0x9e3779b97f4a7c15ULL;

	/*
	 * Not linear in the time: when a packet is within the rate depends on how others were
	 * rounded.
	 */
	random = (random ^ random >> 32) * 0xa0761d6478bd642fULL;
	return (cost + (random >> (64 - RATE_SHIFT))) >> RATE_SHIFT;
}

bool pfq_rate_within_key(struct pfq_rate *r, u64 key, u32 len, u64 now_ns)
{
	u64 *bucket = &r->word[((u32)key & r->mask) * PFQ_WORDS];
	const struct rate_wanted w = { key & ~RATE_TIME_MASK,
				       now_ns >> RATE_UNIT_SHIFT & RATE_TIME_MASK, r->ahead };
	u64 cost = rate_rounded(rate_cost(r, len), key, now_ns), ahead;
	u32 tries;

	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		struct pfq_words_place p = pfq_words_find(bucket, rate_judge, &w);

		if (p.worth == RATE_IN_USE)
			break;
		ahead = p.worth == RATE_FREE ? 0 : (p.word - w.now) & RATE_TIME_MASK;
		if (ahead > r->burst)
			return false;
		ahead = (w.now + ahead + cost) & RATE_TIME_MASK;
		if (likely(pfq_cmpxchg64(&bucket[p.way], p.word, w.tag | ahead) == p.word))
			break;
	}
	return true;
}
