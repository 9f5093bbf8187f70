/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Every read comes after a comparison with caplen, by pfq_view_has(). */
#include "tunnel.h"
#include "parse.h"

#define PROTO_IP4	4
#define PROTO_UDP	17
#define PROTO_IP6	41
#define PROTO_GRE	47
#define UDP_BYTES	8
#define PORT_GTP_C	2123
#define PORT_GTP_U	2152
#define PORT_VXLAN	4789
#define PORT_GENEVE	6081
#define PORT_VXLAN_LINUX 8472

#define TYPE_ETHERNET	0x6558
#define TYPE_ERSPAN	0x88be
#define TYPE_ERSPAN3	0x22eb
/* no ethertypes */
#define TYPE_NONE	0
#define TYPE_IP		1	/* IPv4 or IPv6: the first nibble tells */

#define GRE_BYTES	4
#define GRE_FIELD_BYTES	4
#define GRE_HAS_CHECKSUM	0x8000
#define GRE_HAS_ROUTING	0x4000
#define GRE_HAS_KEY		0x2000
#define GRE_HAS_SEQUENCE	0x1000
#define GRE_VERSION_MASK	0x0007

#define ERSPAN2_BYTES	8
#define ERSPAN3_BYTES	12
#define ERSPAN3_SUB_BYTES 8		/* with the O bit */
#define ERSPAN3_SUB	0x0001
#define ERSPAN_SESSION	0x03ff
#define ERSPAN3_TYPE	0x1f		/* of the frame: */
#define ERSPAN3_FRAME	0
#define ERSPAN3_PACKET	2

#define VXLAN_BYTES	8
#define VXLAN_HAS_ID	0x08

#define GENEVE_BYTES	8
#define GENEVE_OPTIONS	0x3f		/* in words */

#define GTP_BYTES	8
#define GTP_OPTION_BYTES 4
#define GTP_OPTIONS	0x07		/* any of E, S and PN */
#define GTP_EXT		0x04
#define GTP_EXTS_MAX	8
#define GTP_PACKET	255		/* the type of a message with a user's packet */
#define GTP2_HAS_ID	0x08

/* --- headers: @off is where one begins ------------------------------------------------- */

/* @inside: a header of @bytes bytes is followed by a packet of that type. */
static inline bool found(struct pfq_tunnel *t, u8 kind, u32 off, u16 inside)
{
	t->kind = kind;
	t->off = off;
	t->type = inside;
	return true;
}

static inline void has_id(struct pfq_tunnel *t, u32 id)
{
	t->has_id = true;
	t->id = id;
}

static bool find_erspan(const struct pfq_view *v, u32 off, u32 version, struct pfq_tunnel *t)
{
	u32 bytes = version == 1 ? ERSPAN2_BYTES : ERSPAN3_BYTES, last, type = ERSPAN3_FRAME;

	if (!pfq_view_has(v, off, bytes) || v->data[off] >> 4 != version)
		return false;
	if (version == 2) {
		last = get_unaligned_be16(v->data + off + 10);
		type = last >> 10 & ERSPAN3_TYPE;
		bytes += last & ERSPAN3_SUB ? ERSPAN3_SUB_BYTES : 0;
	}
	has_id(t, get_unaligned_be16(v->data + off + 2) & ERSPAN_SESSION);
	return found(t, PFQ_TUNNEL_ERSPAN, off + bytes,
		     type == ERSPAN3_FRAME ? TYPE_ETHERNET :
		     type == ERSPAN3_PACKET ? TYPE_IP : TYPE_NONE);
}

/* The headers behind GRE. ERSPAN without a sequence number is of type I, which has no header. */
static bool find_in_gre(const struct pfq_view *v, u32 off, u32 flags, u16 type,
			struct pfq_tunnel *t)
{
	if (type == TYPE_ERSPAN && !(flags & GRE_HAS_SEQUENCE)) {
		t->has_id = false;
		return found(t, PFQ_TUNNEL_ERSPAN, off, TYPE_ETHERNET);
	}
	if (type == TYPE_ERSPAN && find_erspan(v, off, 1, t))
		return true;
	if (type == TYPE_ERSPAN3 && find_erspan(v, off, 2, t))
		return true;
	return found(t, PFQ_TUNNEL_GRE, off, type);
}

static bool find_gre(const struct pfq_view *v, u32 off, struct pfq_tunnel *t)
{
	u32 flags, bytes = GRE_BYTES, key = 0;
	u16 type;

	if (!pfq_view_has(v, off, GRE_BYTES))
		return false;
	flags = get_unaligned_be16(v->data + off);
	type = get_unaligned_be16(v->data + off + 2);
	if (flags & (GRE_HAS_ROUTING | GRE_VERSION_MASK))
		return false;
	bytes += flags & GRE_HAS_CHECKSUM ? GRE_FIELD_BYTES : 0;
	if (flags & GRE_HAS_KEY) {
		key = off + bytes;
		bytes += GRE_FIELD_BYTES;
	}
	bytes += flags & GRE_HAS_SEQUENCE ? GRE_FIELD_BYTES : 0;
	if (!pfq_view_has(v, off, bytes))
		return false;
	/* the last byte of NVGRE's key is no part of the network's id */
	if (key)
		has_id(t, get_unaligned_be32(v->data + key) >> (type == TYPE_ETHERNET ? 8 : 0));
	return find_in_gre(v, off + bytes, flags, type, t);
}

static bool find_vxlan(const struct pfq_view *v, u32 off, struct pfq_tunnel *t)
{
	if (!pfq_view_has(v, off, VXLAN_BYTES) || !(v->data[off] & VXLAN_HAS_ID))
		return false;
	has_id(t, get_unaligned_be32(v->data + off + 4) >> 8);
	return found(t, PFQ_TUNNEL_VXLAN, off + VXLAN_BYTES, TYPE_ETHERNET);
}

static bool find_geneve(const struct pfq_view *v, u32 off, struct pfq_tunnel *t)
{
	u32 bytes;
	u16 type;

	if (!pfq_view_has(v, off, GENEVE_BYTES) || v->data[off] >> 6)
		return false;
	bytes = GENEVE_BYTES + (v->data[off] & GENEVE_OPTIONS) * 4U;
	type = get_unaligned_be16(v->data + off + 2);
	has_id(t, get_unaligned_be32(v->data + off + 4) >> 8);
	return found(t, PFQ_TUNNEL_GENEVE, off + bytes,
		     type == TYPE_ETHERNET || type == PFQ_TYPE_IP4 || type == PFQ_TYPE_IP6 ?
			     type : TYPE_NONE);
}

/* Version 1, and not charging (GTP')? */
static inline bool is_gtp1(const struct pfq_view *v, u32 off)
{
	return v->data[off] >> 4 == 3;
}

static bool find_gtp_u(const struct pfq_view *v, u32 off, struct pfq_tunnel *t)
{
	if (!pfq_view_has(v, off, GTP_BYTES) || !is_gtp1(v, off))
		return false;
	has_id(t, get_unaligned_be32(v->data + off + 4));
	return found(t, PFQ_TUNNEL_GTP_U, off, TYPE_IP);
}

static bool find_gtp_c(const struct pfq_view *v, u32 off, struct pfq_tunnel *t)
{
	bool is_gtp2;

	if (!pfq_view_has(v, off, GTP_BYTES))
		return false;
	is_gtp2 = v->data[off] >> 5 == 2;
	if (!is_gtp2 && !is_gtp1(v, off))
		return false;
	if (!is_gtp2 || v->data[off] & GTP2_HAS_ID)
		has_id(t, get_unaligned_be32(v->data + off + 4));
	return found(t, PFQ_TUNNEL_GTP_C, off, TYPE_NONE);
}

/* Headers of UDP. A switch, because this is asked of each packet of UDP. */
static bool find_in_udp(const struct pfq_view *v, struct pfq_tunnel *t)
{
	u32 off = v->flow.l4_offset + UDP_BYTES;

	switch (v->flow.dport) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return find_vxlan(v, off, t);
	case PORT_GENEVE:
		return find_geneve(v, off, t);
	case PORT_GTP_U:
		return find_gtp_u(v, off, t);
	case PORT_GTP_C:
		return find_gtp_c(v, off, t);
	}
	/* replies of GTP */
	if (unlikely(v->flow.sport == PORT_GTP_U))
		return find_gtp_u(v, off, t);
	return unlikely(v->flow.sport == PORT_GTP_C) && find_gtp_c(v, off, t);
}

/* --- the packet inside ----------------------------------------------------------------- */

/* Does the parser find IP at @off? @version: 4, 6, or 0 for either */
static bool is_ip_at(const struct pfq_view *v, u32 off, u32 version)
{
	u32 first;

	if (!pfq_view_has(v, off, PFQ_IP4_BYTES))
		return false;
	first = v->data[off];
	if (version && first >> 4 != version)
		return false;
	if (first >> 4 == 4)
		return (first & 0xf) * 4 >= PFQ_IP4_BYTES;
	return first >> 4 == 6 && pfq_view_has(v, off, PFQ_IP6_BYTES);
}

/* Move *off behind the extension headers of GTP-U. Returns false if they have no end. */
static bool skip_gtp_exts(const struct pfq_view *v, u32 *off)
{
	u32 exts, bytes;
	u8 next = v->data[*off - 1];

	for (exts = 0; next; exts++) {
		if (exts == GTP_EXTS_MAX || !pfq_view_has(v, *off, 1))
			return false;
		bytes = v->data[*off] * 4U;
		if (!bytes || !pfq_view_has(v, *off, bytes))
			return false;
		*off += bytes;
		next = v->data[*off - 1];
	}
	return true;
}

static bool skip_gtp(const struct pfq_view *v, u32 *off)
{
	const u8 *gtp = v->data + *off;

	*off += GTP_BYTES;
	if (gtp[1] != GTP_PACKET)
		return false;
	if (!(gtp[0] & GTP_OPTIONS))
		return true;
	if (!pfq_view_has(v, *off, GTP_OPTION_BYTES))
		return false;
	*off += GTP_OPTION_BYTES;
	return !(gtp[0] & GTP_EXT) || skip_gtp_exts(v, off);
}

u16 pfq_tunnel_inside(const struct pfq_view *v, struct pfq_tunnel *t)
{
	u32 version = 0, label;

	if (t->kind == PFQ_TUNNEL_GTP_U && !skip_gtp(v, &t->off))
		return 0;
	switch (t->type) {
	case TYPE_ETHERNET:
		return pfq_view_has(v, t->off, PFQ_ETHER_BYTES) ? PFQ_LINKTYPE_ETHERNET : 0;
	case PFQ_TYPE_MPLS:
	case PFQ_TYPE_MPLS_MULTICAST:
		if (!pfq_parse_bottom_label(v, &t->off, &label))
			return 0;
		break;
	case PFQ_TYPE_IP4:
		version = 4;
		break;
	case PFQ_TYPE_IP6:
		version = 6;
		break;
	case TYPE_IP:
		break;
	default:
		return 0;
	}
	return is_ip_at(v, t->off, version) ? PFQ_LINKTYPE_RAW : 0;
}

/* --------------------------------------------------------------------------------------- */

bool pfq_tunnel_find(const struct pfq_view *v, struct pfq_tunnel *t)
{
	u32 off = v->flow.l4_offset;

	t->kind = PFQ_TUNNEL_NONE;
	t->has_id = false;
	if (!off || pfq_flow_is_later(v))
		return false;
	switch (v->flow.proto) {
	case PROTO_UDP:
		return v->flow.flags & PFQ_FLOW_PORTS && find_in_udp(v, t);
	case PROTO_GRE:
		return find_gre(v, off, t);
	case PROTO_IP4:
		return is_ip_at(v, off, 4) && found(t, PFQ_TUNNEL_IPIP, off, PFQ_TYPE_IP4);
	case PROTO_IP6:
		return is_ip_at(v, off, 6) && found(t, PFQ_TUNNEL_IPIP, off, PFQ_TYPE_IP6);
	}
	return false;
}

bool pfq_tunnel_enter(const struct pfq_view *v, struct pfq_view *to)
{
	struct pfq_tunnel t;
	u16 linktype;

	if (likely(!pfq_tunnel_find(v, &t)))
		return false;
	linktype = pfq_tunnel_inside(v, &t);
	if (!linktype)
		return false;
	*to = *v;
	to->data = v->data + t.off;
	to->caplen = v->caplen - t.off;
	to->len = v->len - min_t(u32, t.off, v->len);
	to->linktype = linktype;
	to->flags &= (u16)~PFQ_REC_F_VLAN;
	if (pfq_parse_tag(to, &to->tci))
		to->flags |= PFQ_REC_F_VLAN;
	to->flow.parsed = 0;
	pfq_parse(to);
	return true;
}
