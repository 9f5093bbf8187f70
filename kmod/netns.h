/* SPDX-License-Identifier: GPL-2.0-only */
/* What a network namespace has. */
#ifndef PFQK_NETNS_H
#define PFQK_NETNS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct net;

struct pfqk_net {
	struct list_head entry;		/* of all */
	struct net *net;
	struct mutex lock;
	struct list_head groups;	/* by serial */
	u32	group_count;
	u64	last_serial;
	u32	last_endpoint_id;
	struct list_head hooks;
	struct list_head leaving;	/* hooks without bindings, whose devices are promiscuous for them */
	struct work_struct promisc;	/* see promisc.h */
};

int pfqk_netns_init(void);
void pfqk_netns_exit(void);

/*
 * rtnl and the namespace's lock, for whoever binds or unbinds. Who gives them back
 * has the devices made promiscuous, or no longer, as the groups want it by then.
 */
void pfqk_netns_lock(struct pfqk_net *pn);
void pfqk_netns_unlock(struct pfqk_net *pn);

/* @fn for each, under its lock */
void pfqk_netns_for_each(void (*fn)(struct pfqk_net *pn, void *arg), void *arg);

struct pfqk_net *pfqk_netns_of(const struct net *net);

#endif /* PFQK_NETNS_H */
