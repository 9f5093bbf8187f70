/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "stages_hand.h"
#include "core/hash.h"

#define TCP	6
#define UDP	17
#define RST	4

struct pfq_count stages_hand_count[STAGES_HAND_COUNTS][STAGES_LANES];

static inline bool has_port(const struct pfq_flow *f, u16 port)
{
	return f->flags & PFQ_FLOW_PORTS && (f->sport == port || f->dport == port);
}

/* Bytes on the wire, with the tag that is in the view apart from its bytes. */
static inline u32 len(const struct pfq_view *v)
{
	bool tagged = v->flags & PFQ_REC_F_VLAN && v->linktype == PFQ_LINKTYPE_ETHERNET;

	return v->len + (tagged ? 4 : 0);
}

static inline void count(u32 name, const struct pfq_run *r)
{
	struct pfq_count *count = &stages_hand_count[name][r->env->lane];

	WRITE_ONCE(count->packets, count->packets + 1);
	WRITE_ONCE(count->bytes, count->bytes + len(r->v));
}

static inline bool is_broadcast(const struct pfq_view *v)
{
	return v->linktype == PFQ_LINKTYPE_ETHERNET && v->caplen >= 6 &&
	       get_unaligned_be32(v->data) == ~0U && get_unaligned_be16(v->data + 4) == 0xffff;
}

/* The byte of the TCP header that has the flags; NULL: it is not there. */
static inline const u8 *tcp_flags(const struct pfq_view *v)
{
	u32 off = v->flow.l4_offset;

	if (!off || pfq_flow_is_later(v) || !pfq_view_has(v, off, 14))
		return NULL;
	return v->data + off + 13;
}

static inline const struct pfq_step *drop(struct pfq_verdict *to)
{
	to->kind = PFQ_VERDICT_DROP;
	return NULL;
}

/* slice 128 >-> steer_flow */
static inline const struct pfq_step *cut_and_steer(struct pfq_run *r, struct pfq_verdict *to)
{
	u32 hash = pfq_program_flow_hash(r->v, r->env);

	if (!to->cut || to->cut > 128)
		to->cut = 128;
	to->special |= PFQ_SPECIAL_CUT;
	to->h1 = hash;
	if (unlikely(hash == PFQ_HASH_DATAGRAM)) {
		to->kind = PFQ_VERDICT_DATAGRAM;
		return NULL;
	}
	to->kind = PFQ_VERDICT_STEER;
	to->flow_hash = hash;
	return NULL;
}

const struct pfq_step *stages_hand_5(const struct pfq_step *s, struct pfq_run *r)
{
	struct pfq_verdict *to = &r->out->main;
	const struct pfq_view *v = r->v;

	(void)s;
	if (!v->flow.version || has_port(&v->flow, 22))
		return drop(to);
	count(0, r);
	return cut_and_steer(r, to);
}

const struct pfq_step *stages_hand_15(const struct pfq_step *s, struct pfq_run *r)
{
	struct pfq_verdict *to = &r->out->main;
	const struct pfq_view *v = r->v;
	const struct pfq_flow *f = &v->flow;
	const u8 *flags;

	(void)s;
	if (!f->version || has_port(f, 22))
		return drop(to);
	if (f->proto == UDP && has_port(f, 53))
		count(0, r);
	if (f->proto != TCP)
		return drop(to);
	if (f->flags & PFQ_FLOW_PORTS && (f->dport == 80 || f->dport == 443))
		count(1, r);
	if (v->data[f->l3_offset + (f->version == 4 ? 8 : 7)] <= 1)
		return drop(to);
	flags = tcp_flags(v);
	if ((flags && *flags & RST) || is_broadcast(v) || len(v) > 1514)
		return drop(to);
	to->classes = PFQ_CLASS_DEFAULT;
	return cut_and_steer(r, to);
}
