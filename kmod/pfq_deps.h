/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that core/ needs from its environment: the kernel's variant. core/user/pfq_deps.h
 * lists it.
 */
#ifndef PFQ_DEPS_H
#define PFQ_DEPS_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/smp.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include "compat/compat.h"

/* Programs are run by calls (core/lang_run.c). */
#define PFQ_DISPATCH_SWITCH 0

/* If *p is @old, store @val there. Returns the value that *p had before. */
static inline u64 pfq_cmpxchg64(u64 *p, u64 old, u64 val)
{
	return cmpxchg64(p, old, val);
}

static inline u32 pfq_xchg32(u32 *p, u32 val)
{
	return xchg(p, val);
}

/* a full barrier, as in the user-space variant */
static inline void pfq_add32(u32 *p, u32 val)
{
	u32 old = READ_ONCE(*p), was;

	while ((was = cmpxchg(p, old, old + val)) != old)
		old = was;
}

/* Exclusive or of the high and the low half of the 128-bit product of @a and @b. */
static inline u64 pfq_mul_fold(u64 a, u64 b)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 product = (unsigned __int128)a * b;

	return (u64)product ^ (u64)(product >> 64);
#else
	return a * b ^ mul_u64_u64_shr(a, b, 64);
#endif
}

static inline u64 pfq_div64(u64 a, u64 b)
{
	return div64_u64(a, b);
}

#endif /* PFQ_DEPS_H */
