/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A set of small numbers, such as ports and VLAN ids, as a map of bits. It changes while lanes look
 * numbers up in it. A number's bit is (bits[n / 64] >> n % 64) & 1.
 */
#ifndef PFQ_CORE_BITS_H
#define PFQ_CORE_BITS_H

#include <pfq_deps.h>

#define PFQ_BITS_PORTS	65536U
#define PFQ_BITS_VLANS	4096U

/* Bytes of the map of @count numbers, a multiple of 64. All zero: empty. */
static inline u64 pfq_bits_bytes(u32 count)
{
	return count / 8;
}

/* Any lane, at any time. */
static inline bool pfq_bits_has(const u64 *bits, u32 n)
{
	return READ_ONCE(bits[n / 64]) >> n % 64 & 1;
}

/* Add the numbers from @first to @last, or remove them. Any threads, at any time. */
void pfq_bits_change(u64 *bits, u32 first, u32 last, bool is_in);

/* The first number from @n on that is in the map of @count numbers; @count: none. */
u32 pfq_bits_next(const u64 *bits, u32 count, u32 n);

#endif /* PFQ_CORE_BITS_H */
