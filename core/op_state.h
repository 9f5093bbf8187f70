/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The bodies of symbols with state, which ask their tables. A packet that lacks the field in
 * question, or for which a table has no room, is counted nowhere and limited by nothing.
 */
#ifndef PFQ_CORE_OP_STATE_H
#define PFQ_CORE_OP_STATE_H

#include "dup.h"
#include "flows.h"
#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "object.h"
#include "op_level.h"
#include "rate.h"

/* The bytes of the frame on the wire, the outer VLAN tag included. */
static inline u32 op_wire_bytes(const struct pfq_run *r)
{
	const struct pfq_view *frame = r->frame;

	return frame->len + op_tag_bytes(frame);
}

/*
 * The key of the packet's flow in tables; PFQ_HASH_NONE: no IP. The fragments of a flow are a flow
 * of their own, since later ones may come without the first.
 */
static inline u64 op_flow_key(struct pfq_run *r)
{
	struct pfq_view *v = r->v;

	if (r->have & OP_HAS_KEY)
		return r->key;
	r->have |= OP_HAS_KEY;
	if (unlikely(op_is_in_fragment(r)))
		r->key = pfq_hash_widen(op_flow_hash_now(r, pfq_program_flow_hash(v, r->env),
							 op_now_realm(r)));
	else
		r->key = pfq_hash_flow64(v, r->env->seed);
	return r->key;
}

/* --- flows ------------------------------------------------------------------------------ */

/*
 * The counts of the packet's flow, this packet included, as pfq_flows_count() returns them; 0: it
 * has no flow. A packet counts once, however many steps ask.
 */
static noinline u64 op_flow_counts(struct pfq_run *r)
{
	u64 key;

	if (r->have & OP_HAS_COUNTS)
		return r->counts;
	r->have |= OP_HAS_COUNTS;
	key = op_flow_key(r);
	r->counts = key == PFQ_HASH_NONE ? 0 :
		    pfq_flows_count(r->prog->flows, key, op_wire_bytes(r), pfq_frag_ns(r->v));
	return r->counts;
}

static inline bool op_flow_packets(struct pfq_run *r, u32 *packets)
{
	u64 counts = op_flow_counts(r);

	*packets = pfq_flows_packets(counts);
	return counts;
}

static inline bool op_flow_octets(struct pfq_run *r, u64 *octets)
{
	u64 counts = op_flow_counts(r);

	*octets = pfq_flows_octets(counts);
	return counts;
}

/* --- rates ------------------------------------------------------------------------------ */

static inline bool op_WITHIN(const struct pfq_step *s, struct pfq_run *r)
{
	return pfq_rate_within(pfq_object_table(s->object), op_wire_bytes(r),
			       pfq_frag_ns(r->v));
}

/* A packet without @key passes. */
static noinline bool op_within_key(const struct pfq_step *s, struct pfq_run *r, u64 key)
{
	return key == PFQ_HASH_NONE ||
	       pfq_rate_within_key(pfq_object_table(s->object), key, op_wire_bytes(r),
				   pfq_frag_ns(r->v));
}

static noinline bool op_within_addr(const struct pfq_step *s, struct pfq_run *r, bool src)
{
	const struct pfq_view *v = r->v;
	const u8 *addr = src ? pfq_flow_saddr(v) : pfq_flow_daddr(v);

	return !v->flow.version ||
	       op_within_key(s, r, pfq_hash_addr64(addr, v->flow.version, 128, r->env->seed));
}

static inline bool op_WITHIN_SRC(const struct pfq_step *s, struct pfq_run *r)
{
	return op_within_addr(s, r, true);
}

static inline bool op_WITHIN_DST(const struct pfq_step *s, struct pfq_run *r)
{
	return op_within_addr(s, r, false);
}

static inline bool op_WITHIN_FLOW(const struct pfq_step *s, struct pfq_run *r)
{
	return op_within_key(s, r, op_flow_key(r));
}

/* --- duplicates --------------------------------------------------------------------------- */

static noinline bool op_is_dup(struct pfq_object *o, struct pfq_run *r)
{
	u64 key = pfq_dup_key(r->v, o->arg[2], (u32)o->arg[1], r->env->seed);

	return pfq_dup_seen(pfq_object_table(o), key, pfq_frag_ns(r->v));
}

static inline bool op_IS_DUP(const struct pfq_step *s, struct pfq_run *r)
{
	return op_is_dup(s->object, r);
}

#endif /* PFQ_CORE_OP_STATE_H */
