/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Where the bytes behind a packet's transport header begin. */
#ifndef PFQ_CORE_PAYLOAD_H
#define PFQ_CORE_PAYLOAD_H

#include "parse.h"

#define PFQ_PAYLOAD_TCP_BYTES	20	/* of the shortest header */

/*
 * The offset of the payload in @v, which has been parsed. It may lie beyond caplen. 0 if @v has no
 * transport header, or one that is unknown or cut short before it says how long it is. Later
 * fragments have none.
 */
static inline u32 pfq_payload_offset(const struct pfq_view *v)
{
	/* ICMP, IGMP, UDP, DCCP, ICMPv6, SCTP, UDP-Lite; 0: no such protocol */
	static const u8 header_bytes[256] = {
		[1] = 8, [2] = 8, [17] = 8, [33] = 12, [58] = 8, [132] = 12, [136] = 8,
	};
	u32 off = v->flow.l4_offset, bytes;

	if (!off || pfq_flow_is_later(v))
		return 0;
	if (v->flow.proto == 6) {
		if (!pfq_view_has(v, off, 13))
			return 0;
		bytes = (u32)(v->data[off + 12] >> 4) * 4;
		return off + max_t(u32, bytes, PFQ_PAYLOAD_TCP_BYTES);
	}
	bytes = header_bytes[v->flow.proto];
	return bytes ? off + bytes : 0;
}

#endif /* PFQ_CORE_PAYLOAD_H */
