/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Find a packet's flow. Parsed are:
 * - Ethernet or raw IP, with up to PFQ_PARSE_TAGS_MAX VLAN tags
 * - MPLS, whose payload is told by its first nibble (RFC 4928), and PPPoE sessions
 * - IPv4 with options and fragments, IPv6 with extension headers and fragments
 * - the ports of TCP, UDP, UDP-Lite, SCTP and DCCP
 *
 * No function here reads beyond caplen. A packet that was cut short is parsed as far as it goes.
 */
#ifndef PFQ_CORE_PARSE_H
#define PFQ_CORE_PARSE_H

#include "view.h"

#define PFQ_PARSE_TAGS_MAX	8	/* the limit counts VLAN tags and MPLS labels */
#define PFQ_PARSE_EXTS_MAX	12	/* IPv6 extension headers */

#define PFQ_FLOW_PORTS		0x01	/* sport and dport are valid */
#define PFQ_FLOW_FRAG		0x02	/* a fragment; frag_id is valid */
#define PFQ_FLOW_FRAG_FIRST	0x04	/* the fragment at offset 0 */
#define PFQ_FLOW_FRAG_HEADER	0x08	/* IPv6, a fragment or not; frag and frag_id are valid */

#define PFQ_ETHER_BYTES		14
#define PFQ_IP4_BYTES		20
#define PFQ_IP6_BYTES		40
#define PFQ_PORTS_BYTES		4
#define PFQ_TYPE_IP4		0x0800
#define PFQ_TYPE_IP6		0x86dd
#define PFQ_TYPE_MPLS		0x8847
#define PFQ_TYPE_MPLS_MULTICAST	0x8848
#define PFQ_TYPE_PPPOE		0x8864	/* a session */
#define PFQ_TYPE_MIN		0x0600	/* below, it is the length of a frame without ethertype */
#define PFQ_IP4_MORE		0x2000
#define PFQ_IP4_OFFSET		0x1fff

/* Is @v plain, as most packets are: Ethernet, IPv4 without options, no fragment, TCP or UDP? */
static inline bool pfq_is_plain(const struct pfq_view *v)
{
	const u8 *ip = v->data + PFQ_ETHER_BYTES;
	__be16 frag;

	if (v->linktype != PFQ_LINKTYPE_ETHERNET ||
	    v->caplen < PFQ_ETHER_BYTES + PFQ_IP4_BYTES + PFQ_PORTS_BYTES ||
	    get_unaligned_be16(ip - 2) != PFQ_TYPE_IP4 || ip[0] != 0x45)
		return false;
	memcpy(&frag, ip + 6, sizeof(frag));
	return !(frag & cpu_to_be16(PFQ_IP4_MORE | PFQ_IP4_OFFSET)) && (ip[9] == 6 || ip[9] == 17);
}

/* pfq_parse() of a plain packet. @plain has the fields that are the same for all of them. */
static inline void pfq_parse_plain(struct pfq_view *v, const struct pfq_flow *plain, u8 proto)
{
	u32 ports = get_unaligned_be32(v->data + plain->l4_offset);

	/* copied in one piece up to the ports; the compiler would split an assignment by member */
	memcpy(&v->flow, plain, offsetof(struct pfq_flow, sport));
	v->flow.proto = proto;
	v->flow.sport = (u16)(ports >> 16);
	v->flow.dport = (u16)ports;
	v->flow.frag_id = 0;
}

static inline void pfq_parse_plain4(struct pfq_view *v)
{
	static const struct pfq_flow plain = {
		.parsed = 1,
		.version = 4,
		.flags = PFQ_FLOW_PORTS,
		.l3_offset = PFQ_ETHER_BYTES,
		.l4_offset = PFQ_ETHER_BYTES + PFQ_IP4_BYTES,
	};

	pfq_parse_plain(v, &plain, v->data[PFQ_ETHER_BYTES + 9]);
}

/* The same for IPv6, without extension headers. */
static inline bool pfq_is_plain6(const struct pfq_view *v)
{
	const u8 *ip = v->data + PFQ_ETHER_BYTES;

	return v->linktype == PFQ_LINKTYPE_ETHERNET &&
	       v->caplen >= PFQ_ETHER_BYTES + PFQ_IP6_BYTES + PFQ_PORTS_BYTES &&
	       get_unaligned_be16(ip - 2) == PFQ_TYPE_IP6 && ip[0] >> 4 == 6 &&
	       (ip[6] == 6 || ip[6] == 17);
}

static inline void pfq_parse_plain6(struct pfq_view *v)
{
	static const struct pfq_flow plain = {
		.parsed = 1,
		.version = 6,
		.flags = PFQ_FLOW_PORTS,
		.l3_offset = PFQ_ETHER_BYTES,
		.l4_offset = PFQ_ETHER_BYTES + PFQ_IP6_BYTES,
	};

	pfq_parse_plain(v, &plain, v->data[PFQ_ETHER_BYTES + 6]);
}

/* Is @v, which has been parsed, a fragment other than the first one? */
static inline bool pfq_flow_is_later(const struct pfq_view *v)
{
	return (v->flow.flags & (PFQ_FLOW_FRAG | PFQ_FLOW_FRAG_FIRST)) == PFQ_FLOW_FRAG;
}

/*
 * Can the datagram of fragment @v have ports? Yes if its protocol has ports. Also yes for an IPv6
 * extension header, since another header follows it.
 */
bool pfq_parse_may_have_ports(const struct pfq_view *view);

/*
 * The ethertype behind all VLAN tags of the frame; 0: none. *off is where its header begins. The
 * parser does not keep them.
 */
u16 pfq_parse_ethertype(const struct pfq_view *view, u32 *off);

/* Does the frame have a VLAN tag among its bytes? Then *tci is that of the first one. */
bool pfq_parse_tag(const struct pfq_view *view, u16 *tci);

/*
 * Walk the MPLS labels at *off up to the bottom one. Returns false if it is not among the first
 * PFQ_PARSE_TAGS_MAX, or not within caplen. Else *off is behind it.
 */
bool pfq_parse_bottom_label(const struct pfq_view *view, u32 *off, u32 *label);

/* Is there a PPPoE header at @off, with data of a session? */
bool pfq_parse_is_session(const struct pfq_view *view, u32 off);

/* pfq_parse() of any packet. */
void pfq_parse_slow(struct pfq_view *view);

/* Fill in v->flow, unless that was done before. */
static inline void pfq_parse(struct pfq_view *v)
{
	if (unlikely(v->flow.parsed))
		return;
	if (likely(pfq_is_plain(v)))
		pfq_parse_plain4(v);
	else if (likely(pfq_is_plain6(v)))
		pfq_parse_plain6(v);
	else
		pfq_parse_slow(v);
}

/* The addresses in the packet: 4 or 16 bytes. Only if flow.version is not 0. */
static inline const u8 *pfq_flow_saddr(const struct pfq_view *v)
{
	return v->data + v->flow.l3_offset + (v->flow.version == 4 ? 12 : 8);
}

static inline const u8 *pfq_flow_daddr(const struct pfq_view *v)
{
	return v->data + v->flow.l3_offset + (v->flow.version == 4 ? 16 : 24);
}

#endif /* PFQ_CORE_PARSE_H */
