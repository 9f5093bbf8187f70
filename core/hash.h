/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Symmetric hashes: swapping source and destination gives the same value. Each function reads the
 * parsed view. It returns PFQ_HASH_NONE if the packet has no such field, and never otherwise. All
 * hashes have bit 31 set.
 */
#ifndef PFQ_CORE_HASH_H
#define PFQ_CORE_HASH_H

#include "view.h"

#define PFQ_HASH_NONE	0

/* Answers in place of a hash, see pfq_program_flow_hash() and pfq_datagram_hash(). */
#define PFQ_HASH_DATAGRAM	1
#define PFQ_HASH_WAITS		2

/*
 * Make the key of the mix from a seed. Bit 63 is set, and no address with its port reaches that
 * bit: end ^ key is never 0.
 */
static inline u64 pfq_hash_key(u32 seed)
{
	return (seed * 0x9e3779b97f4a7c15ULL ^ 0xd6e8feb86659fd93ULL) | 1ULL << 63;
}

/* @kind gives different hashes to different things, such as protocols. */
static inline u64 pfq_hash_pair64(u64 a, u64 b, u32 kind, u64 key)
{
	u64 h = pfq_mul_fold(a ^ key, b ^ key);

	return pfq_mul_fold(h, 0xa0761d6478bd642fULL ^ kind);
}

/* Bit 31 is always set, so that no hash is PFQ_HASH_NONE. */
static inline u32 pfq_hash_cut(u64 hash)
{
	return (u32)hash | 1U << 31;
}

static inline u32 pfq_hash_pair(u64 a, u64 b, u32 kind, u64 key)
{
	return pfq_hash_cut(pfq_hash_pair64(a, b, kind, key));
}

/* @addrs: source and destination, as in the packet. */
static inline u64 pfq_hash_ip4_64(const u8 *addrs, u16 sport, u16 dport, u8 proto, u64 key)
{
	u32 s, d;

	memcpy(&s, addrs, sizeof(s));
	memcpy(&d, addrs + 4, sizeof(d));
	return pfq_hash_pair64((u64)sport << 32 | s, (u64)dport << 32 | d, proto, key);
}

static inline u32 pfq_hash_ip4(const u8 *addrs, u16 sport, u16 dport, u8 proto, u64 key)
{
	return pfq_hash_cut(pfq_hash_ip4_64(addrs, sport, dport, proto, key));
}

/* Fold an IPv6 address into one number. A factor is 0 only for a sender that knows the key. */
static inline u64 pfq_hash_fold(const u8 *addr, u64 key)
{
	u64 high, low;

	memcpy(&high, addr, sizeof(high));
	memcpy(&low, addr + 8, sizeof(low));
	return pfq_mul_fold(high ^ key, low ^ ~key);
}

static inline u64 pfq_hash_ip6_64(const u8 *addrs, u16 sport, u16 dport, u8 proto, u64 key)
{
	return pfq_hash_pair64(pfq_hash_fold(addrs, key) ^ sport,
			       pfq_hash_fold(addrs + 16, key) ^ dport, proto, key);
}

static inline u32 pfq_hash_ip6(const u8 *addrs, u16 sport, u16 dport, u8 proto, u64 key)
{
	return pfq_hash_cut(pfq_hash_ip6_64(addrs, sport, dport, proto, key));
}

/*
 * Keys of tables, with bit 63 set. By addresses, protocol and ports; pfq_hash_flow64() is
 * PFQ_HASH_NONE without IP. @addrs: source and destination, as in a packet of @version, 4 or 6.
 */
u64 pfq_hash_flow64(const struct pfq_view *v, u32 seed);
u64 pfq_hash_ends64(u32 version, const u8 *addrs, u16 sport, u16 dport, u8 proto, u32 seed);
/* By the first @bits bits of one address. */
u64 pfq_hash_addr64(const u8 *addr, u32 version, u32 bits, u32 seed);

/* A key from a hash of 32 bits, such as that of a fragment's datagram. */
static inline u64 pfq_hash_widen(u32 hash)
{
	return pfq_mul_fold(hash ^ 0x9e3779b97f4a7c15ULL, 0xa0761d6478bd642fULL) | 1ULL << 63;
}

u32 pfq_hash_flow(const struct pfq_view *v, u32 seed);	/* by addresses, protocol and ports */
u32 pfq_hash_addrs(const struct pfq_view *v, u32 seed);	/* by addresses */
/* By addresses, and other values in place of protocol and ports. */
u32 pfq_hash_ends(const struct pfq_view *v, u16 sport, u16 dport, u8 proto, u32 seed);
/* By the MAC addresses of an Ethernet frame. */
u32 pfq_hash_macs(const struct pfq_view *v, u32 seed);
/* By any number, such as a VLAN id. */
u32 pfq_hash_u32(u32 value, u32 seed);

/* By the first @bits bits of one address, of 32 or 128. @version: 4 or 6. */
u32 pfq_hash_addr(const u8 *addr, u32 version, u32 bits, u32 seed);
/* By one MAC address. */
u32 pfq_hash_mac(const u8 *mac, u32 seed);

/* The bytes of a MAC address as a number. */
static inline u64 pfq_mac_load(const u8 *mac)
{
	return (u64)get_unaligned_be16(mac) << 32 | get_unaligned_be32(mac + 2);
}

#endif /* PFQ_CORE_HASH_H */
