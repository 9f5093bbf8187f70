/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "bits.h"

void pfq_bits_change(u64 *bits, u32 first, u32 last, bool is_in)
{
	u32 i;

	for (i = first / 64; i <= last / 64; i++) {
		u64 mask = ~0ULL, was;

		if (i == first / 64)
			mask &= ~0ULL << first % 64;
		if (i == last / 64)
			mask &= ~0ULL >> (63 - last % 64);
		do {
			was = READ_ONCE(bits[i]);
		} while (pfq_cmpxchg64(&bits[i], was, is_in ? was | mask : was & ~mask) != was);
	}
}

u32 pfq_bits_next(const u64 *bits, u32 count, u32 n)
{
	while (n < count) {
		u64 rest = READ_ONCE(bits[n / 64]) >> n % 64;

		if (rest)
			return n + (u32)__ffs64(rest);
		n = (n / 64 + 1) * 64;
	}
	return count;
}
