// SPDX-License-Identifier: GPL-2.0-only
/* Which devices feed a group. rtnl and the namespace's lock are held throughout. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "group.h"
#include "hook.h"
#include "netns.h"

static bool covers(const struct pfqk_group *g, const struct pfqk_binding *b)
{
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		if (pfqk_binding_covers(&g->binding[i], b))
			return true;
	}
	return false;
}

bool pfqk_group_covers(const struct pfqk_group *g, const struct pfqk_binding_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++) {
		if (!covers(g, &list->binding[i]))
			return false;
	}
	return true;
}

/* the binding stays without a hook where the device is not of the group's link type */
static int check_device(const struct pfqk_group *g, const struct net_device *dev,
			struct netlink_ext_ack *extack)
{
	u32 linktype;

	if (!dev) {
		NL_SET_ERR_MSG(extack, "no such device in this network namespace");
		return -ENODEV;
	}
	linktype = pfqk_hook_linktype(dev);
	if (!linktype) {
		NL_SET_ERR_MSG(extack, "its link type is not supported; Ethernet, loopback and "
			       "devices of bare IP are");
		return -EOPNOTSUPP;
	}
	if (g->linktype && g->linktype != linktype) {
		NL_SET_ERR_MSG(extack, "its link type is not that of the group; bind it to another one");
		return -EINVAL;
	}
	return 0;
}

static int attach(struct pfqk_group *g, struct pfqk_binding *b, struct net_device *dev,
		  struct netlink_ext_ack *extack)
{
	int err;

	err = pfqk_hook_get(&b->hook, g->pn, dev, g->settings.is_tap,
			    g->settings.is_adapter_time, extack);
	if (err)
		return err;
	err = pfqk_hook_update(g->pn, b->hook, GFP_KERNEL);
	if (err) {
		pfqk_hook_put(g->pn, b->hook);
		b->hook = NULL;
		return err;
	}
	g->linktype = b->hook->linktype;
	pfqk_hook_promisc(g->pn, b->hook);
	return 0;
}

void pfqk_group_detach(struct pfqk_group *g, struct pfqk_binding *b)
{
	struct pfqk_hook *h = b->hook;

	if (!h)
		return;
	b->hook = NULL;
	/* what is taken away must go: the plan holds a pointer to the group */
	pfqk_hook_update(g->pn, h, GFP_KERNEL | __GFP_NOFAIL);
	pfqk_hook_promisc(g->pn, h);
	pfqk_hook_put(g->pn, h);
}

int pfqk_group_attach(struct pfqk_group *g, struct pfqk_binding *b,
		      struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(g->pn->net, b->device);
	int err = check_device(g, dev, extack);

	return err ? err : attach(g, b, dev, extack);
}

static int bind_one(struct pfqk_group *g, const struct pfqk_binding *b, bool is_transient,
		    bool must, struct netlink_ext_ack *extack)
{
	struct pfqk_binding *own;
	u32 i;
	int err;

	for (i = 0; i < g->bindings; i++) {
		if (pfqk_binding_overlaps(&g->binding[i], b)) {
			NL_SET_ERR_MSG(extack, "the group has this device bound; allowed besides: "
				       "another device");
			return -EINVAL;
		}
	}
	/* one binding a device: its queues come by one place of the hook's plan */
	for (i = 0; i < g->bindings; i++) {
		if (!strcmp(g->binding[i].device, b->device)) {
			NL_SET_ERR_MSG(extack, "the group has other queues of this device bound; "
				       "name all of them at once");
			return -EINVAL;
		}
	}
	if (g->bindings == PFQK_BINDINGS_MAX) {
		NL_SET_ERR_MSG(extack, "the group has 32 devices; allowed: not more");
		return -EINVAL;
	}
	own = &g->binding[g->bindings];
	*own = *b;
	own->hook = NULL;
	own->is_transient = is_transient;
	g->bindings++;
	err = pfqk_group_attach(g, own, extack);
	if (!err || (!must && err == -ENODEV))
		return 0;
	g->bindings--;
	return err;
}

int pfqk_group_bind(struct pfqk_group *g, const struct pfqk_binding_list *list, bool is_transient,
		    bool must, struct netlink_ext_ack *extack)
{
	u32 before = g->bindings, i;
	int err = 0;

	ASSERT_RTNL();
	lockdep_assert_held(&g->pn->lock);
	for (i = 0; i < list->count && !err; i++) {
		if (!covers(g, &list->binding[i]))
			err = bind_one(g, &list->binding[i], is_transient, must, extack);
	}
	if (err)
		pfqk_group_unbind_after(g, before);
	return err;
}

void pfqk_group_unbind_after(struct pfqk_group *g, u32 keep)
{
	while (g->bindings > keep) {
		pfqk_group_detach(g, &g->binding[g->bindings - 1]);
		g->bindings--;
	}
}

void pfqk_group_unbind_transient(struct pfqk_group *g)
{
	u32 i, kept = 0;

	for (i = 0; i < g->bindings; i++) {
		if (g->binding[i].is_transient)
			pfqk_group_detach(g, &g->binding[i]);
		else if (kept++ != i)
			g->binding[kept - 1] = g->binding[i];
	}
	g->bindings = kept;
}

bool pfqk_group_wants_promisc(const struct pfqk_group *g)
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

/* a member with its wish has come or gone */
void pfqk_group_promisc(struct pfqk_group *g)
{
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		if (g->binding[i].hook)
			pfqk_hook_promisc(g->pn, g->binding[i].hook);
	}
}

void pfqk_group_bindings_print(const struct pfqk_group *g, char *text, size_t size)
{
	size_t used = 0;
	u32 i;

	*text = '\0';
	for (i = 0; i < g->bindings; i++) {
		if (i)
			used += scnprintf(text + used, size - used, ",");
		used += pfqk_binding_print(&g->binding[i], text + used, size - used);
	}
}
