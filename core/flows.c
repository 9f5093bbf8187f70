/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A flow has an entry of two words in one of the bucket's eight ways:
 *
 *	key	63-62 generation | 61 busy | 60-32 last seen | 31-0 tag, never 0	(0: free)
 *	sum	63-62 generation | 61-39 packets | 38-0 bytes
 *
 * Last seen is in units of 2^28 ns of packet time, by the host's clock. A packet finds its tag,
 * and adds itself to the sum by compare-and-exchange.
 *
 * A new flow takes a free entry, else that of a flow that is idle, else that of the flow with the
 * fewest packets, of these the oldest. It takes the latter by chance only: one in (n + 1)^2 times
 * if that flow has n packets. Else the packet is not counted. So flows of one packet replace each
 * other, however many they are, and not the large ones. Without chance, one flow too many would
 * begin two flows anew again and again: itself, and the smallest of the others.
 *
 * The lane that takes an entry stores its own key with the busy bit by compare-and-exchange; then
 * the sum with one packet; then the key without the busy bit. A lane that finds its own flow busy
 * takes its packet for the first one, and does not add it. No lane waits.
 *
 * A lane may have found its flow's key, and be stopped before it adds. If another lane gives the
 * entry to another flow meanwhile, the packet must not be added to that one: then a count would be
 * too high, and a flow that is cut at a size would be cut early. Each new owner of the entry has
 * the next generation, in both words. The sum is exchanged only if its generation is that of the
 * key. To be mistaken, a lane must be stopped between two instructions until the entry has had a
 * multiple of four owners, of which the last has exactly the counts of the first.
 *
 * Known limits:
 * - Two lanes that meet a new flow at once may give it two entries. The one in the lower way counts
 *   from then on; the other one ages.
 * - Packets that other lanes have of a flow, while one lane makes its entry, are not counted.
 * - Flows with the same 32 bits in the same bucket are counted as one.
 * - If the clock is set back by more than FLOWS_AHEAD units, flows begin anew.
 */
#include "flows.h"
#include "words.h"

#define FLOWS_UNIT_SHIFT	28
#define FLOWS_TIME_SHIFT	32
#define FLOWS_TIME_MASK		((1U << 29) - 1)
#define FLOWS_BUSY		(1ULL << 61)
#define FLOWS_GENERATION	(3ULL << 62)
#define FLOWS_PACKET		(1ULL << 39)

/* Lanes' clocks differ: an entry from up to this far ahead was seen now. */
#define FLOWS_AHEAD		8

#define FLOWS_NO_WAY		PFQ_FLOWS_WAYS

static u32 flows_buckets(u32 size)
{
	u32 slots = pfq_words_power(2 * size);

	return slots > PFQ_FLOWS_WAYS ? slots / PFQ_FLOWS_WAYS : 1;
}

u64 pfq_flows_bytes(u32 size)
{
	return sizeof(struct pfq_flows) +
	       (u64)flows_buckets(size) * sizeof(struct pfq_flows_bucket);
}

void pfq_flows_init(struct pfq_flows *t, u32 size, u64 idle_ns)
{
	u64 idle = min_t(u64, idle_ns, PFQ_FLOWS_IDLE_MAX_NS);

	t->mask = flows_buckets(size) - 1;
	t->idle = (u32)((idle + (1ULL << FLOWS_UNIT_SHIFT) - 1) >> FLOWS_UNIT_SHIFT) + FLOWS_AHEAD;
}

static inline u32 flows_unit(u64 ns)
{
	return (u32)(ns >> FLOWS_UNIT_SHIFT) & FLOWS_TIME_MASK;
}

/* Age in units, plus FLOWS_AHEAD. */
static inline u32 flows_age(u64 key, u32 now)
{
	return (now - (u32)(key >> FLOWS_TIME_SHIFT) + FLOWS_AHEAD) & FLOWS_TIME_MASK;
}

/* The way with @tag, or FLOWS_NO_WAY. */
static __always_inline u32 flows_find(const struct pfq_flows_bucket *b, u32 tag, u64 *key)
{
#define FLOWS_LOOK(n)				\
	*key = READ_ONCE(b->key[n]);		\
	if ((u32)*key == tag)			\
		return n;
	FLOWS_LOOK(0)
	FLOWS_LOOK(1)
	FLOWS_LOOK(2)
	FLOWS_LOOK(3)
	FLOWS_LOOK(4)
	FLOWS_LOOK(5)
	FLOWS_LOOK(6)
	FLOWS_LOOK(7)
#undef FLOWS_LOOK
	return FLOWS_NO_WAY;
}

/* True one in @n * @n times. */
static inline bool flows_chance(u64 now_ns, u32 tag, u32 n)
{
	u64 random = pfq_mul_fold(now_ns ^ (u64)tag << 32, 0x9e3779b97f4a7c15ULL);

	return (random >> 32) * n >> 32 == 0 && (u64)(u32)random * n >> 32 == 0;
}

/* The way to take for a new flow; FLOWS_NO_WAY: none. */
static u32 flows_victim(const struct pfq_flows *t, const struct pfq_flows_bucket *b, u32 tag,
			u64 now_ns, u64 *key)
{
	u32 way, best = FLOWS_NO_WAY, now = flows_unit(now_ns);
	u64 least = ~0ULL;

	for (way = 0; way < PFQ_FLOWS_WAYS; way++) {
		u64 k = READ_ONCE(b->key[way]), worth;
		u32 age = flows_age(k, now);

		if (k & FLOWS_BUSY)
			continue;
		worth = READ_ONCE(b->sum[way]) & ~FLOWS_GENERATION;
		worth = (u64)pfq_flows_packets(worth) << 32 | (FLOWS_TIME_MASK - age);
		if (!k || age > t->idle)
			worth = 0;
		if (worth < least) {
			least = worth;
			best = way;
			*key = k;
		}
	}
	if (!flows_chance(now_ns, tag, (u32)(least >> 32) + 1))
		return FLOWS_NO_WAY;
	return best;
}

static inline u64 flows_first(u32 len)
{
	return FLOWS_PACKET | len;
}

/*
 * Give the entry with key @was to the flow @tag, which has one packet. Returns false if another
 * lane was faster.
 */
static bool flows_claim(struct pfq_flows_bucket *b, u32 way, u64 was, u32 tag, u32 now, u32 len)
{
	u64 generation = (was & FLOWS_GENERATION) + (1ULL << 62);
	u64 key = generation | (u64)now << FLOWS_TIME_SHIFT | tag;

	if (pfq_cmpxchg64(&b->key[way], was, key | FLOWS_BUSY) != was)
		return false;
	WRITE_ONCE(b->sum[way], generation | flows_first(len));
	smp_store_release(&b->key[way], key);
	return true;
}

/* The sum with one more packet, of which one count or both have come to their end. */
static noinline u64 flows_saturated(u64 sum, u32 len)
{
	u64 counts = sum & ~FLOWS_GENERATION;
	u64 packets = min_t(u64, pfq_flows_packets(counts) + 1, PFQ_FLOWS_PACKETS_MAX);
	u64 bytes = min_t(u64, pfq_flows_octets(counts) + len, PFQ_FLOWS_BYTES_MAX);

	return (sum & FLOWS_GENERATION) | packets << 39 | bytes;
}

/*
 * Add a packet to the sum that a flow with @key has. Returns the new counts; 0 if another lane has
 * changed the sum.
 */
static inline u64 flows_add(u64 *at, u64 key, u32 len)
{
	u64 sum = READ_ONCE(*at), next = sum + flows_first(len);

	if (unlikely((sum ^ key) & FLOWS_GENERATION))
		return 0;
	if (unlikely((sum & PFQ_FLOWS_BYTES_MAX) + len > PFQ_FLOWS_BYTES_MAX ||
		     (next ^ sum) & FLOWS_GENERATION))
		next = flows_saturated(sum, len);
	return likely(pfq_cmpxchg64(at, sum, next) == sum) ? next & ~FLOWS_GENERATION : 0;
}

/* The entry was seen now, which is later than it says. If the exchange fails, another lane did. */
static noinline void flows_touch(u64 *key, u64 was, u32 now)
{
	u64 time = (u64)FLOWS_TIME_MASK << FLOWS_TIME_SHIFT;

	pfq_cmpxchg64(key, was, (was & ~time) | (u64)now << FLOWS_TIME_SHIFT);
}

/* pfq_flows_count() of a flow that has no entry, or whose entry is changed by other lanes, too. */
static noinline u64 flows_count_slow(struct pfq_flows *t, struct pfq_flows_bucket *b, u32 tag,
				     u32 len, u64 now_ns)
{
	u32 now = flows_unit(now_ns), way, tries;
	u64 was, counts;

	/* Each further round means that another lane has added a packet, or taken an entry. */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		way = flows_find(b, tag, &was);
		if (way == FLOWS_NO_WAY) {
			way = flows_victim(t, b, tag, now_ns, &was);
		} else if (was & FLOWS_BUSY) {
			break;
		} else if (flows_age(was, now) <= t->idle) {
			counts = flows_add(&b->sum[way], was, len);
			if (counts)
				return counts;
			continue;
		}
		if (way == FLOWS_NO_WAY || flows_claim(b, way, was, tag, now, len))
			break;
	}
	return flows_first(len);
}

u64 pfq_flows_count(struct pfq_flows *t, u64 key, u32 len, u64 now_ns)
{
	struct pfq_flows_bucket *b = pfq_flows_bucket(t, key);
	u32 tag = (u32)key ? (u32)key : 1, now = flows_unit(now_ns), way, age;
	u64 was, counts;

	way = flows_find(b, tag, &was);
	age = flows_age(was, now);
	if (likely(way != FLOWS_NO_WAY && !(was & FLOWS_BUSY) && age <= t->idle)) {
		if (unlikely(age > FLOWS_AHEAD))
			flows_touch(&b->key[way], was, now);
		counts = flows_add(&b->sum[way], was, len);
		if (likely(counts))
			return counts;
	}
	return flows_count_slow(t, b, tag, len, now_ns);
}
