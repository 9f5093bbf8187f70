/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What core/ takes from the world it is compiled into: the kernel's variant of
 * core/user/pfq_deps.h, which lists what is needed.
 */
#ifndef PFQ_DEPS_H
#define PFQ_DEPS_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include "compat/compat.h"

/* returns what *p held; it holds @val now where that was @old */
static inline u64 pfq_cmpxchg64(u64 *p, u64 old, u64 val)
{
	return cmpxchg64(p, old, val);
}

static inline u32 pfq_xchg32(u32 *p, u32 val)
{
	return xchg(p, val);
}

/* a full barrier, as the user's variant */
static inline void pfq_add32(u32 *p, u32 val)
{
	u32 old = READ_ONCE(*p), was;

	while ((was = cmpxchg(p, old, old + val)) != old)
		old = was;
}

#endif /* PFQ_DEPS_H */
