// SPDX-License-Identifier: GPL-2.0-only
/* Writes a group's devices into answers. */
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include "binding.h"
#include "hook.h"
#include "netlink.h"

/* @dev: the device that the binding is on, or would be on; NULL: there is none. */
static u32 state_of(const struct pfqk_binding *b, const struct net_device *dev)
{
	if (!b->hook)
		return !dev ? PFQ_DEVICE_ABSENT : b->why ? PFQ_DEVICE_UNUSED : PFQ_DEVICE_DOWN;
	return pfqk_binding_has_some(b, dev) ? pfqk_hook_state(b->hook) : PFQ_DEVICE_UNUSED;
}

/* The same text as pfqd/settings/binding.c has for the user engine. */
static int put_lacking(struct sk_buff *msg, const struct net_device *dev, const char *name,
		       u32 queue)
{
	u32 have = READ_ONCE(dev->real_num_rx_queues);
	char text[IFNAMSIZ + 96];

	scnprintf(text, sizeof(text),
		  "device %s has no queue %u: it has %u receive queue%s, from 0 on", name, queue,
		  have, have == 1 ? "" : "s");
	return nla_put_string(msg, PFQ_A_WHY, text);
}

static int put_why(struct sk_buff *msg, const struct pfqk_binding *b,
		   const struct net_device *dev, const char *name)
{
	u32 queue = b->hook ? pfqk_binding_lacking(b, dev) : PFQK_QUEUES_MAX;

	if (queue != PFQK_QUEUES_MAX)
		return put_lacking(msg, dev, name, queue);
	return !b->hook && dev && b->why ? nla_put_string(msg, PFQ_A_WHY, b->why) : 0;
}

static int put_binding(struct sk_buff *msg, const struct pfqk_binding *b,
		       const struct net_device *dev)
{
	char name[IFNAMSIZ] = "";

	if (dev)
		strscpy(name, dev->name, sizeof(name));
	return nla_put_string(msg, PFQ_A_DEVICE, dev ? name : b->device) ||
	       nla_put_u32(msg, PFQ_A_IFINDEX, dev ? dev->ifindex : 0) ||
	       nla_put_u32(msg, PFQ_A_STATE, state_of(b, dev)) ||
	       (dev && strcmp(name, b->device) && nla_put_string(msg, PFQ_A_WRITTEN, b->device)) ||
	       put_why(msg, b, dev, name);
}

int pfqk_reply_binding(struct sk_buff *msg, const struct net *net, const struct pfqk_binding *b)
{
	struct nlattr *nest = nla_nest_start(msg, PFQ_A_DEVICE_BOUND);
	int err;

	if (!nest)
		return -EMSGSIZE;
	rcu_read_lock();
	err = put_binding(msg, b, b->hook ? b->hook->dev :
			 dev_get_by_name_rcu((struct net *)net, b->device));
	rcu_read_unlock();
	if (err)
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}
