/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A datagram is undecided, decided by its first fragment, or given up; datagram.c says who makes it
 * which, hold.c who waits as long as it is undecided, and how both meet in two lanes. Here is what is
 * remembered of it.
 *
 * An entry is one word, so that one compare-and-exchange decides:
 *
 *	63       44 43       32 31       30        0
 *	    tag        time      first     hash
 *
 * tag and bucket come from a hash of source, destination, identification (and
 * protocol, for IPv4); time counts units of 2^28 ns of packet time, by the host's clock; an entry
 * is void once it is FRAG_LIFE_UNITS old (2.1 to 2.4 s), so that a datagram that
 * uses an identification again gets a decision of its own. Bit 31 of all flow hashes is set: here it
 * says that the first fragment has decided; else the datagram was given up. 0 is an empty entry.
 *
 * Lanes that meet fragments of one datagram at the same time: each scans the
 * whole bucket and tries to put its entry over the one that is least worth keeping: a void one, one
 * of a datagram that was given up, the oldest of these; an
 * order that depends on what is in the bucket alone. Of two lanes that saw
 * the same bucket, one succeeds; the other one's exchange fails, it scans
 * again and finds the first one's entry. No lane waits for another.
 *
 * A full bucket: a first fragment takes the place of a datagram that was given up, else of the
 * oldest one. That one's fragments have had their time since, or wait again, and go by
 * addresses. A datagram that is given up takes no first fragment's place: its fragments go by addresses
 * without an entry. So whoever sends fragments without first ones takes no place
 * from anybody's datagrams with one.
 *
 * Senders use an identification again long before an entry is void (a host that
 * sends 300 fragmented datagrams from as many sockets has used one twice). So a
 * first fragment that meets an entry which another first fragment has decided,
 * by its ports, is a new datagram's and puts its own decision there. It follows
 * one that was given up: then other fragments have gone by addresses before it.
 *
 * A protocol without ports: all fragments of IPv4 name it, and so they have the hash of the pair's
 * whole packets without the table. The next header that counts in IPv6 is the first
 * fragment's; the others may name another one, so they have the table. So has ICMP, whose first
 * fragment may be an error and go with the flow that it quotes.
 *
 * A later fragment of the next datagram with an identification, before that one's first: it meets
 * the entry of the datagram before. If that is aged, the fragment is held as if there were none, for
 * its first one may come; if it does not, it goes by that entry after all. Where fragments wait, that is
 * so of entries of up to FRAG_LONG_UNITS (32 s), void for all else, unless another one has taken the place:
 * who sends the rest of a datagram seconds after its first fragment hides nothing by that.
 *
 * What is left: the lanes may disagree on whether an entry is void,
 * where their packets' timestamps lie on both sides of its end, and a bucket
 * may have filled, or got room again, between two fragments. Both need eight
 * fragmented datagrams in one bucket of 8192 within two seconds. A datagram
 * that uses an identification again within a second, with a later fragment
 * seen before the first, is split. Two live datagrams with one tag in one
 * bucket share a hash; their fragments still stay together.
 */
#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "parse.h"

#define FRAG_UNIT_SHIFT	28
#define FRAG_LIFE_UNITS	8
/* 32 s: hosts wait 30 s and more for the rest of a datagram */
#define FRAG_LONG_UNITS	120
#define FRAG_TIME_BITS	12
#define FRAG_TIME_MASK	((1U << FRAG_TIME_BITS) - 1)
#define FRAG_TAG_SHIFT	44
#define FRAG_FIRST	(1U << 31)

/* lanes' clocks differ: an entry from this far ahead is young, not ancient */
#define FRAG_AHEAD_UNITS	8
/* a datagram's fragments come within less: 0.8 to 1.1 s */
#define FRAG_AGED_UNITS	4
#define FRAG_AGE_MAX	(FRAG_LIFE_UNITS + FRAG_AHEAD_UNITS)
#define FRAG_LONG_MAX	(FRAG_LONG_UNITS + FRAG_AHEAD_UNITS)

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
	/* an IPv6 datagram's fragments need not agree on what follows */
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

struct place {
	u32	way;
	u32	worth;	/* the more, the better can it be spared */
	u64	entry;	/* what is there */
	bool	match;	/* it is this datagram's, or one's with its identification */
};

#define SPARE_GIVEN_UP	(1U << (FRAG_TIME_BITS + 1))
#define SPARE_VOID	(2U << (FRAG_TIME_BITS + 1))

/* so old it counts; by then its place is anybody's */
static inline u32 age_max(u64 entry, bool waits)
{
	return waits && entry & FRAG_FIRST ? FRAG_LONG_MAX : FRAG_AGE_MAX;
}

/* the entry with @tag, else the place to put one */
static struct place find_place(u64 *bucket, u64 tag, u32 now, bool waits)
{
	struct place p = { 0, 0, 0, false };
	u32 way;

	for (way = 0; way < PFQ_FRAG_WAYS; way++) {
		u64 entry = READ_ONCE(bucket[way]);
		u32 age = entry ? entry_age(entry, now) : FRAG_TIME_MASK + 1;
		u32 worth = age > FRAG_AGE_MAX ? SPARE_VOID + age :
			    entry & FRAG_FIRST ? age : SPARE_GIVEN_UP + age;
		bool match = entry && entry >> FRAG_TAG_SHIFT == tag && age <= age_max(entry, waits);

		if (match || !way || worth > p.worth)
			p = (struct place){ way, worth, entry, match };
		if (match)
			break;
	}
	return p;
}

static u32 hash_of_entry(u64 entry)
{
	return (u32)entry | FRAG_FIRST;
}

static bool is_aged(const struct place *p)
{
	return p->entry & FRAG_FIRST && p->worth >= FRAG_AHEAD_UNITS + FRAG_AGED_UNITS;
}

enum pfq_frag_found pfq_frag_find(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 *hash)
{
	struct place p = find_place(bucket_of(t, key), key >> FRAG_TAG_SHIFT, unit_of(ns), waits);

	*hash = hash_of_entry(p.entry);
	if (!p.match)
		return PFQ_FRAG_NONE;
	return is_aged(&p) ? PFQ_FRAG_AGED : PFQ_FRAG_DECIDED;
}

u32 pfq_frag_first(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 own)
{
	u64 tag = key >> FRAG_TAG_SHIFT, *bucket = bucket_of(t, key);
	u64 mine = tag << FRAG_TAG_SHIFT | (u64)unit_of(ns) << 32 | own | FRAG_FIRST;
	u32 tries;

	/* a try that failed means that another lane put an entry here: there are so many lanes */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		struct place p = find_place(bucket, tag, unit_of(ns), waits);

		if (p.match && !(p.entry & FRAG_FIRST))
			return hash_of_entry(p.entry);
		/* sent again, or captured twice; one that is aged is made young */
		if (p.match && hash_of_entry(p.entry) == own && !is_aged(&p))
			return own;
		if (pfq_cmpxchg64(&bucket[p.way], p.entry, mine) == p.entry)
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
		struct place p = find_place(bucket, tag, unit_of(ns), waits);

		if (p.match) {
			*is_first = p.entry & FRAG_FIRST;
			return hash_of_entry(p.entry);
		}
		if (p.worth < SPARE_GIVEN_UP ||
		    pfq_cmpxchg64(&bucket[p.way], p.entry, mine) == p.entry)
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
	u64 key;
	bool is_first;

	if (pfq_frag_is_known_alone(v))
		return own;
	key = pfq_frag_key(v, seed);
	if (v->flow.flags & PFQ_FLOW_FRAG_FIRST)
		return pfq_frag_first(t, key, pfq_frag_ns(v), false, own);
	return pfq_frag_give_up(t, key, pfq_frag_ns(v), false, own, &is_first);
}
