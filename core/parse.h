/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Find a packet's flow: Ethernet or bare IP, any number of VLAN tags up to
 * PFQ_PARSE_TAGS_MAX, MPLS (payload told by its first nibble, as RFC 4928
 * suggests), PPPoE sessions, IPv4 with options and fragments, IPv6 with
 * extension headers and fragments, ports of TCP, UDP, UDP-Lite, SCTP, DCCP.
 * Never reads beyond caplen; a packet cut short is parsed as far as it goes.
 */
#ifndef PFQ_CORE_PARSE_H
#define PFQ_CORE_PARSE_H

#include "view.h"

#define PFQ_PARSE_TAGS_MAX	8	/* VLAN tags and MPLS labels, each */
#define PFQ_PARSE_EXTS_MAX	12	/* IPv6 extension headers */

#define PFQ_FLOW_PORTS		0x01	/* sport and dport are there */
#define PFQ_FLOW_FRAG		0x02	/* a fragment; frag_id is there */
#define PFQ_FLOW_FRAG_FIRST	0x04	/* the one at offset 0 */

/* fills view->flow unless that is done */
void pfq_parse(struct pfq_view *view);

/* addresses within the packet; size 4 or 16. With flow.version only. */
static inline const u8 *pfq_flow_saddr(const struct pfq_view *v)
{
	return v->data + v->flow.l3_offset + (v->flow.version == 4 ? 12 : 8);
}

static inline const u8 *pfq_flow_daddr(const struct pfq_view *v)
{
	return v->data + v->flow.l3_offset + (v->flow.version == 4 ? 16 : 24);
}

#endif /* PFQ_CORE_PARSE_H */
