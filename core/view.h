/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A view is one packet in the form that every ingest gives it; a batch is an array of them.
 *
 * The bytes are the frame without its outer VLAN tag (802.1Q or 802.1ad), even if the device left
 * it there. The tag is in tci and tpid. Filters run on this form. len and caplen count these
 * bytes: the record of a tagged packet is 4 bytes longer.
 */
#ifndef PFQ_CORE_VIEW_H
#define PFQ_CORE_VIEW_H

#include <pfq_deps.h>
#include <linux/pfq.h>

#define PFQ_BATCH_MAX		64

#define PFQ_LINKTYPE_ETHERNET	1
#define PFQ_LINKTYPE_RAW	101	/* the packet begins with the IPv4 or IPv6 header */

#define PFQ_QUEUE_UNKNOWN	0xffff

#define PFQ_TAG_BYTES		4	/* of a VLAN tag */
#define PFQ_TAG_OFFSET		12	/* of its type: both addresses are before it */

/* The result of parsing, see parse.h. */
struct pfq_flow {
	u8	parsed;		/* set: the other fields are valid */
	u8	version;	/* 4, 6, or 0 for no IP */
	u8	proto;		/* of the transport header; extension headers are skipped */
	u8	flags;		/* PFQ_FLOW_* */
	u16	l3_offset;
	u16	l4_offset;	/* 0: not within caplen */
	u16	sport, dport;	/* host order; only with PFQ_FLOW_PORTS */
	u32	frag_id;	/* only with PFQ_FLOW_FRAG or PFQ_FLOW_FRAG_HEADER */
	u16	frag;		/* only with PFQ_FLOW_FRAG_HEADER: offset and flags, as there */
};

struct pfq_view {
	const u8 *data;		/* caplen bytes; nothing reads beyond them */
	/*
	 * Most of the packet's record, under other names, so that one assignment fills the record
	 * in.
	 */
	union {
		struct pfq_rec rec;
		struct {
			u64	ts_ns;
			u32	len;		/* bytes on the wire */
			u32	caplen;		/* bytes at data */
			u16	tci;		/* host order; only with PFQ_REC_F_VLAN */
			u16	tpid;
			u32	rxhash;		/* the device's or kernel's hash; 0: none */
			u32	ifindex;
			u16	flags;		/* PFQ_REC_F_VLAN, _OUT and _HWTS, no others */
			u16	queue;		/* PFQ_QUEUE_UNKNOWN if unknown */
		};
	};
	u16	linktype;	/* PFQ_LINKTYPE_*; other values are not parsed */
	u16	protocol;	/* for SKF_AD_PROTOCOL: the ethertype in host order */
	u8	pkttype;	/* for SKF_AD_PKTTYPE: PACKET_HOST ... PACKET_OUTGOING */
	const void *native;	/* the kernel's sk_buff; NULL in user space */
	struct pfq_flow flow;	/* the maker of a view clears flow.parsed */
	/* with PFQ_REC_F_HWTS, whose ts_ns is of another clock: the time by the host's clock */
	u64	host_ns;
};

/* Does the view have @bytes bytes at @off? */
static inline bool pfq_view_has(const struct pfq_view *v, u32 off, u32 bytes)
{
	return v->caplen >= bytes && off <= v->caplen - bytes;
}

struct pfq_batch {
	unsigned int n;
	struct pfq_view view[PFQ_BATCH_MAX];
};

#endif /* PFQ_CORE_VIEW_H */
