/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Makes views of the packets in a ring of AF_PACKET, for both forms of the ring. The functions are
 * inline, because the worker runs them for each packet.
 */
#ifndef PFQD_INGEST_PACKET_VIEW_H
#define PFQD_INGEST_PACKET_VIEW_H

#include "core/slack.h"
#include "packet.h"

/* If a socket on this host asked for receive timestamps, packets carry the time before a queue. */
#define PACKET_SLACK_QUEUED_NS	1000000ULL

/* a packet as the kernel describes it, in either form of the ring's header */
struct packet_head {
	uint32_t status;	/* TP_STATUS_* */
	uint32_t len, snaplen;	/* bytes on the wire, and in the ring */
	uint32_t rxhash;
	uint16_t tci, tpid;
	uint64_t ts_ns;
	const struct sockaddr_ll *sll;
	uint8_t *frame;
};

/* Learn the slack from a packet: see packet.c. */
static inline void packet_note_late(struct ingest *in, const struct packet_head *h)
{
	in->is_learned = true;
	if (h->status & TP_STATUS_TS_SOFTWARE)
		in->slack_ns = max_t(uint64_t, in->slack_ns, PACKET_SLACK_QUEUED_NS);
	if (h->ts_ns < in->watermark_ns)
		in->slack_ns = pfq_slack_learn(in->slack_ns, in->watermark_ns - h->ts_ns);
}

/*
 * Set the VLAN tag and the protocol of an Ethernet frame in @v. The tag comes from the header of
 * the ring, or from the bytes of the frame.
 */
static inline void packet_view_vlan(struct pfq_view *v, const struct packet_head *h)
{
	v->protocol = be16toh(h->sll->sll_protocol);
	if (h->status & TP_STATUS_VLAN_VALID) {
		v->flags |= PFQ_REC_F_VLAN;
		v->tci = h->tci;
		v->tpid = h->tpid;
		if (!(h->status & TP_STATUS_VLAN_TPID_VALID) || !v->tpid)
			v->tpid = ETH_P_8021Q;
		return;
	}
	/*
	 * sent packets, and packets of a device that does not remove tags, have the tag in the
	 * bytes
	 */
	pfq_untag(v, h->frame);
	if (v->flags & PFQ_REC_F_VLAN)
		v->protocol = ingest_ethertype(v);
}

/* Describe one packet of the ring in @v. Returns false for a packet that is too short. */
static inline bool packet_view_fill(struct ingest *in, struct pfq_view *v,
				    const struct packet_head *h)
{
	bool is_ethernet = in->linktype == PFQ_LINKTYPE_ETHERNET;

	if (h->snaplen < (is_ethernet ? ETH_HLEN : 1))
		return false;
	v->data = h->frame;
	v->caplen = h->snaplen;
	v->len = h->len;
	v->ts_ns = h->ts_ns;
	v->rxhash = h->rxhash;
	v->ifindex = in->ifindex;
	v->queue = in->queue;
	v->linktype = (uint16_t)in->linktype;
	v->pkttype = h->sll->sll_pkttype;
	v->flags = 0;
	v->tci = 0;
	v->tpid = 0;
	v->native = NULL;
	v->flow.parsed = 0;
	if (h->sll->sll_pkttype == PACKET_OUTGOING)
		v->flags |= PFQ_REC_F_OUT;
	if (h->status & TP_STATUS_TS_RAW_HARDWARE) {
		v->flags |= PFQ_REC_F_HWTS;
		v->host_ns = v->ts_ns;	/* the host's clock at reception is unknown */
	} else {
		packet_note_late(in, h);
	}
	if (is_ethernet)
		packet_view_vlan(v, h);
	else
		v->protocol = be16toh(h->sll->sll_protocol);
	return true;
}

/* Append the packet to @batch, which has room. */
static inline void packet_view_append(struct ingest *in, struct pfq_batch *batch,
				      const struct packet_head *h, struct packet_tally *t)
{
	struct pfq_view *v = &batch->view[batch->n];

	/* the kernel has cut the frame to less than consumers may have */
	t->cut += unlikely(h->snaplen < h->len) && h->snaplen < PFQ_SNAPLEN_MAX;
	if (packet_view_fill(in, v, h)) {
		batch->n++;
		t->bytes += v->len + (v->flags & PFQ_REC_F_VLAN ? PFQ_TAG_BYTES : 0);
	} else {
		t->malformed++;
	}
}

#endif /* PFQD_INGEST_PACKET_VIEW_H */
