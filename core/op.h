/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * For the bodies of symbols, op_NAME() in the files op_*.h. All of them are part of lang_run.c. If
 * the program has a symbol whose body reads v->flow, the packet was parsed before the first step.
 */
#ifndef PFQ_CORE_OP_H
#define PFQ_CORE_OP_H

#include "payload.h"
#include "program.h"

/* Is @value in the step's range, or has it bits of the step's mask? */
static __always_inline bool op_test(const struct pfq_step *s, u32 value)
{
	return (value & s->test.mask) - s->test.base <= s->test.span;
}

/* Is it in the step's range, which has no mask? */
static __always_inline bool op_in_range(const struct pfq_step *s, u32 value)
{
	return value - s->test.base <= s->test.span;
}

/* Bytes of the outer VLAN tag, which the view does not have in its bytes, and the record has. */
static inline u32 op_tag_bytes(const struct pfq_view *v)
{
	bool has_tag = v->flags & PFQ_REC_F_VLAN && v->linktype == PFQ_LINKTYPE_ETHERNET;

	return has_tag ? PFQ_TAG_BYTES : 0;
}

/* The outer VLAN tag's id; 0: untagged. */
static inline u32 op_vlan_id(const struct pfq_view *v)
{
	return v->flags & PFQ_REC_F_VLAN ? v->tci & 0xfff : 0;
}

/* The MAC addresses of the frame, destination first; NULL: it has none, or was cut short. */
static inline const u8 *op_macs(const struct pfq_view *v)
{
	return v->linktype == PFQ_LINKTYPE_ETHERNET && v->caplen >= 12 ? v->data : NULL;
}

/* The transport header, of which @bytes bytes are there; NULL: they are not. */
static inline const u8 *op_transport(const struct pfq_view *v, u32 bytes)
{
	u32 off = v->flow.l4_offset;

	if (!off || pfq_flow_is_later(v) || !pfq_view_has(v, off, bytes))
		return NULL;
	return v->data + off;
}

/* A place in the packet that a program names: the offset that it counts from; ~0: none. */
static u32 op_base(const struct pfq_view *v, u32 base)
{
	u32 off = 0;

	if (base == PFQ_LANG_BASE_L2)
		return v->linktype == PFQ_LINKTYPE_ETHERNET ? 0 : ~0U;
	if (base == PFQ_LANG_BASE_L3)
		return v->flow.version ? v->flow.l3_offset : ~0U;
	if (base == PFQ_LANG_BASE_L4)
		off = pfq_flow_is_later(v) ? 0 : v->flow.l4_offset;
	else if (base == PFQ_LANG_BASE_PAYLOAD)
		off = pfq_payload_offset(v);
	return off ? off : ~0U;
}

#endif /* PFQ_CORE_OP_H */
