/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The bodies of predicates. A packet that lacks the field in question gets the answer no. */
#ifndef PFQ_CORE_OP_MATCH_H
#define PFQ_CORE_OP_MATCH_H

#include "icmp.h"
#include "list.h"
#include "object.h"
#include "op.h"
#include "vlan.h"

#define OP_PROTO_TCP	6
#define OP_PROTO_UDP	17
#define OP_PROTO_SCTP	132

#define OP_PORT_MIN	1024	/* of RTP */

/*
 * Each macro that takes a symbol joins the word at once, because headers of the system have macros
 * with some of these names, such as IP_TOS.
 */
/* A body that is an expression of the parsed flow @f, the view @v and the step @s. */
#define OP_IF(name, yes) \
	static inline bool op_##name(const struct pfq_step *s, struct pfq_run *r) \
	{ \
		const struct pfq_view *v = r->v; \
		const struct pfq_flow *f = &v->flow; \
\
		(void)s; \
		(void)f; \
		return (yes); \
	}

/* --- protocols ---------------------------------------------------------------------- */

OP_IF(IS_IP, f->version)
OP_IF(IS_IP4, f->version == 4)
OP_IF(IS_IP6, f->version == 6)
OP_IF(IS_TCP, f->proto == OP_PROTO_TCP)
OP_IF(IS_UDP, f->proto == OP_PROTO_UDP)
OP_IF(IS_SCTP, f->proto == OP_PROTO_SCTP)
OP_IF(IS_ICMP, f->version && pfq_is_icmp(v))
OP_IF(IS_FLOW, f->flags & PFQ_FLOW_PORTS)
OP_IF(IS_L4_PROTO, f->version && f->proto == s->arg[0])
OP_IF(IS_FRAG, f->flags & PFQ_FLOW_FRAG)
OP_IF(IS_FIRST_FRAG, f->flags & PFQ_FLOW_FRAG_FIRST)
OP_IF(IS_MORE_FRAG, pfq_flow_is_later(v))

/* Bare IP has no ethertype. It gets the one that it would have on Ethernet. */
static u32 op_ethertype(const struct pfq_view *v, u32 *off)
{
	if (v->linktype != PFQ_LINKTYPE_RAW)
		return pfq_parse_ethertype(v, off);
	*off = 0;
	return v->flow.version == 4 ? PFQ_TYPE_IP4 : v->flow.version == 6 ? PFQ_TYPE_IP6 : 0;
}

static noinline bool op_is_ethertype(const struct pfq_view *v, u64 type)
{
	u32 off, found = op_ethertype(v, &off);

	return found && found == type;
}

OP_IF(IS_L3_PROTO, op_is_ethertype(v, s->arg[0]))

static noinline bool op_has_label(const struct pfq_view *v)
{
	u32 off, type = pfq_parse_ethertype(v, &off);

	return (type == PFQ_TYPE_MPLS || type == PFQ_TYPE_MPLS_MULTICAST) &&
	       pfq_view_has(v, off, 4);
}

static noinline bool op_has_session(const struct pfq_view *v)
{
	u32 off;

	return pfq_parse_ethertype(v, &off) == PFQ_TYPE_PPPOE && pfq_parse_is_session(v, off);
}

OP_IF(IS_MPLS, op_has_label(v))
OP_IF(IS_PPPOE, op_has_session(v))

/* --- ports -------------------------------------------------------------------------- */

static inline bool op_port(const struct pfq_step *s, const struct pfq_flow *f, bool src, bool dst)
{
	return f->flags & PFQ_FLOW_PORTS && ((src && op_in_range(s, f->sport)) ||
					     (dst && op_in_range(s, f->dport)));
}

static inline bool op_port_in(const struct pfq_step *s, const struct pfq_flow *f, bool src,
			      bool dst)
{
	return f->flags & PFQ_FLOW_PORTS && ((src && pfq_ports_have(s->object, f->sport)) ||
					     (dst && pfq_ports_have(s->object, f->dport)));
}

static inline bool op_has_sip_proto(const struct pfq_flow *f)
{
	return f->proto == OP_PROTO_UDP || f->proto == OP_PROTO_TCP || f->proto == OP_PROTO_SCTP;
}

OP_IF(HAS_PORT, op_port(s, f, true, true))
OP_IF(HAS_SRC_PORT, op_port(s, f, true, false))
OP_IF(HAS_DST_PORT, op_port(s, f, false, true))
OP_IF(HAS_PORT_IN, op_port_in(s, f, true, true))
OP_IF(HAS_SRC_PORT_IN, op_port_in(s, f, true, false))
OP_IF(HAS_DST_PORT_IN, op_port_in(s, f, false, true))
OP_IF(IS_SIP, op_has_sip_proto(f) && op_port(s, f, true, true))
OP_IF(IS_SIP_IN, op_has_sip_proto(f) && op_port_in(s, f, true, true))

/*
 * The first 2 bytes behind the UDP header, if both ports are not below OP_PORT_MIN and both are
 * odd, or both even, as @odd says. 0: they are not, or these are no bytes of RTP's version 2.
 */
static inline u32 op_rtp_head(const struct pfq_view *v, u32 odd)
{
	const struct pfq_flow *f = &v->flow;
	const u8 *udp;

	if (f->proto != OP_PROTO_UDP || !(f->flags & PFQ_FLOW_PORTS) ||
	    min_t(u16, f->sport, f->dport) < OP_PORT_MIN || (f->sport & 1) != odd ||
	    (f->dport & 1) != odd)
		return 0;
	udp = op_transport(v, 10);
	return udp && udp[8] >> 6 == 2 ? get_unaligned_be16(udp + 8) : 0;
}

static noinline bool op_looks_like_rtp(const struct pfq_view *v)
{
	u32 head = op_rtp_head(v, 0), type = head & 0x7f;

	return head && (type < 35 || type >= 96);
}

static noinline bool op_looks_like_rtcp(const struct pfq_view *v)
{
	u32 type = op_rtp_head(v, 1) & 0xff;

	return type >= 200 && type <= 207;
}

OP_IF(IS_RTP, op_looks_like_rtp(v))
OP_IF(IS_RTCP, op_looks_like_rtcp(v))

/* --- addresses ---------------------------------------------------------------------- */

static noinline bool op_saddr_in(const struct pfq_prefixes *list, const struct pfq_view *v)
{
	return v->flow.version && pfq_prefixes_have(list, v->flow.version, pfq_flow_saddr(v));
}

static noinline bool op_daddr_in(const struct pfq_prefixes *list, const struct pfq_view *v)
{
	return v->flow.version && pfq_prefixes_have(list, v->flow.version, pfq_flow_daddr(v));
}

OP_IF(HAS_ADDR, op_saddr_in(s->object, v) || op_daddr_in(s->object, v))
OP_IF(HAS_SRC_ADDR, op_saddr_in(s->object, v))
OP_IF(HAS_DST_ADDR, op_daddr_in(s->object, v))

/* Does the packet have one side's MAC address, and was it not cut short before its end? */
static inline bool op_has_mac(const struct pfq_view *v, bool src)
{
	return v->linktype == PFQ_LINKTYPE_ETHERNET && v->caplen >= (src ? 12 : 6);
}

static inline const u8 *op_mac(const struct pfq_view *v, bool src)
{
	return v->data + (src ? 6 : 0);
}

static inline bool op_mac_is(const struct pfq_view *v, bool src, u64 mac)
{
	return op_has_mac(v, src) && pfq_mac_load(op_mac(v, src)) == mac;
}

/* in two parts, because putting them together costs more than the second comparison */
static inline bool op_mac_is_broadcast(const struct pfq_view *v, bool src)
{
	const u8 *mac = op_mac(v, src);

	return op_has_mac(v, src) && get_unaligned_be32(mac) == ~0U &&
	       get_unaligned_be16(mac + 4) == 0xffff;
}

static inline bool op_mac_is_multicast(const struct pfq_view *v, bool src)
{
	return op_has_mac(v, src) && op_mac(v, src)[0] & 1 && !op_mac_is_broadcast(v, src);
}

OP_IF(HAS_MAC, op_mac_is(v, true, s->arg[0]) || op_mac_is(v, false, s->arg[0]))
OP_IF(HAS_SRC_MAC, op_mac_is(v, true, s->arg[0]))
OP_IF(HAS_DST_MAC, op_mac_is(v, false, s->arg[0]))
OP_IF(IS_BROADCAST, op_mac_is_broadcast(v, false))
OP_IF(SRC_IS_BROADCAST, op_mac_is_broadcast(v, true))
OP_IF(IS_MULTICAST, op_mac_is_multicast(v, false))
OP_IF(SRC_IS_MULTICAST, op_mac_is_multicast(v, true))

static inline bool op_is_ip_broadcast(const struct pfq_view *v, const u8 *addr)
{
	return v->flow.version == 4 && get_unaligned_be32(addr) == ~0U;
}

static inline bool op_is_ip_multicast(const struct pfq_view *v, const u8 *addr)
{
	return v->flow.version == 4 ? addr[0] >> 4 == 0xe : addr[0] == 0xff;
}

OP_IF(IS_IP_BROADCAST, f->version && op_is_ip_broadcast(v, pfq_flow_daddr(v)))
OP_IF(SRC_IS_IP_BROADCAST, f->version && op_is_ip_broadcast(v, pfq_flow_saddr(v)))
OP_IF(IS_IP_MULTICAST, f->version && op_is_ip_multicast(v, pfq_flow_daddr(v)))
OP_IF(SRC_IS_IP_MULTICAST, f->version && op_is_ip_multicast(v, pfq_flow_saddr(v)))

/* --- where from --------------------------------------------------------------------- */

static inline bool op_from_device(const struct pfq_object *o, const struct pfq_view *v)
{
	u32 ifindex = READ_ONCE(o->ifindex);

	return ifindex && ifindex == v->ifindex;
}

OP_IF(HAS_VLAN, op_vlan_id(v))
OP_IF(HAS_VID, op_in_range(s, op_vlan_id(v)))
OP_IF(HAS_VID_IN, pfq_vlan_match(s->object, v))
OP_IF(HAS_MARK, r->to->mark == s->arg[0])
OP_IF(IS_FOR_HOST, v->pkttype <= 2)	/* PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST */
OP_IF(IS_IN, !(v->flags & PFQ_REC_F_OUT))
OP_IF(IS_OUT, v->flags & PFQ_REC_F_OUT)
OP_IF(FROM_DEVICE, op_from_device(s->object, v))
OP_IF(FROM_QUEUE, op_in_range(s, v->queue))

#endif /* PFQ_CORE_OP_MATCH_H */
