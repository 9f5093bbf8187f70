// SPDX-License-Identifier: GPL-2.0-only
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "../core/linktype.h"
#include "cpu.h"
#include "group.h"
#include "hook.h"
#include "lane.h"
#include "netns.h"
#include "view.h"

/* --- a packet's way --------------------------------------------------------- */

static bool is_wanted(const struct pfqk_feed *f, const struct sk_buff *skb)
{
	u32 queue;

	if (f->is_all)
		return true;
	/*
	 * a sent packet stores its transmit queue in the same field, so bindings of queues take
	 * received ones only
	 */
	if (skb->pkt_type == PACKET_OUTGOING)
		return false;
	/* If the driver has not recorded a queue: queue 0, the only one of most such devices. */
	queue = skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : 0;
	return queue < PFQK_QUEUES_MAX && test_bit(queue, f->queues);
}

static void count(struct pfqk_hook *h, u32 counter, u64 n)
{
	u64 *c = &this_cpu_ptr(h->stats)->counters[counter];

	WRITE_ONCE(*c, *c + n);
}

static void run(struct pfqk_hook *h, struct pfqk_cpu *cpu, struct sk_buff *skb)
{
	const struct pfqk_plan *plan = rcu_dereference(h->plan);
	struct pfq_view *v = &cpu->batch.view[0];
	struct sk_buff *own;
	u32 i;

	if (!plan)
		return;
	own = pfqk_view_fill(v, cpu, skb, h);
	if (!own) {
		count(h, PFQ_INGEST_drop_malformed, 1);
		return;
	}
	count(h, PFQ_INGEST_rx_packets, 1);
	count(h, PFQ_INGEST_rx_bytes, pfqk_view_wire_bytes(v));
	cpu->batch.n = 1;
	for (i = 0; i < plan->feeds; i++) {
		if (is_wanted(&plan->feed[i], skb))
			pfqk_lane_run(plan->feed[i].group, cpu);
	}
	if (own != skb)
		consume_skb(own);
}

/* Bottom halves are off: this is lane context. The hook frees @skb, which may be shared. */
static int hook_sniff(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
			struct net_device *orig_dev)
{
	struct pfqk_hook *h = container_of(pt, struct pfqk_hook, pt);
	struct pfqk_cpu *cpu = pfqk_cpu_own();
	u8 *head = skb->data;
	u32 len = skb->len;

	/* the host's own multicast, looped back: it was seen when it was sent */
	if (skb->pkt_type == PACKET_LOOPBACK) {
		consume_skb(skb);
		return 0;
	}
	pfqk_lane_enter(cpu);
	run(h, cpu, skb);
	pfqk_lane_leave(cpu);
	/* other users share the packet and rely on its data pointer */
	if (head != skb->data && skb_shared(skb)) {
		skb->data = head;
		skb->len = len;
	}
	consume_skb(skb);
	return 0;
}

/* The same for a tap. Packets that no group takes go on to the host. */
static rx_handler_result_t hook_tap(struct sk_buff **pskb)
{
	struct pfqk_hook *h = rcu_dereference((*pskb)->dev->rx_handler_data);
	const struct pfqk_plan *plan = rcu_dereference(h->plan);
	struct pfqk_cpu *cpu = pfqk_cpu_own();
	bool is_taken = false;
	u32 i;

	if ((*pskb)->pkt_type == PACKET_LOOPBACK)
		return RX_HANDLER_PASS;
	for (i = 0; plan && i < plan->feeds && !is_taken; i++)
		is_taken = is_wanted(&plan->feed[i], *pskb);
	if (!is_taken)
		return RX_HANDLER_PASS;
	*pskb = skb_share_check(*pskb, GFP_ATOMIC);
	if (!*pskb) {
		count(h, PFQ_INGEST_drop_socket, 1);
		return RX_HANDLER_CONSUMED;
	}
	pfqk_lane_enter(cpu);
	run(h, cpu, *pskb);
	pfqk_lane_leave(cpu);
	consume_skb(*pskb);
	return RX_HANDLER_CONSUMED;
}

/* --- control ----------------------------------------------------------------- */

static struct pfqk_hook *find(struct pfqk_net *pn, const struct net_device *dev)
{
	struct pfqk_hook *h;

	list_for_each_entry(h, &pn->hooks, entry) {
		if (h->dev == dev)
			return h;
	}
	return NULL;
}

static struct pfqk_hook *alloc(struct net_device *dev, bool is_tap, bool is_adapter_time)
{
	struct pfqk_hook *h = kzalloc(sizeof(*h), GFP_KERNEL);

	if (!h)
		return NULL;
	h->stats = alloc_percpu(struct pfqk_hook_stats);
	if (!h->stats) {
		kfree(h);
		return NULL;
	}
	h->users = 1;
	h->dev = dev;
	h->is_tap = is_tap;
	h->is_adapter_time = is_adapter_time;
	h->ifindex = dev->ifindex;
	h->linktype = pfq_linktype_of(dev->type);
	h->pt.type = htons(ETH_P_ALL);
	h->pt.dev = dev;
	h->pt.func = hook_sniff;
	/* frames sent on the loopback device are received there at once */
	h->pt.ignore_outgoing = dev->type == ARPHRD_LOOPBACK;
	return h;
}

static int install(struct pfqk_hook *h, struct netlink_ext_ack *extack)
{
	int err;

	if (!h->is_tap) {
		dev_add_pack(&h->pt);
		return 0;
	}
	err = netdev_rx_handler_register(h->dev, hook_tap, h);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "the device cannot be tapped: it is a port of a bridge, a bond or "
			       "the like, or such a device itself; allowed: mode = sniff");
	return err;
}

static int share(struct pfqk_hook *h, bool is_tap, bool is_adapter_time,
		 struct netlink_ext_ack *extack)
{
	if (h->is_tap != is_tap) {
		NL_SET_ERR_MSG(extack, "another group uses the device in the other mode, tap or "
			       "sniff; allowed: the same mode in both");
		return -EBUSY;
	}
	if (h->is_adapter_time != is_adapter_time) {
		NL_SET_ERR_MSG(extack,
			       "one group of the device has the host's timestamps, the other the "
			       "adapter's; allowed: the same in both");
		return -EBUSY;
	}
	h->users++;
	return 0;
}

int pfqk_hook_get(struct pfqk_hook **out, struct pfqk_net *pn, struct net_device *dev, bool is_tap,
		  bool is_adapter_time, struct netlink_ext_ack *extack)
{
	struct pfqk_hook *h = find(pn, dev);
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&pn->lock);
	if (h) {
		err = share(h, is_tap, is_adapter_time, extack);
		if (!err)
			*out = h;
		return err;
	}
	h = alloc(dev, is_tap, is_adapter_time);
	if (!h)
		return -ENOMEM;
	err = install(h, extack);
	if (err) {
		free_percpu(h->stats);
		kfree(h);
		return err;
	}
	netdev_hold(dev, &h->dev_tracker, GFP_KERNEL);
	list_add_tail(&h->entry, &pn->hooks);
	*out = h;
	return 0;
}

static void plan_free(struct pfqk_retired *r)
{
	kvfree(container_of(r, struct pfqk_plan, retired));
}

static void hook_free(struct pfqk_retired *r)
{
	struct pfqk_hook *h = container_of(r, struct pfqk_hook, retired);

	kvfree(rcu_dereference_protected(h->plan, true));
	free_percpu(h->stats);
	kfree(h);
}

void pfqk_hook_release(struct pfqk_hook *h)
{
	netdev_put(h->dev, &h->dev_tracker);
	h->dev = NULL;
	pfqk_retire(&h->retired, hook_free);
}

void pfqk_hook_put(struct pfqk_net *pn, struct pfqk_hook *h)
{
	ASSERT_RTNL();
	lockdep_assert_held(&pn->lock);
	if (--h->users)
		return;
	/* receivers may run in the hook until it is freed; they do not use dev */
	if (h->is_tap)
		netdev_rx_handler_unregister(h->dev);
	else
		__dev_remove_pack(&h->pt);
	list_del(&h->entry);
	h->wants_promisc = false;
	if (h->is_promisc)
		list_add_tail(&h->entry, &pn->leaving);
	else
		pfqk_hook_release(h);
}

static const struct pfqk_binding *binding_to(const struct pfqk_group *g, const struct pfqk_hook *h)
{
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		if (g->binding[i].hook == h)
			return &g->binding[i];
	}
	return NULL;
}

/* A group binds a device once, with all or some of its queues. */
int pfqk_hook_update(struct pfqk_net *pn, struct pfqk_hook *h, gfp_t gfp)
{
	struct pfqk_plan *plan, *old;
	const struct pfqk_binding *b;
	struct pfqk_group *g;
	u32 n = 0;

	lockdep_assert_held(&pn->lock);
	list_for_each_entry(g, &pn->groups, entry)
		n += !!binding_to(g, h);
	plan = kvzalloc(struct_size(plan, feed, n), gfp);
	if (!plan)
		return -ENOMEM;
	list_for_each_entry(g, &pn->groups, entry) {
		struct pfqk_feed *f = &plan->feed[plan->feeds];

		b = binding_to(g, h);
		if (!b)
			continue;
		f->group = g;
		f->is_all = b->is_all;
		bitmap_copy(f->queues, b->queues, PFQK_QUEUES_MAX);
		plan->feeds++;
	}
	old = rcu_replace_pointer(h->plan, plan, lockdep_is_held(&pn->lock));
	if (old)
		pfqk_retire(&old->retired, plan_free);
	return 0;
}

static bool wants_promisc(const struct pfqk_group *g)
{
	const struct pfqk_endpoint *ep;

	if (g->settings.promisc)
		return true;
	list_for_each_entry(ep, &g->member, entry) {
		if (ep->params.promisc)
			return true;
	}
	return false;
}

void pfqk_hook_promisc(struct pfqk_net *pn, struct pfqk_hook *h)
{
	const struct pfqk_group *g;
	bool wanted = false;

	ASSERT_RTNL();
	lockdep_assert_held(&pn->lock);
	list_for_each_entry(g, &pn->groups, entry)
		wanted |= binding_to(g, h) && wants_promisc(g);
	h->wants_promisc = wanted;
}

u32 pfqk_hook_state(const struct pfqk_hook *h)
{
	return h->dev->flags & IFF_UP ? PFQ_DEVICE_UP : PFQ_DEVICE_DOWN;
}

void pfqk_hook_counters(const struct pfqk_hook *h, u64 *counters)
{
	int cpu;
	u32 i;

	memset(counters, 0, PFQ_INGEST_COUNTERS_MAX * sizeof(*counters));
	for_each_possible_cpu(cpu) {
		for (i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
			counters[i] += READ_ONCE(per_cpu_ptr(h->stats, cpu)->counters[i]);
	}
}
