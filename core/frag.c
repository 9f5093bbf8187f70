/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The table of decisions. A datagram is undecided, decided by its first fragment, or given up.
 * datagram.c makes these decisions; hold.c holds undecided fragments and explains how two lanes
 * race.
 *
 * An entry is one word, so that one compare-and-exchange decides:
 *
 *	63       44 43       32 31       30        0
 *	    tag        time      first     hash
 *
 * Tag and bucket come from a hash of source, destination, identification and, for IPv4, protocol.
 * Time counts units of 2^28 ns of packet time, by the host's clock. An entry is void at an age of
 * FRAG_LIFE_UNITS (2.1 to 2.4 s). So a datagram that uses its identification again gets its own
 * decision. All flow hashes have bit 31 set, so that the entry can use bit 31 otherwise. Set: the
 * first fragment has decided. Clear: the datagram was given up. 0 is an empty entry.
 *
 * Lanes may meet fragments of one datagram at the same time. Each lane scans the whole bucket and
 * tries to replace the entry that is least worth keeping. In this order: a void entry, the oldest
 * entry of a datagram that was given up, the oldest entry of a first fragment. This order depends
 * on the bucket alone. So of two lanes that saw the same bucket, one succeeds. The exchange of the
 * other fails; that lane scans again and finds the entry of the first. No lane waits for another.
 *
 * A full bucket: a first fragment replaces a datagram that was given up, else the oldest one. The
 * fragments of the replaced datagram are done by then, or they wait again and go by addresses.
 * Giving up never replaces an entry of a first fragment: the datagram's fragments go by addresses
 * without an entry. So a sender of later fragments alone takes no place from complete datagrams.
 *
 * Senders use an identification again long before an entry is void. For instance, a host that
 * sends 300 fragmented datagrams from as many sockets has used one twice. So a first fragment
 * whose ports give another hash than the entry belongs to a new datagram and replaces the entry.
 * If the entry says "given up", the first fragment follows it, because other fragments have gone
 * by addresses before.
 *
 * Protocols without ports: every fragment of IPv4 names the protocol, so that all of them have the
 * hash of whole packets without the table. In IPv6 the next header of the first fragment counts;
 * the other fragments may name another one, so they use the table. ICMP uses the table too: its
 * first fragment may be an error that goes with the flow it quotes.
 *
 * A later fragment of the next datagram with an identification may come before the first fragment
 * of that datagram. It then meets the entry of the datagram before. If that entry is aged, the
 * fragment is held, as if there were none. If its first fragment does not come, it goes by that
 * entry after all. In a group that holds fragments, entries count for this up to an age of
 * FRAG_LONG_UNITS (32 s), unless their place was taken; for all else they are void. So a sender
 * cannot escape its flow by sending the rest of a datagram seconds after the first fragment.
 *
 * Known limits:
 * - Lanes may disagree on whether an entry is void, if their packets' timestamps lie on both sides
 *   of its end.
 * - A bucket may become full, or get room again, between two fragments. Both of these limits need
 *   eight fragmented datagrams in one bucket of 8192 within two seconds.
 * - A datagram is split if it uses an identification again within a second and a later fragment of
 *   it is seen before the first.
 * - A datagram is split if the clock is set by more than two seconds between its fragments.
 * - Two live datagrams with one tag in one bucket share a hash. Their fragments still stay
 *   together.
 */
#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "parse.h"
#include "words.h"

#define FRAG_UNIT_SHIFT	28
#define FRAG_LIFE_UNITS	8
/* 32 s: hosts wait 30 s and longer for the rest of a datagram */
#define FRAG_LONG_UNITS	120
#define FRAG_TIME_BITS	12
#define FRAG_TIME_MASK	((1U << FRAG_TIME_BITS) - 1)
#define FRAG_TAG_SHIFT	44
#define FRAG_FIRST	(1U << 31)

/* Lanes' clocks differ: an entry from up to this far ahead is young, not 2^12 units old. */
#define FRAG_AHEAD_UNITS	8
/* 0.8 to 1.1 s: the fragments of one datagram come within less */
#define FRAG_AGED_UNITS	4
#define FRAG_AGE_MAX	(FRAG_LIFE_UNITS + FRAG_AHEAD_UNITS)
#define FRAG_LONG_MAX	(FRAG_LONG_UNITS + FRAG_AHEAD_UNITS)

/* Age in units, plus FRAG_AHEAD_UNITS. */
static inline u32 entry_age(u64 entry, u32 now)
{
	return (now - (u32)(entry >> 32) + FRAG_AHEAD_UNITS) & FRAG_TIME_MASK;
}

u64 pfq_frag_key(const struct pfq_view *v, u32 seed)
{
	u32 bytes = v->flow.version == 4 ? 4 : 16, i, word;
	const u8 *s = pfq_flow_saddr(v), *d = pfq_flow_daddr(v);
	u64 h = seed;

	for (i = 0; i < bytes; i += 4) {
		memcpy(&word, s + i, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
		memcpy(&word, d + i, sizeof(word));
		h = (h ^ word) * 0xd6e8feb86659fd93ULL;
		h ^= h >> 29;
	}
	h ^= v->flow.frag_id;
	/* the fragments of an IPv6 datagram may name different next headers */
	if (v->flow.version == 4)
		h ^= (u64)v->flow.proto << 32;
	h *= 0xa0761d6478bd642fULL;
	h ^= h >> 32;
	return h * 0x9e3779b97f4a7c15ULL;
}

static u64 *bucket_of(struct pfq_frag_table *t, u64 key)
{
	return t->slot[(u32)(key >> 24) % PFQ_FRAG_BUCKETS];
}

static u32 unit_of(u64 ns)
{
	return (u32)(ns >> FRAG_UNIT_SHIFT) & FRAG_TIME_MASK;
}

/* The lowest bits of a place's worth are the entry's age; the higher, the less is lost. */
#define SPARE_GIVEN_UP	(1U << (FRAG_TIME_BITS + 1))
#define SPARE_VOID	(2U << (FRAG_TIME_BITS + 1))

/* The highest age at which an entry counts. Beyond FRAG_AGE_MAX any datagram may take its place. */
static inline u32 age_max(u64 entry, bool waits)
{
	return waits && entry & FRAG_FIRST ? FRAG_LONG_MAX : FRAG_AGE_MAX;
}

struct frag_wanted {
	u64	tag;
	u32	now;
	bool	waits;
};

/* A match is this datagram's entry, or that of an earlier one with its identification. */
static __always_inline u32 frag_judge(u64 entry, const void *of)
{
	const struct frag_wanted *w = of;
	u32 age = entry ? entry_age(entry, w->now) : FRAG_TIME_MASK + 1;
	u32 worth = age > FRAG_AGE_MAX ? SPARE_VOID + age :
		    entry & FRAG_FIRST ? age : SPARE_GIVEN_UP + age;

	if (entry && entry >> FRAG_TAG_SHIFT == w->tag && age <= age_max(entry, w->waits))
		worth |= PFQ_WORDS_MATCH;
	return worth;
}

/* Find the entry with @tag, else the place for a new one. */
static struct pfq_words_place find_place(u64 *bucket, u64 tag, u32 now, bool waits)
{
	const struct frag_wanted wanted = { tag, now, waits };

	return pfq_words_find(bucket, frag_judge, &wanted);
}

static inline bool frag_matches(const struct pfq_words_place *p)
{
	return p->worth & PFQ_WORDS_MATCH;
}

static u32 hash_of_entry(u64 entry)
{
	return (u32)entry | FRAG_FIRST;
}

static bool is_aged(const struct pfq_words_place *p)
{
	return p->word & FRAG_FIRST &&
	       (p->worth & ~PFQ_WORDS_MATCH) >= FRAG_AHEAD_UNITS + FRAG_AGED_UNITS;
}

enum pfq_frag_found pfq_frag_find(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 *hash)
{
	struct pfq_words_place p = find_place(bucket_of(t, key), key >> FRAG_TAG_SHIFT,
					      unit_of(ns), waits);

	*hash = hash_of_entry(p.word);
	if (!frag_matches(&p))
		return PFQ_FRAG_NONE;
	return is_aged(&p) ? PFQ_FRAG_AGED : PFQ_FRAG_DECIDED;
}

u32 pfq_frag_first(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 own)
{
	u64 tag = key >> FRAG_TAG_SHIFT, *bucket = bucket_of(t, key);
	u64 mine = tag << FRAG_TAG_SHIFT | (u64)unit_of(ns) << 32 | own | FRAG_FIRST;
	u32 tries;

	/*
	 * A failed exchange means that another lane stored an entry here; there are only so many
	 * lanes.
	 */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		struct pfq_words_place p = find_place(bucket, tag, unit_of(ns), waits);

		if (frag_matches(&p) && !(p.word & FRAG_FIRST))
			return hash_of_entry(p.word);
		/*
		 * Sent again or captured twice: keep the entry. An aged one is replaced, which
		 * makes it young.
		 */
		if (frag_matches(&p) && hash_of_entry(p.word) == own && !is_aged(&p))
			return own;
		if (pfq_cmpxchg64(&bucket[p.way], p.word, mine) == p.word)
			break;
	}
	return own;
}

u32 pfq_frag_give_up(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 alone,
		     bool *is_first)
{
	u64 tag = key >> FRAG_TAG_SHIFT, *bucket = bucket_of(t, key);
	u64 mine = tag << FRAG_TAG_SHIFT | (u64)unit_of(ns) << 32 | (alone & ~FRAG_FIRST);
	u32 tries;

	*is_first = false;
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		struct pfq_words_place p = find_place(bucket, tag, unit_of(ns), waits);

		if (frag_matches(&p)) {
			*is_first = p.word & FRAG_FIRST;
			return hash_of_entry(p.word);
		}
		if (p.worth < SPARE_GIVEN_UP ||
		    pfq_cmpxchg64(&bucket[p.way], p.word, mine) == p.word)
			break;
	}
	return alone;
}

u32 pfq_frag_hash_alone(const struct pfq_view *v, u32 seed)
{
	return pfq_parse_may_have_ports(v) ? pfq_hash_addrs(v, seed) : pfq_hash_flow(v, seed);
}

bool pfq_frag_is_known_alone(const struct pfq_view *v)
{
	return v->flow.version == 4 && !pfq_parse_may_have_ports(v) && !pfq_is_icmp(v);
}

u32 pfq_frag_hash(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed)
{
	return pfq_frag_is_known_alone(v) ? own : pfq_frag_hash_any(t, v, own, seed);
}

u32 pfq_frag_hash_any(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed)
{
	u64 key = pfq_frag_key(v, seed);
	bool is_first;

	if (v->flow.flags & PFQ_FLOW_FRAG_FIRST)
		return pfq_frag_first(t, key, pfq_frag_ns(v), false, own);
	return pfq_frag_give_up(t, key, pfq_frag_ns(v), false, own, &is_first);
}
