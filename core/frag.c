/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An entry is one word, so that one compare-and-exchange decides:
 *
 *	63       44 43       32 31        0
 *	    tag        time        hash (never 0: 0 is an empty entry)
 *
 * tag and bucket come from a hash of source, destination, identification (and
 * protocol, for IPv4); time counts units of 2^28 ns of packet time, by the host's clock; an entry
 * is void once it is FRAG_LIFE_UNITS old (2.1 to 2.4 s), so that a datagram that
 * uses an identification again gets a decision of its own.
 *
 * Lanes that meet fragments of one datagram at the same time: each scans the
 * whole bucket and tries to put its entry over the one that is oldest, an
 * order that depends on what is in the bucket alone. Of two lanes that saw
 * the same bucket, one succeeds; the other one's exchange fails, it scans
 * again and finds the first one's entry. Nothing is ever taken out, and no
 * lane waits for another.
 *
 * Senders use an identification again long before an entry is void (a host that
 * sends 300 fragmented datagrams from as many sockets has used one twice). So a
 * first fragment that meets an entry which another first fragment has decided,
 * by its ports, is a new datagram's and puts its own decision there. It follows
 * one that was decided by addresses: then a later fragment came before it.
 *
 * A protocol without ports: all fragments of IPv4 name it, and so they have the hash of the pair's
 * whole packets without the table. The next header that counts in IPv6 is the first
 * fragment's; the others may name another one, so they have the table.
 *
 * What is left: the lanes may disagree on whether the oldest entry is void,
 * where their packets' timestamps lie on both sides of its end, and a bucket
 * may have filled, or got room again, between two fragments. Both need eight
 * fragmented datagrams in one bucket of 8192 within two seconds. A datagram
 * that uses an identification again within that time, with a later fragment
 * seen before the first, is split. Two live datagrams with one tag in one
 * bucket share a hash; their fragments still stay together.
 */
#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "parse.h"

#define FRAG_UNIT_SHIFT	28
#define FRAG_LIFE_UNITS	8
#define FRAG_TIME_BITS	12
#define FRAG_TIME_MASK	((1U << FRAG_TIME_BITS) - 1)
#define FRAG_TAG_SHIFT	44

/* lanes' clocks differ: an entry from this far ahead is young, not ancient */
#define FRAG_AHEAD_UNITS	8

static inline u32 entry_age(u64 entry, u32 now)
{
	return (now - (u32)(entry >> 32) + FRAG_AHEAD_UNITS) & FRAG_TIME_MASK;
}

/* which datagram; the direction counts here */
static u64 datagram_key(const struct pfq_view *v, u32 seed)
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

struct place {
	u32	way;
	u32	age;
	u64	entry;	/* what is there */
	bool	match;	/* it is this datagram's, or one's with its identification */
};

/* the entry with @tag, else the place to put one: the oldest */
static struct place find_place(u64 *bucket, u64 tag, u32 now)
{
	struct place p = { 0, 0, 0, false };
	u32 way;

	for (way = 0; way < PFQ_FRAG_WAYS; way++) {
		u64 entry = READ_ONCE(bucket[way]);
		u32 age = entry ? entry_age(entry, now) : FRAG_TIME_MASK + 1;
		bool match =
			entry >> FRAG_TAG_SHIFT == tag && age <= FRAG_LIFE_UNITS + FRAG_AHEAD_UNITS;

		if (match || age > p.age)
			p = (struct place){ way, age, entry, match };
		if (match)
			break;
	}
	return p;
}

/* a first fragment, with ports, and the entry was decided by other ports */
static bool is_new_datagram(const struct pfq_view *v, u32 entry_hash, u32 own, u32 seed)
{
	return v->flow.flags & PFQ_FLOW_PORTS && entry_hash != own &&
	       entry_hash != pfq_frag_hash_alone(v, seed);
}

u32 pfq_frag_hash_alone(const struct pfq_view *v, u32 seed)
{
	return pfq_parse_may_have_ports(v) ? pfq_hash_addrs(v, seed) : pfq_hash_flow(v, seed);
}

/* all devices and groups share the table, and need not share the clock of their records */
static u64 host_ns(const struct pfq_view *v)
{
	return v->flags & PFQ_REC_F_HWTS ? v->host_ns : v->ts_ns;
}

/* Its fragments have one hash without the table. ICMP's do not: the first one may be an error. */
static bool is_known_alone(const struct pfq_view *v)
{
	return v->flow.version == 4 && !pfq_parse_may_have_ports(v) && !pfq_is_icmp(v);
}

static u32 time_of(const struct pfq_view *v)
{
	return (u32)(host_ns(v) >> FRAG_UNIT_SHIFT) & FRAG_TIME_MASK;
}

u32 pfq_frag_hash_quoted(struct pfq_frag_table *t, const struct pfq_view *v, u32 seed)
{
	u64 key = datagram_key(v, seed);
	struct place p = find_place(bucket_of(t, key), key >> FRAG_TAG_SHIFT, time_of(v));

	return p.match && !is_known_alone(v) ? (u32)p.entry : pfq_frag_hash_alone(v, seed);
}

u32 pfq_frag_hash(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed)
{
	u64 key = datagram_key(v, seed);
	u64 tag = key >> FRAG_TAG_SHIFT;
	u64 *bucket = bucket_of(t, key);
	u32 now = time_of(v);
	u64 mine = tag << FRAG_TAG_SHIFT | (u64)now << 32 | own;
	u32 tries;

	if (is_known_alone(v))
		return own;
	/* a try that failed means that another lane put an entry here: there are so many lanes */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		struct place p = find_place(bucket, tag, now);

		if (p.match && !is_new_datagram(v, (u32)p.entry, own, seed))
			return (u32)p.entry;
		if (!p.match && p.age <= FRAG_LIFE_UNITS + FRAG_AHEAD_UNITS)
			break;
		if (pfq_cmpxchg64(&bucket[p.way], p.entry, mine) == p.entry)
			return own;
	}
	return pfq_frag_hash_alone(v, seed);
}
