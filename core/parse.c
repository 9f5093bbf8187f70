/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Every read comes after a comparison with caplen, by pfq_view_has(). */
#include "parse.h"

#define TAG_BYTES	4
#define LABEL_BYTES	4
#define LABEL_BOTTOM	0x100
#define LABEL_SHIFT	12
#define PPPOE_BYTES	6

#define PPP_IP4		0x0021
#define PPP_IP6		0x0057

#define IP6_MORE	0x0001
#define IP6_OFFSET	0xfff8

#define NEXT_FRAGMENT	44
#define NEXT_AH		51

/* TCP 6, UDP 17, DCCP 33, SCTP 132, UDP-Lite 136 */
static inline bool has_ports(u8 proto)
{
	static const u64 with_ports[4] = {
		1ULL << 6 | 1ULL << 17 | 1ULL << 33,
		0,
		1ULL << (132 - 128) | 1ULL << (136 - 128),
		0,
	};

	return with_ports[proto / 64] >> (proto % 64) & 1;
}

/* The transport header at @off. Not called for later fragments. */
static void parse_transport(struct pfq_view *v, u32 off, u8 proto)
{
	v->flow.proto = proto;
	if (!pfq_view_has(v, off, 1))
		return;
	v->flow.l4_offset = (u16)off;
	if (!has_ports(proto) || !pfq_view_has(v, off, PFQ_PORTS_BYTES))
		return;
	v->flow.sport = get_unaligned_be16(v->data + off);
	v->flow.dport = get_unaligned_be16(v->data + off + 2);
	v->flow.flags |= PFQ_FLOW_PORTS;
}

/* A later fragment. Its payload is no transport header, whatever it looks like. */
static void parse_fragment(struct pfq_view *v, u32 off, u8 proto)
{
	v->flow.proto = proto;
	if (pfq_view_has(v, off, 1))
		v->flow.l4_offset = (u16)off;
}

static void parse_ip4(struct pfq_view *v, u32 off)
{
	const u8 *ip = v->data + off;
	u32 header, frag;

	if (!pfq_view_has(v, off, PFQ_IP4_BYTES) || ip[0] >> 4 != 4)
		return;
	header = (u32)(ip[0] & 0xf) * 4;
	if (header < PFQ_IP4_BYTES)
		return;
	v->flow.version = 4;
	v->flow.l3_offset = (u16)off;
	frag = get_unaligned_be16(ip + 6);
	if (frag & (PFQ_IP4_MORE | PFQ_IP4_OFFSET)) {
		v->flow.flags = PFQ_FLOW_FRAG;
		v->flow.frag_id = get_unaligned_be16(ip + 4);
		if (frag & PFQ_IP4_OFFSET) {
			parse_fragment(v, off + header, ip[9]);
			return;
		}
		v->flow.flags |= PFQ_FLOW_FRAG_FIRST;
	}
	parse_transport(v, off + header, ip[9]);
}

/* hop-by-hop, routing, destination options, mobility, HIP, shim6 */
static inline bool is_ext_in_eights(u8 next)
{
	static const u64 in_eights[4] = {
		1ULL << 0 | 1ULL << 43 | 1ULL << 60,
		0,
		1ULL << (135 - 128) | 1ULL << (139 - 128) | 1ULL << (140 - 128),
		0,
	};

	return in_eights[next / 64] >> (next % 64) & 1;
}

/* Bytes of the extension header @next at @off; 0 if it is not one that the parser skips. */
static u32 ext_bytes(const struct pfq_view *v, u32 off, u8 next)
{
	bool eights = is_ext_in_eights(next);

	if ((!eights && next != NEXT_AH) || !pfq_view_has(v, off, 2))
		return 0;
	return eights ? (v->data[off + 1] + 1U) * 8 : (v->data[off + 1] + 2U) * 4;
}

static void parse_ip6(struct pfq_view *v, u32 off)
{
	u32 exts, bytes, frag;
	u8 next;

	if (!pfq_view_has(v, off, PFQ_IP6_BYTES) || v->data[off] >> 4 != 6)
		return;
	v->flow.version = 6;
	v->flow.l3_offset = (u16)off;
	next = v->data[off + 6];
	off += PFQ_IP6_BYTES;
	if (likely(has_ports(next))) {
		parse_transport(v, off, next);
		return;
	}
	for (exts = 0; exts < PFQ_PARSE_EXTS_MAX; exts++, off += bytes) {
		if (next == NEXT_FRAGMENT) {
			if (!pfq_view_has(v, off, 8))
				break;
			bytes = 8;
			next = v->data[off];
			frag = get_unaligned_be16(v->data + off + 2);
			v->flow.flags = PFQ_FLOW_FRAG_HEADER;
			v->flow.frag = (u16)frag;
			v->flow.frag_id = get_unaligned_be32(v->data + off + 4);
			/* offset 0 and no more fragments: a whole packet with a fragment header */
			if (!(frag & (IP6_OFFSET | IP6_MORE)))
				continue;
			v->flow.flags |= PFQ_FLOW_FRAG;
			if (frag & IP6_OFFSET) {
				parse_fragment(v, off + bytes, next);
				return;
			}
			v->flow.flags |= PFQ_FLOW_FRAG_FIRST;
		} else {
			bytes = ext_bytes(v, off, next);
			if (!bytes)
				break;
			next = v->data[off];
		}
	}
	parse_transport(v, off, next);
}

bool pfq_parse_may_have_ports(const struct pfq_view *v)
{
	u8 proto = v->flow.proto;

	return has_ports(proto) || (v->flow.version == 6 && (is_ext_in_eights(proto) ||
							     proto == NEXT_AH ||
							     proto == NEXT_FRAGMENT));
}

/* IPv4 or IPv6, told by the version nibble */
static void parse_ip(struct pfq_view *v, u32 off)
{
	if (!pfq_view_has(v, off, 1))
		return;
	if (v->data[off] >> 4 == 4)
		parse_ip4(v, off);
	else
		parse_ip6(v, off);
}

bool pfq_parse_bottom_label(const struct pfq_view *v, u32 *off, u32 *label)
{
	u32 labels, entry;

	for (labels = 0; labels < PFQ_PARSE_TAGS_MAX; labels++) {
		if (!pfq_view_has(v, *off, LABEL_BYTES))
			return false;
		entry = get_unaligned_be32(v->data + *off);
		*off += LABEL_BYTES;
		if (entry & LABEL_BOTTOM) {
			*label = entry >> LABEL_SHIFT;
			return true;
		}
	}
	return false;
}

static void parse_mpls(struct pfq_view *v, u32 off)
{
	u32 label;

	if (pfq_parse_bottom_label(v, &off, &label))
		parse_ip(v, off);
}

bool pfq_parse_is_session(const struct pfq_view *v, u32 off)
{
	/* version 1, type 1, code 0 */
	return pfq_view_has(v, off, PPPOE_BYTES + 2) && v->data[off] == 0x11 && !v->data[off + 1];
}

static void parse_pppoe(struct pfq_view *v, u32 off)
{
	u16 ppp;

	if (!pfq_parse_is_session(v, off))
		return;
	ppp = get_unaligned_be16(v->data + off + PPPOE_BYTES);
	if (ppp == PPP_IP4)
		parse_ip4(v, off + PPPOE_BYTES + 2);
	else if (ppp == PPP_IP6)
		parse_ip6(v, off + PPPOE_BYTES + 2);
}

static bool is_tag(u16 type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200 ||
	       type == 0x9300;
}

/* Skip VLAN tags. Returns the ethertype behind them, and moves *off there; 0: too many, or cut. */
static u16 skip_tags(const struct pfq_view *v, u32 *off, u16 type)
{
	unsigned int tags;

	for (tags = 0; is_tag(type); tags++) {
		if (tags == PFQ_PARSE_TAGS_MAX || !pfq_view_has(v, *off, TAG_BYTES))
			return 0;
		type = get_unaligned_be16(v->data + *off + 2);
		*off += TAG_BYTES;
	}
	return type;
}

bool pfq_parse_tag(const struct pfq_view *v, u16 *tci)
{
	if (v->linktype != PFQ_LINKTYPE_ETHERNET ||
	    !pfq_view_has(v, PFQ_ETHER_BYTES, TAG_BYTES) ||
	    !is_tag(get_unaligned_be16(v->data + PFQ_ETHER_BYTES - 2)))
		return false;
	*tci = get_unaligned_be16(v->data + PFQ_ETHER_BYTES);
	return true;
}

u16 pfq_parse_ethertype(const struct pfq_view *v, u32 *off)
{
	u16 type;

	*off = PFQ_ETHER_BYTES;
	if (v->linktype != PFQ_LINKTYPE_ETHERNET || v->caplen < PFQ_ETHER_BYTES)
		return 0;
	type = skip_tags(v, off, get_unaligned_be16(v->data + PFQ_ETHER_BYTES - 2));
	return type < PFQ_TYPE_MIN ? 0 : type;
}

/* Ethernet frames in which no IP header follows the MAC header directly. */
static void parse_type(struct pfq_view *v, u32 off, u16 type)
{
	static const struct {
		u16 type;
		void (*parse)(struct pfq_view *v, u32 off);
	} rows[] = {
		{ PFQ_TYPE_IP6, parse_ip6 },
		{ PFQ_TYPE_IP4, parse_ip4 },
		{ PFQ_TYPE_PPPOE, parse_pppoe },
		{ PFQ_TYPE_MPLS, parse_mpls },
		{ PFQ_TYPE_MPLS_MULTICAST, parse_mpls },
	};
	unsigned int i;

	type = skip_tags(v, &off, type);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type == type) {
			rows[i].parse(v, off);
			return;
		}
	}
}

void pfq_parse_slow(struct pfq_view *v)
{
	u16 type;

	memset(&v->flow, 0, sizeof(v->flow));
	v->flow.parsed = 1;
	if (v->linktype != PFQ_LINKTYPE_ETHERNET) {
		if (v->linktype == PFQ_LINKTYPE_RAW)
			parse_ip(v, 0);
		return;
	}
	if (v->caplen < PFQ_ETHER_BYTES)
		return;
	type = get_unaligned_be16(v->data + PFQ_ETHER_BYTES - 2);
	if (type == PFQ_TYPE_IP4)
		parse_ip4(v, PFQ_ETHER_BYTES);
	else if (type == PFQ_TYPE_IP6)
		parse_ip6(v, PFQ_ETHER_BYTES);
	else
		parse_type(v, PFQ_ETHER_BYTES, type);
}
