/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The values of properties. property_NAME() returns false if the packet has none. The body of the
 * symbol, which compares the value, is made from it.
 */
#ifndef PFQ_CORE_OP_PROPERTY_H
#define PFQ_CORE_OP_PROPERTY_H

#include "op_level.h"
#include "op_match.h"
#include "op_state.h"

/* @place: of FIELD, as in the wire form. */
typedef bool (*property_fn)(struct pfq_run *r, u32 place, u32 *value);

/* A value that is the expression @is, where the packet @v with the parsed flow @f has @there. */
#define PROPERTY(name, there, is) \
	static __always_inline bool property_##name(struct pfq_run *r, u32 place, u32 *value) \
	{ \
		const struct pfq_view *v = r->v; \
		const struct pfq_flow *f = &v->flow; \
\
		(void)place; \
		(void)f; \
		if (!(there)) \
			return false; \
		*value = (is); \
		return true; \
	}

/* --- the frame ---------------------------------------------------------------------- */

PROPERTY(LEN, true, v->len + op_hidden_bytes(r))
PROPERTY(CAPLEN, true, v->caplen + op_hidden_bytes(r))
PROPERTY(VLAN_ID, v->flags & PFQ_REC_F_VLAN, v->tci & 0xfff)
PROPERTY(VLAN_PCP, v->flags & PFQ_REC_F_VLAN, v->tci >> 13)
PROPERTY(DEVICE, true, v->ifindex)
PROPERTY(QUEUE, v->queue != PFQ_QUEUE_UNKNOWN, v->queue)
PROPERTY(MARK, true, r->to->mark)
PROPERTY(PRESSURE, true, r->env->pressure)

static noinline bool property_MPLS_LABEL(struct pfq_run *r, u32 place, u32 *value)
{
	u32 off, type = pfq_parse_ethertype(r->v, &off);

	(void)place;
	return (type == PFQ_TYPE_MPLS || type == PFQ_TYPE_MPLS_MULTICAST) &&
	       pfq_parse_bottom_label(r->v, &off, value);
}

static noinline bool property_TUNNEL_ID(struct pfq_run *r, u32 place, u32 *value)
{
	struct pfq_tunnel t;

	(void)place;
	if (!pfq_tunnel_find(r->v, &t) || !t.has_id)
		return false;
	*value = t.id;
	return true;
}

static noinline bool property_FIELD(struct pfq_run *r, u32 place, u32 *value)
{
	u64 loaded;

	if (!op_load(r, place & 0xff, place >> 16, place >> 8 & 0xff, &loaded))
		return false;
	*value = (u32)loaded;
	return true;
}

/* --- IP ----------------------------------------------------------------------------- */

static inline const u8 *op_ip(const struct pfq_view *v)
{
	return v->data + v->flow.l3_offset;
}

static inline u32 op_tos(const struct pfq_view *v)
{
	const u8 *ip = op_ip(v);

	return v->flow.version == 4 ? ip[1] : get_unaligned_be16(ip) >> 4 & 0xff;
}

static inline u32 op_ip_bytes(const struct pfq_view *v)
{
	const u8 *ip = op_ip(v);

	return v->flow.version == 4 ? get_unaligned_be16(ip + 2) :
				      get_unaligned_be16(ip + 4) + (u32)PFQ_IP6_BYTES;
}

static inline bool op_has_ip_id(const struct pfq_flow *f)
{
	return f->version == 4 || f->flags & PFQ_FLOW_FRAG_HEADER;
}

PROPERTY(IP_TOS, f->version, op_tos(v))
PROPERTY(IP_DSCP, f->version, op_tos(v) >> 2)
PROPERTY(IP_TOT_LEN, f->version, op_ip_bytes(v))
PROPERTY(IP_ID, op_has_ip_id(f), f->version == 4 ? get_unaligned_be16(op_ip(v) + 4) : f->frag_id)
PROPERTY(IP_FRAG, op_has_ip_id(f), f->version == 4 ? get_unaligned_be16(op_ip(v) + 6) : f->frag)
PROPERTY(IP_TTL, f->version, op_ip(v)[f->version == 4 ? 8 : 7])
PROPERTY(IP_PROTO, f->version, f->proto)

/* --- transport ---------------------------------------------------------------------- */

static inline bool op_has_ports_of(const struct pfq_flow *f, u8 proto)
{
	return f->proto == proto && f->flags & PFQ_FLOW_PORTS;
}

/* The first @bytes bytes of a header of @proto; NULL: they are not there. */
static inline const u8 *op_header_of(const struct pfq_view *v, u8 proto, u32 bytes)
{
	return v->flow.proto == proto ? op_transport(v, bytes) : NULL;
}

static inline const u8 *op_icmp(const struct pfq_view *v, u32 bytes)
{
	return v->flow.version && pfq_is_icmp(v) ? op_transport(v, bytes) : NULL;
}

PROPERTY(TCP_SOURCE, op_has_ports_of(f, OP_PROTO_TCP), f->sport)
PROPERTY(TCP_DEST, op_has_ports_of(f, OP_PROTO_TCP), f->dport)
PROPERTY(TCP_HDRLEN, op_header_of(v, OP_PROTO_TCP, 13), (v->data[f->l4_offset + 12] >> 4) * 4U)
PROPERTY(TCP_FLAGS, op_header_of(v, OP_PROTO_TCP, 14), v->data[f->l4_offset + 13])
PROPERTY(UDP_SOURCE, op_has_ports_of(f, OP_PROTO_UDP), f->sport)
PROPERTY(UDP_DEST, op_has_ports_of(f, OP_PROTO_UDP), f->dport)
PROPERTY(UDP_LEN, op_header_of(v, OP_PROTO_UDP, 6), get_unaligned_be16(v->data + f->l4_offset + 4))
PROPERTY(ICMP_TYPE, op_icmp(v, 1), v->data[f->l4_offset])
PROPERTY(ICMP_CODE, op_icmp(v, 2), v->data[f->l4_offset + 1])

/*
 * Up to the end of the IP packet, because a short frame is padded. A packet that the host has
 * joined may say a length of 0: it ends with the frame.
 */
static noinline bool property_PAYLOAD_LEN(struct pfq_run *r, u32 place, u32 *value)
{
	const struct pfq_view *v = r->v;
	u32 from = pfq_payload_offset(v), end;

	(void)place;
	if (!from)
		return false;
	end = v->flow.l3_offset + op_ip_bytes(v);
	if (end <= v->flow.l4_offset || end > v->len)
		end = v->len;
	*value = end > from ? end - from : 0;
	return true;
}

/* --- flows -------------------------------------------------------------------------- */

static inline bool property_FLOW_PACKETS(struct pfq_run *r, u32 place, u32 *value)
{
	(void)place;
	return op_flow_packets(r, value);
}

/* For steer_by, the lower bits. */
static inline bool property_FLOW_BYTES(struct pfq_run *r, u32 place, u32 *value)
{
	u64 octets;
	bool found = op_flow_octets(r, &octets);

	(void)place;
	*value = (u32)octets;
	return found;
}

/* --- the bodies --------------------------------------------------------------------- */

#define BODY_OF_VALUE(op, property) \
	static inline bool op(const struct pfq_step *s, struct pfq_run *r) \
	{ \
		u32 value; \
\
		return property(r, s->test.place, &value) && op_test(s, value); \
	}
/* by the arguments: a value of 32 bits, or a wider one, whose body is here */
#define BODY_BY_NONE(op, property)	BODY_OF_VALUE(op, property)
#define BODY_BY_FIELD(op, property)	BODY_OF_VALUE(op, property)
#define BODY_BY_PACKETS(op, property)	BODY_OF_VALUE(op, property)
#define BODY_BY_PERCENT(op, property)	BODY_OF_VALUE(op, property)
#define BODY_BY_OCTETS(op, property)
#define BODY_OF_PROP(op, property, body)	body(op, property)
#define BODY_OF_PRED(op, property, body)
#define BODY_OF_STEER(op, property, body)
#define BODY_OF_ACTION(op, property, body)
#define BODY_OF_STRUCT(op, property, body)
#define BODY(name, text, type, args, units, help) \
	BODY_OF_##type(op_##name, property_##name, BODY_BY_##args)

static inline bool op_FLOW_BYTES(const struct pfq_step *s, struct pfq_run *r)
{
	u64 octets;

	return op_flow_octets(r, &octets) && octets - s->arg[0] <= s->arg[1];
}

PFQ_LANG_SYMBOLS(BODY)

/* The value of a property by its number, for steer_by; the verifier lets no other number in. */
static bool property_value(struct pfq_run *r, u32 symbol, u32 place, u32 *value)
{
#define VALUE_OF_PROP(symbol, property)		[symbol] = property,
#define VALUE_OF_PRED(symbol, property)
#define VALUE_OF_STEER(symbol, property)
#define VALUE_OF_ACTION(symbol, property)
#define VALUE_OF_STRUCT(symbol, property)
#define VALUE(name, text, type, args, units, help) \
	VALUE_OF_##type(PFQ_LANG_##name, property_##name)
	static const property_fn values[__PFQ_LANG_SYMBOL_MAX] = { PFQ_LANG_SYMBOLS(VALUE) };

	return values[symbol](r, place, value);
}

#endif /* PFQ_CORE_OP_PROPERTY_H */
