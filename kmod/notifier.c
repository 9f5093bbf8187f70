// SPDX-License-Identifier: GPL-2.0-only
/*
 * A binding waits for a device that has its name, first or alternative. Then it stays with that
 * device, even under another name, until the device ends, changes its type, or moves to another
 * network namespace. The kernel reports such a move as NETDEV_UNREGISTER.
 *
 * The kernel may hold the device's own lock in all notifications except NETDEV_UNREGISTER.
 * Functions that take this lock must not be called here (promisc.h).
 */
#include <linux/netdevice.h>
#include <net/net_namespace.h>
#include "group.h"
#include "hook.h"
#include "netns.h"
#include "notifier.h"
#include "promisc.h"

typedef void (*binding_fn)(struct pfqk_group *g, struct pfqk_binding *b, struct net_device *dev);

static void device_gone(struct pfqk_group *g, struct pfqk_binding *b, struct net_device *dev)
{
	if (b->hook && b->hook->dev == dev)
		pfqk_group_detach(g, b);
}

static void device_here(struct pfqk_group *g, struct pfqk_binding *b, struct net_device *dev)
{
	if (!b->hook && __dev_get_by_name(g->pn->net, b->device) == dev)
		pfqk_group_attach_later(g, b);
}

static const struct {
	unsigned long event;
	binding_fn fn;
} events[] = {
	{ NETDEV_REGISTER, device_here },
	{ NETDEV_UNREGISTER, device_gone },
	{ NETDEV_CHANGENAME, device_here },
	/*
	 * The device may have got an alternative name. If it is up, this event follows; if it is
	 * down, it is used only when it comes up.
	 */
	{ NETDEV_CHANGE, device_here },
	{ NETDEV_UP, device_here },
	{ NETDEV_PRE_TYPE_CHANGE, device_gone },
	{ NETDEV_POST_TYPE_CHANGE, device_here },
};

static void for_each_binding(struct pfqk_net *pn, binding_fn fn, struct net_device *dev)
{
	struct pfqk_group *g;
	u32 i;

	mutex_lock(&pn->lock);
	list_for_each_entry(g, &pn->groups, entry) {
		for (i = 0; i < g->bindings; i++)
			fn(g, &g->binding[i], dev);
		/* a device may have another name */
		pfqk_group_program_devices(g);
	}
	mutex_unlock(&pn->lock);
}

static int notify(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct pfqk_net *pn = pfqk_netns_of(dev_net(dev));
	u32 i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		if (events[i].event != event)
			continue;
		for_each_binding(pn, events[i].fn, dev);
		if (event == NETDEV_UNREGISTER)
			pfqk_promisc_apply_gone(pn, dev);
		else
			pfqk_promisc_later(pn);
	}
	return NOTIFY_DONE;
}

static struct notifier_block block = { .notifier_call = notify };

int pfqk_notifier_init(void)
{
	return register_netdevice_notifier(&block);
}

void pfqk_notifier_exit(void)
{
	/*
	 * unregistering sends NETDEV_UNREGISTER for every device, so that remaining bindings are
	 * undone
	 */
	unregister_netdevice_notifier(&block);
}
