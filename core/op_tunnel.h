/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The bodies that look into tunnels: levels, predicates, the flow inside. */
#ifndef PFQ_CORE_OP_TUNNEL_H
#define PFQ_CORE_OP_TUNNEL_H

#include "op_steer.h"

/* --- levels ----------------------------------------------------------------------------- */

/*
 * Is the packet of depth @depth a fragment inside of a fragment? Its flow hash is entered for both
 * datagrams, which is enough work for one packet.
 */
static bool op_is_second_fragment(const struct pfq_run *r, u32 depth)
{
	if (likely(!(r->v->flow.flags & PFQ_FLOW_FRAG)))
		return false;
	while (depth-- > 0)
		if (op_view_at(r, depth)->flow.flags & PFQ_FLOW_FRAG)
			return true;
	return false;
}

/*
 * Go to @level, one more than the present one, with the packet inside the next @most tunnels, or
 * inside as many as there are. There may be none: then the packet stays the same.
 */
static noinline void op_enter(struct pfq_run *r, u32 level, u32 most)
{
	u32 depth = op_depth(r);

	while (most-- && depth < PFQ_LANG_TUNNELS_MAX && !op_is_second_fragment(r, depth) &&
	       pfq_tunnel_enter(r->v, &r->env->inside[depth]))
		r->v = &r->env->inside[depth++];
	r->depth[level - 1] = (u8)depth;
	r->level = level;
	r->have &= ~OP_HAS_KEY;
}

static inline bool op_ENTER(const struct pfq_step *s, struct pfq_run *r)
{
	op_enter(r, (u32)s->arg[0], (u32)s->arg[1]);
	return true;
}

static inline bool op_LEAVE(const struct pfq_step *s, struct pfq_run *r)
{
	op_leave(r, (u32)s->arg[0]);
	return true;
}

/* --- predicates and the property -------------------------------------------------------- */

static noinline u32 op_tunnel_kind(const struct pfq_view *v)
{
	struct pfq_tunnel t;

	pfq_tunnel_find(v, &t);
	return t.kind;
}

static noinline bool op_is_tunnel(const struct pfq_view *v)
{
	struct pfq_tunnel t;

	return pfq_tunnel_find(v, &t) && pfq_tunnel_inside(v, &t);
}

static inline bool op_is_gre(u32 kind)
{
	return kind == PFQ_TUNNEL_GRE || kind == PFQ_TUNNEL_ERSPAN;
}

static inline bool op_is_gtp(u32 kind)
{
	return kind == PFQ_TUNNEL_GTP_U || kind == PFQ_TUNNEL_GTP_C;
}

OP_IF(IS_TUNNEL, op_is_tunnel(v))
OP_IF(IS_IPIP, op_tunnel_kind(v) == PFQ_TUNNEL_IPIP)
OP_IF(IS_GRE, op_is_gre(op_tunnel_kind(v)))
OP_IF(IS_ERSPAN, op_tunnel_kind(v) == PFQ_TUNNEL_ERSPAN)
OP_IF(IS_VXLAN, op_tunnel_kind(v) == PFQ_TUNNEL_VXLAN)
OP_IF(IS_GENEVE, op_tunnel_kind(v) == PFQ_TUNNEL_GENEVE)
OP_IF(IS_GTP, op_is_gtp(op_tunnel_kind(v)))
OP_IF(IS_GTP_UP, op_tunnel_kind(v) == PFQ_TUNNEL_GTP_U)
OP_IF(IS_GTP_CP, op_tunnel_kind(v) == PFQ_TUNNEL_GTP_C)

/* --- steering --------------------------------------------------------------------------- */

/* innermost steer_flow, in one step */
static noinline bool op_steer_flow_inner(struct pfq_run *r)
{
	u32 level = r->level;

	op_enter(r, level + 1, PFQ_LANG_TUNNELS_MAX);
	op_steer_by_flow(r);
	op_leave(r, level);
	return true;
}

static inline bool op_STEER_FLOW_INNER(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	return op_steer_flow_inner(r);
}

/*
 * A level is entered whatever the packet is, because fragments at a level have decisions of their
 * own, and a later one may belong to a packet of GTP.
 */
static noinline bool op_steer_gtp(struct pfq_run *r)
{
	struct pfq_tunnel t = { .kind = PFQ_TUNNEL_NONE };
	bool is_user = pfq_tunnel_find(r->v, &t) && t.kind == PFQ_TUNNEL_GTP_U &&
		       pfq_tunnel_inside(r->v, &t);
	u32 level = r->level, seed = r->env->seed;

	op_enter(r, level + 1, is_user);
	if (is_user || !op_is_gtp(t.kind) || !t.has_id)
		op_steer_by_flow(r);
	else if (op_is_in_fragment(r))
		op_steer_by_datagram(r, pfq_hash_u32(t.id, seed));
	else
		op_steer(r, pfq_hash_u32(t.id, seed));
	op_leave(r, level);
	return true;
}

static inline bool op_STEER_GTP(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	return op_steer_gtp(r);
}

#endif /* PFQ_CORE_OP_TUNNEL_H */
