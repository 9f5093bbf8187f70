// SPDX-License-Identifier: GPL-2.0-only
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "../core/slack.h"
#include "hook.h"
#include "view.h"

#define TAG_BYTES	4

u32 pfqk_view_wire_bytes(const struct pfq_view *v)
{
	return v->len + (v->flags & PFQ_REC_F_VLAN ? TAG_BYTES : 0);
}

/*
 * Packets have an earlier timestamp if some socket on the host asks for timestamps. They may have
 * waited in a queue since. While anybody asks, watermarks keep what core/slack.h learns from that.
 */
static u64 timestamp(const struct sk_buff *skb, struct pfqk_cpu *cpu)
{
	u64 now = ktime_to_ns(ktime_mono_to_real(ns_to_ktime(cpu->env.now_ns)));
	u64 ts = ktime_to_ns(skb_tstamp(skb));
	u32 slack;

	if (likely(!ts))
		return now;
	WRITE_ONCE(cpu->stamped_at, get_jiffies_64());
	slack = pfq_slack_learn(cpu->slack_ns, now > ts ? now - ts : 0);
	if (unlikely(slack != cpu->slack_ns))
		WRITE_ONCE(cpu->slack_ns, slack);
	return ts;
}

/*
 * Returns the adapter's timestamp; 0: there is none. A packet that is sent may still have the stamp
 * of the device that received it. Some drivers store an address in place of a time, and only the
 * driver can read the time from there.
 */
static u64 adapter_time(const struct sk_buff *skb)
{
	const struct skb_shared_hwtstamps *stamps = skb_hwtstamps((struct sk_buff *)skb);

	if (skb->pkt_type == PACKET_OUTGOING)
		return 0;
	if (!(skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP_NETDEV))
		return ktime_to_ns(stamps->hwtstamp);
	if (!skb->dev->netdev_ops->ndo_get_tstamp)
		return 0;
	return ktime_to_ns(netdev_get_tstamp(skb->dev, stamps, false));
}

/*
 * Use the adapter's time for the record. The host's time is kept, because watermarks and core use
 * it.
 */
static void use_adapter_time(struct pfq_view *v, const struct sk_buff *skb)
{
	u64 stamp = adapter_time(skb);

	if (!stamp)
		return;
	v->host_ns = v->ts_ns;
	v->ts_ns = stamp;
	v->flags |= PFQ_REC_F_HWTS;
}

/* Is a tag among the bytes? Programs send frames so, and so do devices that cannot insert tags. */
static bool has_tag_inside(const struct sk_buff *skb)
{
	__be16 buf;
	const __be16 *type;

	if (likely(skb->pkt_type != PACKET_OUTGOING) || skb_vlan_tag_present(skb))
		return false;
	type = skb_header_pointer(skb, 2 * ETH_ALEN, sizeof(buf), &buf);
	return type && eth_type_vlan(*type) && skb->len >= VLAN_ETH_HLEN;
}

/*
 * A copy without the tag. A clone, since the bytes are about to be sent: removing the tag copies
 * the headers.
 */
static struct sk_buff *untag(const struct sk_buff *skb)
{
	struct sk_buff *own = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);

	if (!own)
		return NULL;
	if (!pskb_may_pull(own, ETH_HLEN)) {
		kfree_skb(own);
		return NULL;
	}
	skb_reset_mac_header(own);
	own->protocol = eth_hdr(own)->h_proto;
	__skb_pull(own, ETH_HLEN);
	own = skb_vlan_untag(own);
	if (own)
		__skb_push(own, own->data - skb_mac_header(own));
	return own;
}

static bool fill_bytes(struct pfq_view *v, struct pfqk_cpu *cpu, const struct sk_buff *skb)
{
	v->len = skb->len;
	if (likely(!skb_is_nonlinear(skb))) {
		v->data = skb->data;
		v->caplen = skb->len;
		return true;
	}
	v->data = cpu->bounce;
	v->caplen = min_t(u32, skb->len, PFQK_BOUNCE_BYTES);
	return !skb_copy_bits(skb, 0, cpu->bounce, v->caplen);
}

static void fill_meta(struct pfq_view *v, const struct sk_buff *skb, const struct pfqk_hook *h)
{
	bool is_out = skb->pkt_type == PACKET_OUTGOING;

	v->rxhash = skb_get_hash_raw(skb);
	v->ifindex = h->ifindex;
	v->queue = !is_out && skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) :
							   PFQ_QUEUE_UNKNOWN;
	v->flags = is_out ? PFQ_REC_F_OUT : 0;
	v->tci = 0;
	v->tpid = 0;
	if (skb_vlan_tag_present(skb)) {
		v->flags |= PFQ_REC_F_VLAN;
		v->tci = skb_vlan_tag_get(skb);
		v->tpid = ntohs(skb->vlan_proto);
	}
	v->linktype = h->linktype;
	v->protocol = ntohs(skb->protocol);
	v->pkttype = skb->pkt_type;
	v->native = skb;
	v->flow.parsed = 0;
}

struct sk_buff *pfqk_view_fill(struct pfq_view *v, struct pfqk_cpu *cpu, struct sk_buff *skb,
			       const struct pfqk_hook *h)
{
	struct sk_buff *own = skb;

	v->ts_ns = timestamp(skb, cpu);
	if (h->linktype == PFQ_LINKTYPE_ETHERNET) {
		/*
		 * data points behind the header of a received packet, and to the header of a sent
		 * one
		 */
		if (!skb_mac_header_was_set(skb) || skb->data < skb_mac_header(skb))
			return NULL;
		__skb_push(skb, skb->data - skb_mac_header(skb));
		if (skb->len < ETH_HLEN)
			return NULL;
		if (unlikely(has_tag_inside(skb)))
			own = untag(skb);
		if (!own)
			return NULL;
	} else if (!skb->len) {
		return NULL;
	}
	if (!fill_bytes(v, cpu, own)) {
		if (own != skb)
			kfree_skb(own);
		return NULL;
	}
	fill_meta(v, own, h);
	if (unlikely(h->is_adapter_time))
		use_adapter_time(v, own);
	return own;
}
