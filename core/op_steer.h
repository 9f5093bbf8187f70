/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The bodies of functions that say who gets the packet. If a packet lacks the field that a function
 * uses, h1 is PFQ_HASH_NONE (0), so that the member of slot 0 gets it.
 */
#ifndef PFQ_CORE_OP_STEER_H
#define PFQ_CORE_OP_STEER_H

#include "hash.h"
#include "op_property.h"

#define OP_SIP_FIRST	5060	/* ports, of steer_voip */
#define OP_SIP_LAST	5061

static inline bool op_steer(struct pfq_run *r, u32 hash)
{
	r->to->kind = PFQ_VERDICT_STEER;
	r->to->h1 = hash;
	return true;
}

static inline bool op_double(struct pfq_run *r, u32 h1, u32 h2)
{
	r->to->kind = PFQ_VERDICT_DOUBLE;
	r->to->h1 = h1;
	r->to->h2 = h2;
	return true;
}

static inline bool op_copy(struct pfq_run *r)
{
	r->to->kind = PFQ_VERDICT_COPY;
	return true;
}

static inline bool op_steer_by_flow(struct pfq_run *r)
{
	u32 hash = pfq_program_flow_hash(r->v, r->env);

	if (unlikely(hash == PFQ_HASH_DATAGRAM || r->level))
		return op_steer_by_datagram(r, hash);
	r->to->h1 = hash;
	r->to->kind = PFQ_VERDICT_STEER;
	r->to->flow_hash = hash;
	return true;
}

/* A body that steers by the hash @is of the view @v. */
#define OP_STEER(name, is) \
	static inline bool op_##name(const struct pfq_step *s, struct pfq_run *r) \
	{ \
		const struct pfq_view *v = r->v; \
		u32 seed = r->env->seed; \
\
		(void)s; \
		(void)v; \
		(void)seed; \
		return op_steer(r, (is)); \
	}

/* --- flows and addresses ------------------------------------------------------------ */

static inline bool op_STEER_FLOW(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	return op_steer_by_flow(r);
}

/* The device's hash is not the flow hash: records need a symmetric one. */
static inline bool op_STEER_RSS(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	if (!r->v->rxhash)
		return op_steer_by_flow(r);
	return op_steer(r, r->v->rxhash);
}

static inline u32 op_hash_saddr(const struct pfq_view *v, u32 bits, u32 seed)
{
	return v->flow.version ? pfq_hash_addr(pfq_flow_saddr(v), v->flow.version, bits, seed) :
				 PFQ_HASH_NONE;
}

static inline u32 op_hash_daddr(const struct pfq_view *v, u32 bits, u32 seed)
{
	return v->flow.version ? pfq_hash_addr(pfq_flow_daddr(v), v->flow.version, bits, seed) :
				 PFQ_HASH_NONE;
}

OP_STEER(STEER_IP, pfq_hash_addrs(v, seed))
OP_STEER(STEER_SRC, op_hash_saddr(v, 128, seed))
OP_STEER(STEER_DST, op_hash_daddr(v, 128, seed))

static inline bool op_DOUBLE_STEER_IP(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	if (!r->v->flow.version)
		return op_steer(r, PFQ_HASH_NONE);
	return op_double(r, op_hash_saddr(r->v, 128, r->env->seed),
			 op_hash_daddr(r->v, 128, r->env->seed));
}

/* Steer by the first @bits bits of the end that is in the list; both: twice; none: by the pair. */
static noinline bool op_steer_local(const struct pfq_step *s, struct pfq_run *r, u32 bits)
{
	bool src = op_saddr_in(s->object, r->v), dst = op_daddr_in(s->object, r->v);
	u32 seed = r->env->seed;

	if (src && dst)
		return op_double(r, op_hash_saddr(r->v, bits, seed),
				 op_hash_daddr(r->v, bits, seed));
	if (src)
		return op_steer(r, op_hash_saddr(r->v, bits, seed));
	if (dst)
		return op_steer(r, op_hash_daddr(r->v, bits, seed));
	return op_steer(r, pfq_hash_addrs(r->v, seed));
}

static inline bool op_STEER_LOCAL_IP(const struct pfq_step *s, struct pfq_run *r)
{
	return op_steer_local(s, r, 128);
}

static inline bool op_STEER_LOCAL_NET(const struct pfq_step *s, struct pfq_run *r)
{
	return op_steer_local(s, r, (u32)s->arg[1]);
}

/* --- links -------------------------------------------------------------------------- */

OP_STEER(STEER_MAC, pfq_hash_macs(v, seed))
/* Untagged frames go together with frames of VLAN 0. */
OP_STEER(STEER_VLAN, pfq_hash_u32(op_vlan_id(v), seed))

static noinline bool op_double_macs(struct pfq_run *r, const u8 *macs)
{
	return op_double(r, pfq_hash_mac(macs + 6, r->env->seed),
			 pfq_hash_mac(macs, r->env->seed));
}

static inline bool op_DOUBLE_STEER_MAC(const struct pfq_step *s, struct pfq_run *r)
{
	const u8 *macs = op_macs(r->v);

	(void)s;
	if (!macs)
		return op_steer(r, PFQ_HASH_NONE);
	return macs[0] & 1 ? op_copy(r) : op_double_macs(r, macs);
}

static inline bool op_STEER_LOCAL_LINK(const struct pfq_step *s, struct pfq_run *r)
{
	const u8 *macs = op_macs(r->v);

	if (!macs)
		return op_steer(r, PFQ_HASH_NONE);
	if (macs[0] & 1)
		return op_copy(r);
	if (pfq_mac_load(macs + 6) == s->arg[0])
		return op_steer(r, pfq_hash_mac(macs, r->env->seed));
	if (pfq_mac_load(macs) == s->arg[0])
		return op_steer(r, pfq_hash_mac(macs + 6, r->env->seed));
	return op_double_macs(r, macs);
}

/* --- members ------------------------------------------------------------------------ */

static inline u32 op_random(struct pfq_lane_env *env)
{
	env->random ^= env->random << 13;
	env->random ^= env->random >> 7;
	env->random ^= env->random << 17;
	return (u32)(env->random >> 32);
}

OP_STEER(STEER_RANDOM, op_random(r->env))

static inline bool op_STEER_RR(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	r->to->kind = PFQ_VERDICT_TURN;
	r->to->h1 = (u32)r->env->turn++;
	return true;
}

static inline bool op_STEER_TO(const struct pfq_step *s, struct pfq_run *r)
{
	r->to->kind = PFQ_VERDICT_INDEX;
	r->to->h1 = (u32)s->arg[0];
	return true;
}

static inline bool op_COPY(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	return op_copy(r);
}

static inline bool op_BROADCAST(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	r->to->classes = ~0ULL;
	return op_copy(r);
}

/* --- fields ------------------------------------------------------------------------- */

/* Load one of the two fields of a place. */
static inline bool op_load_first(const struct pfq_run *r, u64 place, u64 *value)
{
	return op_load(r, place & 0xff, place >> 16 & 0xffff, place >> 8 & 0xff, value);
}

static inline bool op_load_second(const struct pfq_run *r, u64 place, u64 *value)
{
	return op_load(r, place & 0xff, (u32)(place >> 32), place >> 8 & 0xff, value);
}

static inline u32 op_hash_u64(u64 value, u32 seed)
{
	return pfq_hash_pair(value, value, 0, pfq_hash_key(seed));
}

static noinline bool op_steer_field(const struct pfq_step *s, struct pfq_run *r)
{
	u64 value;

	return op_steer(r, op_load_first(r, s->arg[1], &value) ?
				   op_hash_u64(value, r->env->seed) : PFQ_HASH_NONE);
}

static inline bool op_STEER_FIELD(const struct pfq_step *s, struct pfq_run *r)
{
	return op_steer_field(s, r);
}

static noinline bool op_steer_fields(const struct pfq_step *s, struct pfq_run *r, bool is_double)
{
	u32 seed = r->env->seed;
	u64 a, b;

	if (!op_load_first(r, s->arg[1], &a) || !op_load_second(r, s->arg[1], &b))
		return op_steer(r, PFQ_HASH_NONE);
	if (is_double)
		return op_double(r, op_hash_u64(a, seed), op_hash_u64(b, seed));
	return op_steer(r, pfq_hash_pair(a, b, 0, pfq_hash_key(seed)));
}

static inline bool op_STEER_FIELD_SYMMETRIC(const struct pfq_step *s, struct pfq_run *r)
{
	return op_steer_fields(s, r, false);
}

static inline bool op_DOUBLE_STEER_FIELD(const struct pfq_step *s, struct pfq_run *r)
{
	return op_steer_fields(s, r, true);
}

static inline bool op_STEER_BY(const struct pfq_step *s, struct pfq_run *r)
{
	u32 value;

	return op_steer(r, property_value(r, s->test.base, s->test.place, &value) ?
				   pfq_hash_u32(value, r->env->seed) : PFQ_HASH_NONE);
}

/* --- telephony ---------------------------------------------------------------------- */

/*
 * The ports of RTP and of its RTCP are a pair, so that half of each is the same. Fragments go as
 * other flows do, because only the first one has ports.
 */
static noinline bool op_steer_rtp(struct pfq_run *r)
{
	const struct pfq_flow *f = &r->v->flow;

	if (!op_is_in_fragment(r) && (op_looks_like_rtp(r->v) || op_looks_like_rtcp(r->v)))
		return op_steer(r, pfq_hash_ends(r->v, f->sport / 2, f->dport / 2, f->proto,
						 r->env->seed));
	return op_steer_by_flow(r);
}

static inline bool op_STEER_RTP(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	return op_steer_rtp(r);
}

static inline bool op_is_sip_port(u16 port)
{
	return port >= OP_SIP_FIRST && port <= OP_SIP_LAST;
}

static inline bool op_STEER_VOIP(const struct pfq_step *s, struct pfq_run *r)
{
	const struct pfq_flow *f = &r->v->flow;

	(void)s;
	if (op_has_sip_proto(f) && f->flags & PFQ_FLOW_PORTS &&
	    (op_is_sip_port(f->sport) || op_is_sip_port(f->dport)))
		return op_copy(r);
	return op_steer_rtp(r);
}

#endif /* PFQ_CORE_OP_STEER_H */
