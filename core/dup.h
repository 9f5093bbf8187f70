/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Finds packets that were seen before, a short time ago: the second copy of a packet that comes by
 * two ports. All lanes share the table. It has a fixed size, no locks and no allocation. If it has
 * forgotten a packet, the next one like it is no copy. dup.c explains how.
 */
#ifndef PFQ_CORE_DUP_H
#define PFQ_CORE_DUP_H

#include "view.h"

#define PFQ_DUP_MAX		(128U << 20)	/* highest size */
#define PFQ_DUP_WINDOW_MAX_NS	1000000000ULL
#define PFQ_DUP_BYTES_MAX	2048		/* highest number of bytes compared */
#define PFQ_DUP_BYTES		256		/* default */

struct pfq_dup {
	u32 mask;		/* number of buckets, minus 1 */
	u32 shift;		/* log2 of a unit of time, in ns */
	u32 window;		/* in these units */
	u32 ahead;		/* so far may another lane's clock be ahead, in these units */
	u32 reserved[12];
	u64 word[];
};

/* Bytes of a table of @size words, 1 to PFQ_DUP_MAX, which is rounded up to a power of two. */
u64 pfq_dup_bytes(u32 size);

/*
 * @t: pfq_dup_bytes() bytes, zeroed, aligned to 64. A copy is found for @window_ns, and by
 * chance up to 4 % longer. A window of 0 or above PFQ_DUP_WINDOW_MAX_NS becomes the nearest that is
 * allowed.
 */
void pfq_dup_init(struct pfq_dup *t, u32 size, u64 window_ns);

/*
 * A number of what is compared of @v. Parses it. An IP packet: all from the IP header to the end of
 * the IP packet, but at most @bytes bytes, without what a router or a tap changes: TOS or traffic
 * class, flow label, TTL or hop limit, checksum of the IPv4 header. @by_frame, and packets that are
 * no IP: the length on the wire and the first @bytes bytes of the frame.
 */
u64 pfq_dup_key(struct pfq_view *v, bool by_frame, u32 bytes, u32 seed);

/*
 * Was a packet with this key seen within the window? Remembers that it was seen now. @now_ns: the
 * packet's time by the host's clock. Any lanes, at the same time. While at most size / 4 packets
 * come within the window, at most 0.02 % of the copies are missed; of those that come at the very
 * end of it 0.12 %.
 */
bool pfq_dup_seen(struct pfq_dup *t, u64 key, u64 now_ns);

#endif /* PFQ_CORE_DUP_H */
