// SPDX-License-Identifier: GPL-2.0-only
/* The devices that feed a group. All functions run under rtnl and the namespace's lock. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "../core/linktype.h"
#include "group.h"
#include "hook.h"
#include "netns.h"

/* The device that the binding is on, or would be on; NULL: there is none. */
static struct net_device *device_of(const struct pfqk_net *pn, const struct pfqk_binding *b)
{
	return b->hook ? b->hook->dev : __dev_get_by_name(pn->net, b->device);
}

/*
 * Do two bindings mean the same device? A device has several names, and a name may have moved to
 * another device.
 */
static bool is_same_device(const struct pfqk_net *pn, const struct pfqk_binding *a,
			   const struct pfqk_binding *b)
{
	const struct net_device *dev = device_of(pn, a), *other = device_of(pn, b);

	return dev || other ? dev == other : !strcmp(a->device, b->device);
}

/* Do the first @bindings of the group cover @b? */
static bool covers(const struct pfqk_group *g, u32 bindings, const struct pfqk_binding *b)
{
	u32 i;

	for (i = 0; i < bindings; i++) {
		if (is_same_device(g->pn, &g->binding[i], b) &&
		    pfqk_binding_covers(&g->binding[i], b))
			return true;
	}
	return false;
}

bool pfqk_group_covers(const struct pfqk_group *g, const struct pfqk_binding_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++) {
		if (!covers(g, g->bindings, &list->binding[i]))
			return false;
	}
	return true;
}

/* A device that is here must have the queues that are asked for. @dev NULL: it is not here. */
static int check_queues(const struct net_device *dev, const struct pfqk_binding *b,
			struct netlink_ext_ack *extack)
{
	if (!dev || pfqk_binding_lacking(b, dev) == PFQK_QUEUES_MAX)
		return 0;
	NL_SET_ERR_MSG(extack, "a device has no queue of a number that is asked for; allowed: the "
		       "queues that ethtool -l shows, counted from 0");
	return -EINVAL;
}

/*
 * Is the device of @b in use, and has it the queues that @b names? The group may know it by several
 * names; one of them in use is enough.
 */
static int check_named(const struct pfqk_group *g, const struct pfqk_binding *b,
		       struct netlink_ext_ack *extack)
{
	const struct pfqk_binding *have;
	const char *why = NULL;
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		have = &g->binding[i];
		if (!is_same_device(g->pn, have, b) || !pfqk_binding_covers(have, b))
			continue;
		if (have->hook)
			return check_queues(have->hook->dev, b, extack);
		why = have->why ? have->why : why;
	}
	if (extack)
		extack->_msg = why ? why : "no such device in this network namespace";
	return why ? -EOPNOTSUPP : -ENODEV;
}

int pfqk_group_check(const struct pfqk_group *g, const struct pfqk_binding_list *list,
		     struct netlink_ext_ack *extack)
{
	int err = 0;
	u32 i;

	for (i = 0; i < list->count && !err; i++)
		err = check_named(g, &list->binding[i], extack);
	return err;
}

static bool has_hook_on(const struct pfqk_group *g, const struct net_device *dev)
{
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		if (g->binding[i].hook && g->binding[i].hook->dev == dev)
			return true;
	}
	return false;
}

/* Check that the group can use @dev. If not, the binding stays without a hook. */
static int check_device(const struct pfqk_group *g, const struct net_device *dev,
			struct netlink_ext_ack *extack)
{
	u32 linktype;

	if (!dev) {
		NL_SET_ERR_MSG(extack, "no such device in this network namespace");
		return -ENODEV;
	}
	linktype = pfq_linktype_of(dev->type);
	if (!linktype) {
		/* constant text */
		extack->_msg = pfq_linktype_refusal(dev->type);
		return -EOPNOTSUPP;
	}
	if (g->linktype && g->linktype != linktype) {
		if (linktype == PFQ_LINKTYPE_RAW)
			NL_SET_ERR_MSG(extack, "its link type is raw IP, that of the group is "
				       "Ethernet; bind it to another group");
		else
			NL_SET_ERR_MSG(extack, "its link type is Ethernet, that of the group is "
				       "raw IP; bind it to another group");
		return -EINVAL;
	}
	/* a binding waited for this name, which turns out to be another name of a device in use */
	if (has_hook_on(g, dev)) {
		NL_SET_ERR_MSG(extack, "the group has this device already, under another name; "
			       "allowed: each device once");
		return -EEXIST;
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
	pfqk_group_program_devices(g);
	pfqk_hook_promisc(g->pn, b->hook);
	return 0;
}

void pfqk_group_detach(struct pfqk_group *g, struct pfqk_binding *b)
{
	struct pfqk_hook *h = b->hook;

	if (!h)
		return;
	b->hook = NULL;
	pfqk_group_program_devices(g);
	/* must not fail: the plan holds a pointer to the group */
	pfqk_hook_update(g->pn, h, GFP_KERNEL | __GFP_NOFAIL);
	pfqk_hook_promisc(g->pn, h);
	pfqk_hook_put(g->pn, h);
}

int pfqk_group_attach(struct pfqk_group *g, struct pfqk_binding *b,
		      struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(g->pn->net, b->device);
	struct netlink_ext_ack own = {};
	int err = check_device(g, dev, &own);

	if (!err)
		err = attach(g, b, dev, &own);
	if (err && !own._msg)
		own._msg = "no memory";
	b->why = err && dev ? own._msg : NULL;
	if (err && extack)
		extack->_msg = own._msg;
	return err;
}

/* The hook gives the packets of a queue that the device gets later. No event tells of it. */
static void warn_lacking(const struct pfqk_group *g, const struct pfqk_binding *b)
{
	u32 queue = b->hook ? pfqk_binding_lacking(b, b->hook->dev) : PFQK_QUEUES_MAX;

	if (queue != PFQK_QUEUES_MAX)
		pr_warn_ratelimited("pfq: group %s: device %s has no queue %u, which is bound\n",
				    g->settings.name, b->device, queue);
}

void pfqk_group_attach_later(struct pfqk_group *g, struct pfqk_binding *b)
{
	const char *before = b->why;

	pfqk_group_attach(g, b, NULL);
	/* Each event of the device comes here again; log a reason only once. */
	if (b->why && b->why != before)
		pr_warn_ratelimited("pfq: group %s: device %s is not used: %s\n",
				    g->settings.name, b->device, b->why);
	warn_lacking(g, b);
}

/* A group has one binding for each device, since the hook's plan has one entry for each group. */
static int check_twice(const struct pfqk_group *g, const struct pfqk_binding *b,
		       struct netlink_ext_ack *extack)
{
	const struct pfqk_binding *have;
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		have = &g->binding[i];
		if (!is_same_device(g->pn, have, b))
			continue;
		if (strcmp(have->device, b->device))
			NL_SET_ERR_MSG(extack, "the group has one of these devices under another "
				       "name; allowed: each device once");
		else if (pfqk_binding_overlaps(have, b))
			NL_SET_ERR_MSG(extack, "the group has this device bound; allowed besides: "
				       "another device");
		else
			NL_SET_ERR_MSG(extack, "the group has other queues of this device bound; "
				       "name all of them at once");
		return -EINVAL;
	}
	return 0;
}

static int bind_one(struct pfqk_group *g, const struct pfqk_binding *b, bool is_transient,
		    bool must, struct netlink_ext_ack *extack)
{
	struct pfqk_binding *own;
	int err;

	err = check_twice(g, b, extack);
	if (!err && must)
		err = check_queues(device_of(g->pn, b), b, extack);
	if (err)
		return err;
	if (g->bindings == PFQK_BINDINGS_MAX) {
		NL_SET_ERR_MSG(extack, "the group has 32 devices; allowed: not more");
		return -EINVAL;
	}
	own = &g->binding[g->bindings];
	*own = *b;
	own->hook = NULL;
	own->why = NULL;
	own->is_transient = is_transient;
	g->bindings++;
	err = pfqk_group_attach(g, own, extack);
	if (!err) {
		warn_lacking(g, own);
		return 0;
	}
	/* the group's other devices are used without it; status shows why */
	if (!must && (err == -ENODEV || err == -EOPNOTSUPP)) {
		if (own->why)
			pr_warn("pfq: group %s: device %s is not used: %s\n", g->settings.name,
				own->device, own->why);
		return 0;
	}
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
		/* a device that the list itself names twice is an error */
		if (!covers(g, before, &list->binding[i]))
			err = bind_one(g, &list->binding[i], is_transient, must, extack);
		else if (must)
			err = check_named(g, &list->binding[i], extack);
	}
	if (err)
		pfqk_group_unbind_after(g, before);
	return err;
}

/* Is the binding in @list, in the same form? */
static bool is_listed(const struct pfqk_binding *b, const struct pfqk_binding_list *list)
{
	const struct pfqk_binding *l;
	u32 i;

	for (i = 0; i < list->count; i++) {
		l = &list->binding[i];
		if (!strcmp(l->device, b->device) && pfqk_binding_covers(l, b) &&
		    pfqk_binding_covers(b, l))
			return true;
	}
	return false;
}

/* Has a program bound it, or made the group with it? */
static bool is_of_program(const struct pfqk_group *g, const struct pfqk_binding *b)
{
	return b->is_transient || g->kind == PFQK_GROUP_JOINED;
}

/* Refuse a list that has a program's device in another form: the program keeps its own. */
static int check_programs(const struct pfqk_group *g, const struct pfqk_binding_list *list,
			  struct netlink_ext_ack *extack)
{
	const struct pfqk_binding *b;
	u32 i, k;

	for (i = 0; i < g->bindings; i++) {
		b = &g->binding[i];
		if (!is_of_program(g, b) || is_listed(b, list))
			continue;
		for (k = 0; k < list->count; k++) {
			if (!is_same_device(g->pn, b, &list->binding[k]))
				continue;
			NL_SET_ERR_MSG(extack, "a program has bound one of these devices with "
				       "other queues or under another name");
			return -EINVAL;
		}
	}
	return 0;
}

/* Take out bindings that are not listed, or all; append them to @out. */
static void take_out(struct pfqk_group *g, const struct pfqk_binding_list *list, bool all,
		     struct pfqk_binding_list *out)
{
	u32 i, kept = 0;

	for (i = 0; i < g->bindings; i++) {
		if (!all && (is_of_program(g, &g->binding[i]) ||
			     is_listed(&g->binding[i], list))) {
			if (kept++ != i)
				g->binding[kept - 1] = g->binding[i];
			continue;
		}
		pfqk_group_detach(g, &g->binding[i]);
		out->binding[out->count++] = g->binding[i];
	}
	g->bindings = kept;
}

/* Bind @list, and then those of @out that programs want to keep. */
static int bind_anew(struct pfqk_group *g, const struct pfqk_binding_list *list,
		     const struct pfqk_binding_list *out, struct netlink_ext_ack *extack)
{
	u32 before = g->bindings, i;
	int err;

	err = pfqk_group_bind(g, list, false, false, extack);
	for (i = 0; i < out->count && !err; i++) {
		if (is_of_program(g, &out->binding[i]) && !is_listed(&out->binding[i], list))
			err = bind_one(g, &out->binding[i], true, false, extack);
	}
	if (err)
		pfqk_group_unbind_after(g, before);
	return err;
}

static void put_back(struct pfqk_group *g, const struct pfqk_binding_list *out)
{
	struct pfqk_binding *b;
	u32 i;

	for (i = 0; i < out->count; i++) {
		b = &g->binding[g->bindings++];
		*b = out->binding[i];
		pfqk_group_attach_later(g, b);
	}
}

int pfqk_group_rebind(struct pfqk_group *g, const struct pfqk_binding_list *list, bool all,
		      struct netlink_ext_ack *extack)
{
	struct pfqk_binding_list *out = kvzalloc(sizeof(*out), GFP_KERNEL);
	u32 linktype = g->linktype, i;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&g->pn->lock);
	if (!out)
		return -ENOMEM;
	err = check_programs(g, list, extack);
	if (err)
		goto out;
	take_out(g, list, all, out);
	/* without members, the new devices decide */
	if (!g->members && !g->bindings)
		g->linktype = g->settings.linktype;
	err = bind_anew(g, list, out, extack);
	if (err) {
		g->linktype = linktype;
		put_back(g, out);
	}
	for (i = 0; i < g->bindings && !err; i++)
		g->binding[i].is_transient = is_of_program(g, &g->binding[i]) &&
					     !is_listed(&g->binding[i], list);
out:
	kvfree(out);
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

/* A member that wants promiscuous devices has come or gone. */
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
