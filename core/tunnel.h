/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Finds the packet inside a tunnel. Known are:
 *
 *	IP in IP	IPv4 and IPv6 in either of them: RFC 2003, 2473, 4213
 *	GRE		version 0, with IP, Ethernet or MPLS: RFC 2784, 2890, 7637
 *	ERSPAN		types I, II and III: draft-foschiano-erspan-03
 *	VXLAN		RFC 7348, and the port that Linux used before
 *	Geneve		RFC 8926
 *	GTP-U		3GPP TS 29.281
 *	GTP-C		3GPP TS 29.060 (version 1), 29.274 (version 2): nothing is inside
 *
 * A header that is cut short, or whose form is another one, is no tunnel. VLAN tags, MPLS and PPPoE
 * are no tunnels: the parser looks through them.
 */
#ifndef PFQ_CORE_TUNNEL_H
#define PFQ_CORE_TUNNEL_H

#include "view.h"

enum pfq_tunnel_kind {
	PFQ_TUNNEL_NONE,
	PFQ_TUNNEL_IPIP,
	PFQ_TUNNEL_GRE,
	PFQ_TUNNEL_ERSPAN,	/* within GRE */
	PFQ_TUNNEL_VXLAN,
	PFQ_TUNNEL_GENEVE,
	PFQ_TUNNEL_GTP_U,
	PFQ_TUNNEL_GTP_C,
};

struct pfq_tunnel {
	u8	kind;		/* enum pfq_tunnel_kind */
	bool	has_id;
	u16	type;		/* ethertype of what is inside, or a value of tunnel.c's own */
	u32	id;		/* VNI, TEID, key or session */
	u32	off;		/* where it begins; of GTP-U: where the header begins */
};

/*
 * Find the tunnel header that follows the network header of @v, which has been parsed. Returns
 * false, and *t is of PFQ_TUNNEL_NONE, if there is none.
 */
bool pfq_tunnel_find(const struct pfq_view *v, struct pfq_tunnel *t);

/*
 * The link type of the packet inside tunnel @t of @v: PFQ_LINKTYPE_ETHERNET or PFQ_LINKTYPE_RAW.
 * t->off is then where the packet begins. 0: there is none, or its first header is not within
 * caplen.
 */
u16 pfq_tunnel_inside(const struct pfq_view *v, struct pfq_tunnel *t);

/*
 * Let *to be the packet inside the tunnel that follows the network header of @v, which has been
 * parsed. Its bytes lie in @v's. It is parsed. If it is a frame with a VLAN tag, it has the flag
 * PFQ_REC_F_VLAN and its tci, though the tag is among its bytes. Returns false if there is none.
 */
bool pfq_tunnel_enter(const struct pfq_view *v, struct pfq_view *to);

#endif /* PFQ_CORE_TUNNEL_H */
