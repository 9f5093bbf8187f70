// SPDX-License-Identifier: GPL-2.0-only
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "group.h"
#include "hook.h"
#include "inject.h"
#include "netlink.h"
#include "netns.h"

/* Find the first device and take a reference. NULL: the group has no device that is there. */
static struct net_device *first_device(struct pfqk_request *req, netdevice_tracker *tracker,
				       u32 *linktype)
{
	const struct pfqk_group *g;
	struct net_device *dev = NULL;
	u32 i;

	mutex_lock(&req->pn->lock);
	g = req->ep->group;
	for (i = 0; g && !dev && i < g->bindings; i++) {
		if (!g->binding[i].hook)
			continue;
		dev = g->binding[i].hook->dev;
		*linktype = g->binding[i].hook->linktype;
		netdev_hold(dev, tracker, GFP_KERNEL);
	}
	mutex_unlock(&req->pn->lock);
	return dev;
}

static bool is_tagged(const u8 *frame, u32 bytes)
{
	return bytes >= VLAN_ETH_HLEN && eth_type_vlan(((const struct ethhdr *)frame)->h_proto);
}

/*
 * Refuse a frame if the device is down, or if the frame is shorter than a link header or longer
 * than the device takes. Returns 0, or -errno with text in the request.
 */
static int check_frame(struct pfqk_request *req, const struct net_device *dev, u32 linktype,
		       const u8 *frame, u32 bytes)
{
	bool is_ethernet = linktype == PFQ_LINKTYPE_ETHERNET;
	u32 max = dev->mtu + (is_ethernet ? ETH_HLEN : 0) +
		  (is_ethernet && is_tagged(frame, bytes) ? VLAN_HLEN : 0);

	if (!(dev->flags & IFF_UP))
		return pfqk_refuse(req, PFQ_A_FRAME, -ENETDOWN, "the group's first device is down");
	if (bytes < (is_ethernet ? ETH_HLEN : 1))
		return pfqk_refuse(req, PFQ_A_FRAME, -EINVAL,
				   "the frame is shorter than its link header");
	if (bytes > max)
		return pfqk_refuse(req, PFQ_A_FRAME, -EMSGSIZE,
				   "the frame is longer than the device takes");
	return 0;
}

/*
 * Set the protocol from the Ethernet header. A frame without one is IPv6 if its first four bits say
 * so, and else IPv4.
 */
static void set_protocol(struct sk_buff *skb, u32 linktype)
{
	skb_reset_mac_header(skb);
	if (linktype == PFQ_LINKTYPE_ETHERNET) {
		skb->protocol = eth_hdr(skb)->h_proto;
		skb_set_network_header(skb, ETH_HLEN);
	} else {
		skb->protocol = htons(skb->data[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
		skb_reset_network_header(skb);
	}
	skb_probe_transport_header(skb);
}

/*
 * Copy the frame into a new packet, remember the frame as an echo, and queue the packet at the
 * device. Returns 0 or -errno. May sleep.
 */
static int send(struct pfqk_request *req, struct net_device *dev, u32 linktype, const u8 *frame,
		u32 bytes)
{
	struct sk_buff *skb = alloc_skb(LL_RESERVED_SPACE(dev) + bytes + dev->needed_tailroom,
					GFP_KERNEL_ACCOUNT);
	int err;

	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_put_data(skb, frame, bytes);
	skb->dev = dev;
	set_protocol(skb, linktype);
	/* before it is sent, because a lane may meet it before dev_queue_xmit() returns */
	pfq_echo_add(&req->ep->echo, frame, bytes, ktime_get_real_ns());
	err = dev_queue_xmit(skb);
	return err > 0 ? net_xmit_errno(err) : err;
}

int pfqk_inject(struct pfqk_request *req, const void *frame, u32 bytes)
{
	netdevice_tracker tracker;
	struct net_device *dev;
	u32 linktype = 0;
	int err;

	dev = first_device(req, &tracker, &linktype);
	if (!dev)
		return pfqk_refuse(req, PFQ_A_FRAME, -EOPNOTSUPP,
				   "the group has no device to send through");
	err = check_frame(req, dev, linktype, frame, bytes);
	if (!err)
		err = send(req, dev, linktype, frame, bytes);
	netdev_put(dev, &tracker);
	return err;
}
