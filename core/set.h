/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A set of addresses and prefixes, of MAC addresses, or of flows, which changes while packets are
 * looked up in it: the operator adds and removes entries, programs learn some. All lanes share it.
 * It has a fixed size, no locks and no allocation; bits.h has sets of ports and VLANs.
 * set_word.h explains how.
 */
#ifndef PFQ_CORE_SET_H
#define PFQ_CORE_SET_H

#include "hash.h"

#define PFQ_SET_MAX		(16U << 20)	/* highest size */
#define PFQ_SET_LENGTHS		8		/* of prefixes of each version, at the same time */
#define PFQ_SET_WAYS		4
#define PFQ_SET_UNIT_SHIFT	30	/* of times within the set, from ns */

struct pfq_set_key {
	u64	high, low;
	u64	kind;		/* of an address: PFQ_SET_ADDR(version, length of the prefix) */
};

#define PFQ_SET_ADDR(version, plen)	((version) << 8 | (plen))
#define PFQ_SET_MAC			1
#define PFQ_SET_FLOW			2

/* Two cache lines; see set_word.h. */
struct pfq_set_bucket {
	u64 word[PFQ_SET_WAYS];
	u64 key[PFQ_SET_WAYS][2];
	u64 kind[PFQ_SET_WAYS];
};

struct pfq_set {
	u32	mask;			/* number of buckets, minus 1 */
	u32	seen;			/* of pfq_set_see() */
	u64	secret;
	/* lengths of the prefixes of IPv4 and IPv6, each plus 1 in a byte of its own; 0: none */
	u64	lengths[2];
	u64	reserved2[4];
	/* entries of each length, but for learnt ones and whole addresses; control side only */
	u32	count[2][PFQ_SET_LENGTHS];
	struct pfq_set_bucket bucket[];
};

/* --- keys ------------------------------------------------------------------------------ */

static inline u64 pfq_set_mask(u64 value, u32 bits)
{
	return bits ? value & ~0ULL << (64 - min_t(u32, bits, 64)) : 0;
}

/* The first @plen bits of an address of @version, 4 or 6. */
static inline struct pfq_set_key pfq_set_key_addr(u32 version, const u8 *addr, u32 plen)
{
	struct pfq_set_key key = { 0, 0, PFQ_SET_ADDR(version, plen) };

	if (version == 4) {
		key.low = pfq_set_mask((u64)get_unaligned_be32(addr) << 32, plen);
		return key;
	}
	key.high = pfq_set_mask(get_unaligned_be64(addr), plen);
	key.low = plen > 64 ? pfq_set_mask(get_unaligned_be64(addr + 8), plen - 64) : 0;
	return key;
}

static inline struct pfq_set_key pfq_set_key_mac(const u8 *mac)
{
	return (struct pfq_set_key){
		0, (u64)get_unaligned_be16(mac) << 32 | get_unaligned_be32(mac + 2), PFQ_SET_MAC,
	};
}

/* By both ends in any order, and the protocol. @addrs: as for pfq_hash_ends64(). */
static inline struct pfq_set_key pfq_set_key_flow(u32 version, const u8 *addrs, u16 sport,
						  u16 dport, u8 proto, u32 seed)
{
	return (struct pfq_set_key){
		pfq_hash_ends64(version, addrs, sport, dport, proto, seed),
		pfq_hash_ends64(version, addrs, sport, dport, proto, ~seed), PFQ_SET_FLOW,
	};
}

/* Write the bytes of a key of an address or MAC address: 4, 16 or 6. Returns their number. */
u32 pfq_set_key_bytes(const struct pfq_set_key *key, u8 bytes[16]);

/* --- for lanes, at any time ------------------------------------------------------------ */

/* Note the time of a packet by the host's clock. It is the time of the set's control side, too. */
static inline void pfq_set_see(struct pfq_set *t, u64 now_ns)
{
	u32 now = (u32)(now_ns >> PFQ_SET_UNIT_SHIFT);

	if (unlikely(READ_ONCE(t->seen) != now))
		WRITE_ONCE(t->seen, now);
}

/* The time of the last packet, to about a second; 0: there was none. */
static inline u64 pfq_set_seen_ns(const struct pfq_set *t)
{
	return (u64)READ_ONCE(t->seen) << PFQ_SET_UNIT_SHIFT;
}

/* Is this MAC address or flow in the set? @now_ns: the packet's time by the host's clock. */
bool pfq_set_has(const struct pfq_set *t, const struct pfq_set_key *key, u64 now_ns);

/* Is the address, or a prefix that it is within, in the set? */
bool pfq_set_has_addr(const struct pfq_set *t, u32 version, const u8 *addr, u64 now_ns);

/*
 * Add a whole address, a MAC address or a flow for @timeout_ns from now (0: for ever). If there is
 * no room, it takes the place of a learnt entry that would go first. It never takes that of an
 * entry of the operator. Returns whether it is in the set now.
 */
bool pfq_set_learn(struct pfq_set *t, const struct pfq_set_key *key, u64 timeout_ns, u64 now_ns);

/* --- for the control side, one thread at a time, while lanes use the set ------------------ */

/* Bytes of a set that holds @size entries well, 1 to PFQ_SET_MAX. */
u64 pfq_set_bytes(u32 size);

/* @t: pfq_set_bytes() bytes, zeroed, aligned to 64. */
void pfq_set_init(struct pfq_set *t, u32 size, u32 seed);

/*
 * Add an entry for @timeout_ns (0: for ever), or change its end. Returns -ENOSPC if there is no
 * room, -E2BIG if there are PFQ_SET_LENGTHS other lengths of prefixes already, -EAGAIN if lanes
 * that learn were faster each time.
 */
int pfq_set_add(struct pfq_set *t, const struct pfq_set_key *key, u64 timeout_ns, u64 now_ns);

/* Remove an entry, learnt or not. Returns -ENOENT if there is none. */
int pfq_set_remove(struct pfq_set *t, const struct pfq_set_key *key);

/* Remove all entries. Lanes may learn some meanwhile. */
void pfq_set_flush(struct pfq_set *t);

/*
 * Free the places of entries whose time is over, in @buckets buckets from *@from on, and move
 * *@from on, around the table. Needed once a second or so: lookups only skip such entries.
 */
void pfq_set_sweep(struct pfq_set *t, u32 *from, u32 buckets, u64 now_ns);

struct pfq_set_entry {
	struct pfq_set_key key;
	u64	left_ns;	/* until its time is over, to about a second; 0: for ever */
	bool	is_learnt;
};

/* Find the next entry, from *@at on, which is 0 at first. Returns false if there is none. */
bool pfq_set_next(const struct pfq_set *t, u64 *at, struct pfq_set_entry *entry, u64 now_ns);

#endif /* PFQ_CORE_SET_H */
