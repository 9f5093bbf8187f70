/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The packet that an ICMP or ICMPv6 error is about. */
#ifndef PFQ_CORE_ICMP_H
#define PFQ_CORE_ICMP_H

#include "view.h"

#define PFQ_PROTO_ICMP4		1
#define PFQ_PROTO_ICMP6		58

/* of a parsed packet */
static inline bool pfq_is_icmp(const struct pfq_view *v)
{
	return v->flow.proto == (v->flow.version == 4 ? PFQ_PROTO_ICMP4 : PFQ_PROTO_ICMP6);
}

/*
 * Does ICMP packet @v (parsed, and no later fragment) report an error of another packet, whose
 * network header it quotes? Then *quote is that packet, parsed, of which only the beginning
 * is there; its bytes are @v's.
 */
bool pfq_icmp_quote(const struct pfq_view *v, struct pfq_view *quote);

#endif /* PFQ_CORE_ICMP_H */
