// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "netns.h"
#include "promisc.h"

static unsigned int net_id;

/* taken before a namespace's own lock */
static DEFINE_MUTEX(all_lock);
static LIST_HEAD(all);

static void (*empty_net)(struct pfqk_net *pn);
static work_func_t linger_work, profiles_work;

struct pfqk_net *pfqk_netns_of(const struct net *net)
{
	return net_generic(net, net_id);
}

void pfqk_netns_lock(struct pfqk_net *pn)
{
	rtnl_lock();
	mutex_lock(&pn->lock);
}

void pfqk_netns_unlock(struct pfqk_net *pn)
{
	mutex_unlock(&pn->lock);
	pfqk_promisc_apply(pn);
	rtnl_unlock();
}

static int __net_init net_init(struct net *net)
{
	struct pfqk_net *pn = pfqk_netns_of(net);

	pn->net = net;
	mutex_init(&pn->lock);
	INIT_LIST_HEAD(&pn->groups);
	INIT_LIST_HEAD(&pn->hooks);
	INIT_LIST_HEAD(&pn->leaving);
	pfqk_promisc_init(pn);
	INIT_DELAYED_WORK(&pn->linger, linger_work);
	INIT_DELAYED_WORK(&pn->profiles, profiles_work);
	mutex_lock(&all_lock);
	list_add_tail(&pn->entry, &all);
	mutex_unlock(&all_lock);
	return 0;
}

/* Members hold their namespace, so that only groups without members are left. */
static void __net_exit net_exit(struct net *net)
{
	struct pfqk_net *pn = pfqk_netns_of(net);

	mutex_lock(&all_lock);
	list_del(&pn->entry);
	mutex_unlock(&all_lock);
	/*
	 * no notification about this namespace's devices, and none to this module, comes any more
	 */
	pfqk_promisc_exit(pn);
	cancel_delayed_work_sync(&pn->linger);
	cancel_delayed_work_sync(&pn->profiles);
	pfqk_netns_lock(pn);
	empty_net(pn);
	pfqk_netns_unlock(pn);
	WARN_ON(!list_empty(&pn->hooks) || !list_empty(&pn->leaving));
}

void pfqk_netns_for_each(void (*fn)(struct pfqk_net *pn, void *arg), void *arg)
{
	struct pfqk_net *pn;

	mutex_lock(&all_lock);
	list_for_each_entry(pn, &all, entry) {
		mutex_lock(&pn->lock);
		fn(pn, arg);
		mutex_unlock(&pn->lock);
	}
	mutex_unlock(&all_lock);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &net_id,
	.size = sizeof(struct pfqk_net),
};

int pfqk_netns_init(void (*empty)(struct pfqk_net *pn), work_func_t linger, work_func_t profiles)
{
	linger_work = linger;
	profiles_work = profiles;
	empty_net = empty;
	return register_pernet_subsys(&net_ops);
}

void pfqk_netns_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}
