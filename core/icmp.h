/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The packet that an ICMP or ICMPv6 error quotes. */
#ifndef PFQ_CORE_ICMP_H
#define PFQ_CORE_ICMP_H

#include "view.h"

#define PFQ_PROTO_ICMP4		1
#define PFQ_PROTO_ICMP6		58

/* Is the parsed packet @v ICMP or ICMPv6? */
static inline bool pfq_is_icmp(const struct pfq_view *v)
{
	return v->flow.proto == (v->flow.version == 4 ? PFQ_PROTO_ICMP4 : PFQ_PROTO_ICMP6);
}

/*
 * @v is a parsed ICMP packet and no later fragment. Returns true if it reports an error and quotes
 * the network header of the packet that caused it. Then *quote is that packet, parsed; only its
 * first bytes are there, and they lie in @v's.
 */
bool pfq_icmp_quote(const struct pfq_view *v, struct pfq_view *quote);

#endif /* PFQ_CORE_ICMP_H */
