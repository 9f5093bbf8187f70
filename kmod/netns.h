/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's part of a network namespace. */
#ifndef PFQK_NETNS_H
#define PFQK_NETNS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct net;

struct pfqk_net {
	struct list_head entry;		/* in the list of all namespaces */
	struct net *net;
	struct mutex lock;
	struct list_head groups;	/* in the order of serial */
	u32	group_count;
	u64	last_serial;
	u32	last_endpoint_id;
	struct list_head hooks;
	/* hooks without bindings, until their devices are no longer promiscuous for them */
	struct list_head leaving;
	struct work_struct promisc;	/* work item, see promisc.h */
	struct delayed_work linger;	/* see absent.h */
	struct delayed_work profiles;	/* see profile.h */
};

/*
 * @empty: destroys all groups of a namespace that goes. Under its locks. @linger, @profiles: the
 * functions of pfqk_net.linger and pfqk_net.profiles.
 */
int pfqk_netns_init(void (*empty)(struct pfqk_net *pn), work_func_t linger, work_func_t profiles);
void pfqk_netns_exit(void);

/*
 * Take rtnl and the namespace's lock, to bind or unbind. pfqk_netns_unlock() also makes the
 * devices promiscuous, or not, as the groups now want it.
 */
void pfqk_netns_lock(struct pfqk_net *pn);
void pfqk_netns_unlock(struct pfqk_net *pn);

/* Call @fn for each namespace, under its lock. */
void pfqk_netns_for_each(void (*fn)(struct pfqk_net *pn, void *arg), void *arg);

/* The module's part of @net. Never NULL. Any context. */
struct pfqk_net *pfqk_netns_of(const struct net *net);

#endif /* PFQK_NETNS_H */
