/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes the packets of one device for all groups that bind it. A sniffing hook takes both
 * directions, and the host still gets its packets. A tap takes received packets only, and the host
 * does not get them. All functions need rtnl and the namespace's lock.
 */
#ifndef PFQK_HOOK_H
#define PFQK_HOOK_H

#include <linux/netdevice.h>
#include <linux/pfq.h>
#include "binding.h"
#include "retire.h"

struct pfqk_group;
struct pfqk_net;

/* The groups that take packets of a device, and their queues. */
struct pfqk_plan {
	struct pfqk_retired retired;
	u32 feeds;
	struct pfqk_feed {
		struct pfqk_group *group;
		bool is_all;	/* all queues; the bitmap is not used */
		DECLARE_BITMAP(queues, PFQK_QUEUES_MAX);
	} feed[];
};

/* Each CPU has its own counters: PFQ_INGEST_COUNTERS. */
struct pfqk_hook_stats {
	u64 counters[PFQ_INGEST_COUNTERS_MAX];
};

struct pfqk_hook {
	struct list_head entry;
	bool is_tap;
	bool is_adapter_time;	/* the same for all groups that bind the device */
	struct packet_type pt;	/* not used by a tap */
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	u32 ifindex;
	u32 linktype;		/* PFQ_LINKTYPE_* */
	u32 users;		/* number of bindings */
	bool wants_promisc;	/* some group wants it */
	bool is_promisc;	/* the hook has asked the device for it: promisc.c */
	struct pfqk_plan __rcu *plan;
	struct pfqk_hook_stats __percpu *stats;
	struct pfqk_retired retired;
};

/*
 * Get the hook on @dev, or make one, and add a user. Packets come after pfqk_hook_update() has
 * found a group with a binding to the hook. Returns -ENOMEM; or -EBUSY with text, if other groups
 * of the device have another mode or another clock.
 */
int pfqk_hook_get(struct pfqk_hook **hook, struct pfqk_net *pn, struct net_device *dev,
		  bool is_tap, bool is_adapter_time, struct netlink_ext_ack *extack);

/*
 * Remove a user. The last one ends the hook: the hook takes no further packets. A hook that has
 * made its device promiscuous goes to the list of leaving hooks, and promisc.c releases it. Any
 * other hook is released here. The caller removes the binding and calls pfqk_hook_update() before.
 */
void pfqk_hook_put(struct pfqk_net *pn, struct pfqk_hook *hook);

/*
 * Drop the reference to the device, and free the hook after a grace period. The caller has taken
 * the hook from the list of leaving hooks, if the hook was there. Under rtnl.
 */
void pfqk_hook_release(struct pfqk_hook *hook);

/* Bindings have changed: make a new plan. -ENOMEM: the old plan stays. */
int pfqk_hook_update(struct pfqk_net *pn, struct pfqk_hook *hook, gfp_t gfp);

/* Note whether a group wants the device to be promiscuous; promisc.h then changes it. */
void pfqk_hook_promisc(struct pfqk_net *pn, struct pfqk_hook *hook);

/* PFQ_DEVICE_UP or PFQ_DEVICE_DOWN */
u32 pfqk_hook_state(const struct pfqk_hook *hook);

/* The sums over all CPUs, PFQ_INGEST_COUNTERS_MAX of them. */
void pfqk_hook_counters(const struct pfqk_hook *hook, u64 *counters);

#endif /* PFQK_HOOK_H */
