/* SPDX-License-Identifier: GPL-2.0-only */
/* From the kernel's packet to core/view.h's. */
#ifndef PFQK_VIEW_H
#define PFQK_VIEW_H

#include "cpu.h"

struct pfqk_hook;
struct sk_buff;

/*
 * Fill @v from @skb, whose data is moved to the link header. The bytes stay
 * where they are if they lie in one piece, else in @cpu's bounce buffer. Returns
 * the packet that filters run on: @skb, or a copy of it without its tag, which
 * the caller frees. NULL: nothing that a group could use, or no memory for
 * the copy. In lane context.
 */
struct sk_buff *pfqk_view_fill(struct pfq_view *v, struct pfqk_cpu *cpu, struct sk_buff *skb,
			       const struct pfqk_hook *hook);

/* with the tag */
u32 pfqk_view_wire_bytes(const struct pfq_view *v);

#endif /* PFQK_VIEW_H */
