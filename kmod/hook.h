/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes the packets of one device for all groups that have it bound: both
 * directions, and the host keeps them; or, as a tap, what comes in, which
 * the host then does not see. rtnl and the namespace's lock for all calls.
 */
#ifndef PFQK_HOOK_H
#define PFQK_HOOK_H

#include <linux/netdevice.h>
#include <linux/pfq.h>
#include "binding.h"
#include "retire.h"

struct pfqk_group;
struct pfqk_net;

/* what the groups want of a device */
struct pfqk_plan {
	struct pfqk_retired retired;
	u32 feeds;
	struct pfqk_feed {
		struct pfqk_group *group;
		bool is_all;
		DECLARE_BITMAP(queues, PFQK_QUEUES_MAX);
	} feed[];
};

/* Each CPU counts its own; see PFQ_INGEST_COUNTERS. */
struct pfqk_hook_stats {
	u64 counters[PFQ_INGEST_COUNTERS_MAX];
};

struct pfqk_hook {
	struct list_head entry;
	bool is_tap;
	bool is_adapter_time;	/* of all groups that bind the device */
	struct packet_type pt;	/* unless a tap */
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	u32 ifindex;
	u32 linktype;		/* PFQ_LINKTYPE_* */
	u32 users;		/* bindings */
	bool wants_promisc;	/* some group does */
	bool is_promisc;	/* we asked the device for it: promisc.c */
	struct pfqk_plan __rcu *plan;
	struct pfqk_hook_stats __percpu *stats;
	struct pfqk_retired retired;
};

/*
 * The hook on @dev, made if there is none, with one user more. Packets come
 * once pfqk_hook_update() has found a group with a binding to it. -ENOMEM;
 * -EBUSY with text: others tap the device, or not, or have another clock.
 */
int pfqk_hook_get(struct pfqk_hook **hook, struct pfqk_net *pn, struct net_device *dev,
		  bool is_tap, bool is_adapter_time, struct netlink_ext_ack *extack);

/*
 * Goes with its last user. Call pfqk_hook_update() before, when the binding has let go.
 * While the device is promiscuous for it, it is only among those that leave.
 */
void pfqk_hook_put(struct pfqk_net *pn, struct pfqk_hook *hook);

/* Lets go of the device. rtnl. */
void pfqk_hook_release(struct pfqk_hook *hook);

/* Bindings have changed: a new plan. -ENOMEM: the old one stays, less the groups that died. */
int pfqk_hook_update(struct pfqk_net *pn, struct pfqk_hook *hook, gfp_t gfp);

/* Notes whether the groups by now want the device to be promiscuous; promisc.h. */
void pfqk_hook_promisc(struct pfqk_net *pn, struct pfqk_hook *hook);

/* PFQ_DEVICE_UP or PFQ_DEVICE_DOWN */
u32 pfqk_hook_state(const struct pfqk_hook *hook);

void pfqk_hook_counters(const struct pfqk_hook *hook, u64 *counters);

#endif /* PFQK_HOOK_H */
