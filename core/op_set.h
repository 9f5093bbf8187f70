/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The bodies of symbols that ask live sets, or add to them. */
#ifndef PFQ_CORE_OP_SET_H
#define PFQ_CORE_OP_SET_H

#include "bits.h"
#include "frag.h"
#include "op_match.h"
#include "set.h"

#define OP_NS_PER_S	1000000000ULL

/* --- ports and VLANs -------------------------------------------------------------------- */

static inline bool op_port_live(const struct pfq_step *s, const struct pfq_flow *f, bool src,
				bool dst)
{
	const u64 *bits = pfq_object_bits(s->object);

	return f->flags & PFQ_FLOW_PORTS && ((src && pfq_bits_has(bits, f->sport)) ||
					     (dst && pfq_bits_has(bits, f->dport)));
}

OP_IF(HAS_PORT_SET, op_port_live(s, f, true, true))
OP_IF(HAS_SRC_PORT_SET, op_port_live(s, f, true, false))
OP_IF(HAS_DST_PORT_SET, op_port_live(s, f, false, true))
OP_IF(IS_SIP_SET, op_has_sip_proto(f) && op_port_live(s, f, true, true))
OP_IF(HAS_VID_SET, pfq_bits_has(pfq_object_bits(s->object), op_vlan_id(v)))

/* --- addresses, flows --------------------------------------------------------------------- */

/* The packet's time, which the set notes. */
static inline u64 op_set_ns(const struct pfq_object *o, const struct pfq_view *v)
{
	u64 now_ns = pfq_frag_ns(v);

	pfq_set_see(pfq_object_set(o), now_ns);
	return now_ns;
}

static noinline bool op_addr_live(const struct pfq_object *o, const struct pfq_view *v, bool src)
{
	if (!v->flow.version)
		return false;
	return pfq_set_has_addr(pfq_object_set(o), v->flow.version,
				src ? pfq_flow_saddr(v) : pfq_flow_daddr(v), op_set_ns(o, v));
}

static noinline bool op_mac_live(const struct pfq_object *o, const struct pfq_view *v, bool src)
{
	struct pfq_set_key key;

	if (v->linktype != PFQ_LINKTYPE_ETHERNET || v->caplen < (src ? 12 : 6))
		return false;
	key = pfq_set_key_mac(v->data + (src ? 6 : 0));
	return pfq_set_has(pfq_object_set(o), &key, op_set_ns(o, v));
}

OP_IF(HAS_ADDR_SET, op_addr_live(s->object, v, true) || op_addr_live(s->object, v, false))
OP_IF(HAS_SRC_ADDR_SET, op_addr_live(s->object, v, true))
OP_IF(HAS_DST_ADDR_SET, op_addr_live(s->object, v, false))
OP_IF(HAS_MAC_SET, op_mac_live(s->object, v, true) || op_mac_live(s->object, v, false))
OP_IF(HAS_SRC_MAC_SET, op_mac_live(s->object, v, true))
OP_IF(HAS_DST_MAC_SET, op_mac_live(s->object, v, false))

/*
 * A packet whose protocol has ports, and that was cut short before them, is of no flow that could
 * be named.
 */
static inline bool op_set_flow_key(struct pfq_run *r, struct pfq_set_key *key)
{
	const struct pfq_view *v = r->v;
	const struct pfq_flow *f = &v->flow;

	if (!f->version || pfq_flow_is_later(v) ||
	    (!(f->flags & PFQ_FLOW_PORTS) && pfq_parse_may_have_ports(v)))
		return false;
	*key = pfq_set_key_flow(f->version, pfq_flow_saddr(v), f->sport, f->dport, f->proto,
				r->env->seed);
	return true;
}

static noinline bool op_set_has_flow(const struct pfq_object *o, struct pfq_run *r)
{
	struct pfq_set_key key;

	return op_set_flow_key(r, &key) && pfq_set_has(pfq_object_set(o), &key, op_set_ns(o, r->v));
}

static inline bool op_HAS_FLOW(const struct pfq_step *s, struct pfq_run *r)
{
	return op_set_has_flow(s->object, r);
}

/* --- learning goes on, also where the packet lacks what is learnt, or the set is full ------ */

static noinline bool op_learn(const struct pfq_step *s, struct pfq_view *v,
			      const struct pfq_set_key *key)
{
	pfq_set_learn(pfq_object_set(s->live.object), key, s->live.timeout_s * OP_NS_PER_S,
		      op_set_ns(s->live.object, v));
	return true;
}

static noinline bool op_learn_addr(const struct pfq_step *s, struct pfq_view *v, bool src)
{
	u32 version = v->flow.version;
	struct pfq_set_key key;

	if (!version)
		return true;
	key = pfq_set_key_addr(version, src ? pfq_flow_saddr(v) : pfq_flow_daddr(v),
			       version == 4 ? 32 : 128);
	return op_learn(s, v, &key);
}

static noinline bool op_learn_flow(const struct pfq_step *s, struct pfq_run *r)
{
	struct pfq_set_key key;

	return !op_set_flow_key(r, &key) || op_learn(s, r->v, &key);
}

static inline bool op_LEARN_SRC(const struct pfq_step *s, struct pfq_run *r)
{
	return op_learn_addr(s, r->v, true);
}

static inline bool op_LEARN_DST(const struct pfq_step *s, struct pfq_run *r)
{
	return op_learn_addr(s, r->v, false);
}

static inline bool op_LEARN_FLOW(const struct pfq_step *s, struct pfq_run *r)
{
	return op_learn_flow(s, r);
}

#endif /* PFQ_CORE_OP_SET_H */
