/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Both ends of a flow become 64-bit numbers, and their product is the same in both directions.
 * Sums and exclusive ors are too, but there many pairs of ends give equal values. Equal products
 * of different pairs, both ends near 2^63, need a divisor that two addresses and ports which count
 * up do not have in common. The high and the low half of the 128-bit product are folded, so that
 * each bit of the ends changes all of the result. The second product, with its high half, is
 * needed: without it, meshes of addresses fill the steering tables unevenly.
 */
#include "hash.h"
#include "parse.h"

#define MAC_BYTES	6

static inline u32 load32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u32 hash_ends(const struct pfq_view *v, u16 sport, u16 dport, u8 proto, u32 seed)
{
	u64 key = pfq_hash_key(seed);

	if (likely(v->flow.version == 4))
		return pfq_hash_ip4(pfq_flow_saddr(v), sport, dport, proto, key);
	if (v->flow.version != 6)
		return PFQ_HASH_NONE;
	return pfq_hash_ip6(pfq_flow_saddr(v), sport, dport, proto, key);
}

/* A packet without ports has sport and dport 0. */
u32 pfq_hash_flow(const struct pfq_view *v, u32 seed)
{
	return hash_ends(v, v->flow.sport, v->flow.dport, v->flow.proto, seed);
}

u64 pfq_hash_ends64(u32 version, const u8 *addrs, u16 sport, u16 dport, u8 proto, u32 seed)
{
	u64 key = pfq_hash_key(seed);

	return (version == 4 ? pfq_hash_ip4_64(addrs, sport, dport, proto, key) :
			       pfq_hash_ip6_64(addrs, sport, dport, proto, key)) | 1ULL << 63;
}

u64 pfq_hash_flow64(const struct pfq_view *v, u32 seed)
{
	if (!v->flow.version)
		return PFQ_HASH_NONE;
	return pfq_hash_ends64(v->flow.version, pfq_flow_saddr(v), v->flow.sport, v->flow.dport,
			       v->flow.proto, seed);
}

u32 pfq_hash_addrs(const struct pfq_view *v, u32 seed)
{
	return hash_ends(v, 0, 0, 0, seed);
}

u32 pfq_hash_ends(const struct pfq_view *v, u16 sport, u16 dport, u8 proto, u32 seed)
{
	return hash_ends(v, sport, dport, proto, seed);
}

u32 pfq_hash_macs(const struct pfq_view *v, u32 seed)
{
	const u8 *mac = v->data;

	if (v->linktype != PFQ_LINKTYPE_ETHERNET || v->caplen < 2 * MAC_BYTES)
		return PFQ_HASH_NONE;
	return pfq_hash_pair((u64)get_unaligned_be16(mac) << 32 | load32(mac + 2),
			     (u64)get_unaligned_be16(mac + MAC_BYTES) << 32 |
				     load32(mac + MAC_BYTES + 2),
			     0, pfq_hash_key(seed));
}

u32 pfq_hash_u32(u32 value, u32 seed)
{
	return pfq_hash_pair(value, value, 0, pfq_hash_key(seed));
}

static inline u64 hash_addr(const u8 *addr, u32 version, u32 bits, u64 key)
{
	u64 high, low = 0;

	if (version == 4) {
		high = bits ? get_unaligned_be32(addr) & ~0U << (32 - min_t(u32, bits, 32)) : 0;
		return pfq_hash_pair64(high, high, 0, key);
	}
	high = bits ? get_unaligned_be64(addr) & ~0ULL << (64 - min_t(u32, bits, 64)) : 0;
	if (bits > 64)
		low = get_unaligned_be64(addr + 8) & ~0ULL << (128 - min_t(u32, bits, 128));
	high = pfq_mul_fold(high ^ key, low ^ ~key);
	return pfq_hash_pair64(high, high, 0, key);
}

u32 pfq_hash_addr(const u8 *addr, u32 version, u32 bits, u32 seed)
{
	return pfq_hash_cut(hash_addr(addr, version, bits, pfq_hash_key(seed)));
}

u64 pfq_hash_addr64(const u8 *addr, u32 version, u32 bits, u32 seed)
{
	return hash_addr(addr, version, bits, pfq_hash_key(seed)) | 1ULL << 63;
}

u32 pfq_hash_mac(const u8 *mac, u32 seed)
{
	u64 value = pfq_mac_load(mac);

	return pfq_hash_pair(value, value, 0, pfq_hash_key(seed));
}
