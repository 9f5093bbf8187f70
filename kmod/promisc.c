// SPDX-License-Identifier: GPL-2.0-only
/* rtnl protects both lists, wants_promisc of their hooks, and the devices. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "hook.h"
#include "netns.h"
#include "promisc.h"

static void leave(struct pfqk_hook *h)
{
	list_del(&h->entry);
	dev_set_promiscuity(h->dev, -1);
	pfqk_hook_release(h);
}

void pfqk_promisc_apply(struct pfqk_net *pn)
{
	struct pfqk_hook *h, *next;

	ASSERT_RTNL();
	list_for_each_entry(h, &pn->hooks, entry) {
		if (h->wants_promisc == h->is_promisc)
			continue;
		/* if the device refuses, the next change of any kind tries again */
		if (!dev_set_promiscuity(h->dev, h->wants_promisc ? 1 : -1))
			h->is_promisc = h->wants_promisc;
	}
	list_for_each_entry_safe(h, next, &pn->leaving, entry)
		leave(h);
}

void pfqk_promisc_apply_gone(struct pfqk_net *pn, const struct net_device *dev)
{
	struct pfqk_hook *h, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(h, next, &pn->leaving, entry) {
		if (h->dev == dev)
			leave(h);
	}
}

static bool is_due(const struct pfqk_net *pn)
{
	const struct pfqk_hook *h;

	list_for_each_entry(h, &pn->hooks, entry) {
		if (h->wants_promisc != h->is_promisc)
			return true;
	}
	return !list_empty(&pn->leaving);
}

void pfqk_promisc_later(struct pfqk_net *pn)
{
	ASSERT_RTNL();
	if (is_due(pn))
		schedule_work(&pn->promisc);
}

static void promisc_work(struct work_struct *work)
{
	rtnl_lock();
	pfqk_promisc_apply(container_of(work, struct pfqk_net, promisc));
	rtnl_unlock();
}

void pfqk_promisc_init(struct pfqk_net *pn)
{
	INIT_WORK(&pn->promisc, promisc_work);
}

void pfqk_promisc_exit(struct pfqk_net *pn)
{
	cancel_work_sync(&pn->promisc);
}
