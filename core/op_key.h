/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The body of steer_key: a hash of the fields that the program names. It is the same in both
 * directions where the program names both ends of a pair. A field that the packet lacks is left
 * out.
 */
#ifndef PFQ_CORE_OP_KEY_H
#define PFQ_CORE_OP_KEY_H

#include "op_steer.h"

#define KEY_BIT(name)	(1U << PFQ_LANG_KEY_##name)

/* src and dst: of the ends, of pairs that are named whole. rest: of all others. */
struct op_key {
	u32 mask;	/* fields that are named */
	bool found;	/* the packet has one of them */
	u64 src, dst, rest;
};

static inline u64 op_key_mix(u64 sum, u64 value)
{
	return pfq_mul_fold(sum ^ value ^ 0x9e3779b97f4a7c15ULL, 0xa0761d6478bd642fULL);
}

/* A pair whose bits in the mask are @bit for the source and the next one for the destination. */
static inline void op_key_pair(struct op_key *k, u32 bit, bool found, u64 src, u64 dst)
{
	u32 named = k->mask / bit & 3;

	if (!found || !named)
		return;
	k->found = true;
	if (named == 3) {
		k->src = op_key_mix(k->src, src);
		k->dst = op_key_mix(k->dst, dst);
	} else {
		k->rest = op_key_mix(k->rest ^ bit, named == 1 ? src : dst);
	}
}

static inline void op_key_one(struct op_key *k, u32 bit, bool found, u64 value)
{
	if (!found || !(k->mask & bit))
		return;
	k->found = true;
	k->rest = op_key_mix(k->rest ^ bit, value);
}

static inline u64 op_key_addr(const struct pfq_view *v, const u8 *addr, u64 key)
{
	return v->flow.version == 4 ? get_unaligned_be32(addr) : pfq_hash_fold(addr, key);
}

static void op_key_ends(struct op_key *k, const struct pfq_view *v, u64 key)
{
	const u8 *macs = op_macs(v);

	if (k->mask & (KEY_BIT(SRC_IP) | KEY_BIT(DST_IP)) && v->flow.version)
		op_key_pair(k, KEY_BIT(SRC_IP), true, op_key_addr(v, pfq_flow_saddr(v), key),
			 op_key_addr(v, pfq_flow_daddr(v), key));
	op_key_pair(k, KEY_BIT(SRC_PORT), v->flow.flags & PFQ_FLOW_PORTS, v->flow.sport,
		 v->flow.dport);
	if (macs)
		op_key_pair(k, KEY_BIT(SRC_MAC), true, pfq_mac_load(macs + 6), pfq_mac_load(macs));
}

static void op_key_others(struct op_key *k, const struct pfq_view *v)
{
	struct pfq_tunnel tunnel;
	const u8 *icmp;
	u32 off, type;

	op_key_one(k, KEY_BIT(PROTO), v->flow.version, v->flow.proto);
	op_key_one(k, KEY_BIT(VLAN_ID), v->flags & PFQ_REC_F_VLAN, v->tci & 0xfff);
	if (k->mask & KEY_BIT(ETH_TYPE)) {
		type = op_ethertype(v, &off);
		op_key_one(k, KEY_BIT(ETH_TYPE), type, type);
	}
	if (v->flow.version) {
		op_key_one(k, KEY_BIT(DSCP), true, op_tos(v) >> 2);
		op_key_one(k, KEY_BIT(ECN), true, op_tos(v) & 3);
	}
	if (k->mask & KEY_BIT(TUNNEL_ID) && pfq_tunnel_find(v, &tunnel))
		op_key_one(k, KEY_BIT(TUNNEL_ID), tunnel.has_id, tunnel.id);
	icmp = op_icmp(v, 2);
	if (icmp) {
		op_key_one(k, KEY_BIT(ICMP_TYPE), true, icmp[0]);
		op_key_one(k, KEY_BIT(ICMP_CODE), true, icmp[1]);
	}
}

static noinline bool op_steer_key(const struct pfq_step *s, struct pfq_run *r)
{
	struct op_key k = { .mask = (u32)s->arg[0] };
	u64 key = pfq_hash_key(r->env->seed);

	op_key_ends(&k, r->v, key);
	op_key_others(&k, r->v);
	if (!k.found)
		return op_steer(r, PFQ_HASH_NONE);
	return op_steer(r, pfq_hash_pair(k.src, k.dst, (u32)(k.rest ^ k.rest >> 32), key));
}

static inline bool op_STEER_KEY(const struct pfq_step *s, struct pfq_run *r)
{
	return op_steer_key(s, r);
}

_Static_assert(PFQ_LANG_KEY_DST_IP == PFQ_LANG_KEY_SRC_IP + 1 &&
	       PFQ_LANG_KEY_DST_PORT == PFQ_LANG_KEY_SRC_PORT + 1 &&
	       PFQ_LANG_KEY_DST_MAC == PFQ_LANG_KEY_SRC_MAC + 1, "op_key_pair() needs neighbours");

#endif /* PFQ_CORE_OP_KEY_H */
