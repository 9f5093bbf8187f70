/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Loads of a filter that are not at a plain offset of the packet. User space only. */
#include "filter_insn.h"
#include "payload.h"
#include <linux/filter.h>

/* Offsets of special meaning are negative numbers, kept in an unsigned field. */
#define NET_OFF		((u32)SKF_NET_OFF)
#define LL_OFF		((u32)SKF_LL_OFF)

/* The offset that SKF_NET_OFF counts from; ~0 if unknown. */
static u32 net_offset(const struct pfq_view *v)
{
	if (v->linktype == PFQ_LINKTYPE_ETHERNET)
		return 14;
	return v->linktype == PFQ_LINKTYPE_RAW ? 0 : ~0U;
}

static const u8 *at_negative(const struct pfq_view *v, u32 off, u32 bytes)
{
	u64 pos;

	if (off >= NET_OFF)
		pos = (u64)net_offset(v) + (off - NET_OFF);
	else if (off >= LL_OFF)
		pos = off - LL_OFF;
	else
		return NULL;
	return pos + bytes <= v->caplen ? v->data + pos : NULL;
}

int64_t pfq_filter_far(const struct pfq_view *v, u32 off, u32 bytes)
{
	const u8 *p;

	if (off & 0x80000000)
		p = at_negative(v, off, bytes);
	else
		p = (u64)off + bytes <= v->caplen ? v->data + off : NULL;
	if (!p)
		return -1;
	return bytes == 4 ? get_unaligned_be32(p) : bytes == 2 ? get_unaligned_be16(p) : *p;
}

/* As Linux: the offset of what is behind IP, if the transport header is not understood. */
static u32 payload_offset(const struct pfq_view *view)
{
	struct pfq_view v = *view;
	u32 off;

	pfq_parse(&v);
	off = pfq_payload_offset(&v);
	return off ? off : v.flow.l4_offset;
}

u32 pfq_filter_ancillary(const struct pfq_view *v, u32 kind)
{
	bool tagged = v->flags & PFQ_REC_F_VLAN;

	switch (kind) {
	case SKF_AD_PROTOCOL:
		return v->protocol;
	case SKF_AD_PKTTYPE:
		return v->pkttype;
	case SKF_AD_IFINDEX:
		return v->ifindex;
	case SKF_AD_QUEUE:
		/*
		 * Linux shows its internal number: the queue plus 1, and 0 if no queue was
		 * recorded.
		 */
		return (u16)(v->queue + 1);
	case SKF_AD_HATYPE:
		return v->linktype == PFQ_LINKTYPE_ETHERNET ? 1 : 0xfffe; /* ARPHRD_NONE */
	case SKF_AD_RXHASH:
		return v->rxhash;
	case SKF_AD_CPU:
		return raw_smp_processor_id();
	case SKF_AD_VLAN_TAG:
		return tagged ? v->tci : 0;
	case SKF_AD_VLAN_TAG_PRESENT:
		return tagged;
	case SKF_AD_VLAN_TPID:
		return tagged ? v->tpid : 0;
	case SKF_AD_PAY_OFFSET:
		return payload_offset(v);
	case SKF_AD_RANDOM:
		return get_random_u32();
	}
	/*
	 * SKF_AD_MARK: a view has none. SKF_AD_NLATTR*: a view is no netlink message, so nothing
	 * is found.
	 */
	return 0;
}
