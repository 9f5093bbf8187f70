/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a view (core/view.h) of a kernel packet. */
#ifndef PFQK_VIEW_H
#define PFQK_VIEW_H

#include "cpu.h"

struct pfqk_hook;
struct sk_buff;

/*
 * Fill @v from @skb, whose data pointer is moved to the link header. If the bytes lie in one
 * piece, the view points to them; else they are copied to @cpu's bounce buffer. Returns the packet
 * that filters run on: @skb, or a copy without its tag, which the caller frees. Returns NULL if a
 * group cannot use the packet, or if there is no memory for the copy. Lane context.
 */
struct sk_buff *pfqk_view_fill(struct pfq_view *v, struct pfqk_cpu *cpu, struct sk_buff *skb,
			       const struct pfqk_hook *hook);

/* Bytes on the wire, with the VLAN tag. */
u32 pfqk_view_wire_bytes(const struct pfq_view *v);

#endif /* PFQK_VIEW_H */
