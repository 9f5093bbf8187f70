/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Both ends of a flow become 64-bit numbers; the smaller and the larger one go
 * into the mix in that order, so that direction does not matter and no
 * combination of the ends cancels out (as with sums or exclusive ors of
 * addresses and ports). Multipliers are odd with well spread bits. Four rounds
 * are needed: with three, addresses that count up fill the steering tables
 * unevenly for some seeds.
 */
#include "hash.h"
#include "parse.h"

#define MUL_A	0x9e3779b97f4a7c15ULL
#define MUL_B	0xd6e8feb86659fd93ULL
#define MUL_C	0xa0761d6478bd642fULL

#define MAC_BYTES	6

static inline u32 load32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u64 load64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* @kind keeps hashes of different things apart; a bit that is always set keeps off PFQ_HASH_NONE */
static inline u32 mix_pair(u64 a, u64 b, u64 kind, u32 seed)
{
	u64 lo = a < b ? a : b;
	u64 hi = a < b ? b : a;
	u64 h = (lo ^ seed) * MUL_A;

	h ^= h >> 32;
	h = (h ^ hi ^ kind << 56) * MUL_B;
	h ^= h >> 32;
	h *= MUL_C;
	h ^= h >> 29;
	return (u32)(h * MUL_A >> 32) | 1U << 31;
}

/* an IPv6 address as one number */
static inline u64 fold(const u8 *addr, u32 seed)
{
	u64 h = (load64(addr) ^ seed * MUL_B) * MUL_A;

	h ^= h >> 32;
	h = (h ^ load64(addr + 8)) * MUL_C;
	return h ^ h >> 32;
}

static inline u32 hash_ends(const struct pfq_view *v, u16 sport, u16 dport, u8 proto, u32 seed)
{
	const u8 *s, *d;

	if (likely(v->flow.version == 4)) {
		s = v->data + v->flow.l3_offset + 12;
		return mix_pair((u64)load32(s) << 16 | sport, (u64)load32(s + 4) << 16 | dport,
				proto, seed);
	}
	if (v->flow.version != 6)
		return PFQ_HASH_NONE;
	s = pfq_flow_saddr(v);
	d = pfq_flow_daddr(v);
	return mix_pair(fold(s, seed) ^ sport, fold(d, seed) ^ dport, proto, seed);
}

/* sport and dport are 0 where a packet has none */
u32 pfq_hash_flow(const struct pfq_view *v, u32 seed)
{
	return hash_ends(v, v->flow.sport, v->flow.dport, v->flow.proto, seed);
}

u32 pfq_hash_addrs(const struct pfq_view *v, u32 seed)
{
	return hash_ends(v, 0, 0, 0, seed);
}

u32 pfq_hash_macs(const struct pfq_view *v, u32 seed)
{
	const u8 *mac = v->data;

	if (v->linktype != PFQ_LINKTYPE_ETHERNET || v->caplen < 2 * MAC_BYTES)
		return PFQ_HASH_NONE;
	return mix_pair((u64)get_unaligned_be16(mac) << 32 | load32(mac + 2),
			(u64)get_unaligned_be16(mac + MAC_BYTES) << 32 |
				load32(mac + MAC_BYTES + 2),
			0, seed);
}

u32 pfq_hash_u32(u32 value, u32 seed)
{
	return mix_pair(value, value, 0, seed);
}
