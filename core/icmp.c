/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "icmp.h"
#include "parse.h"

#define ICMP_BYTES	8	/* bytes of an error before the quote */

/*
 * ICMP: destination unreachable 3, source quench 4, redirect 5, time exceeded 11, parameter
 * problem 12. ICMPv6: destination unreachable 1, packet too big 2, time exceeded 3, parameter
 * problem 4. Echo and all other types quote no packet.
 */
static bool is_error(u8 version, u8 type)
{
	static const u32 errors4 = 1U << 3 | 1U << 4 | 1U << 5 | 1U << 11 | 1U << 12;
	static const u32 errors6 = 1U << 1 | 1U << 2 | 1U << 3 | 1U << 4;

	return type < 32 && (version == 4 ? errors4 : errors6) >> type & 1;
}

bool pfq_icmp_quote(const struct pfq_view *v, struct pfq_view *quote)
{
	u32 off = v->flow.l4_offset;

	if (!off || v->caplen - off <= ICMP_BYTES || !is_error(v->flow.version, v->data[off]))
		return false;
	off += ICMP_BYTES;
	*quote = *v;
	quote->data = v->data + off;
	quote->caplen = v->caplen - off;
	quote->linktype = PFQ_LINKTYPE_RAW;
	pfq_parse_slow(quote);
	return quote->flow.version == v->flow.version;
}
