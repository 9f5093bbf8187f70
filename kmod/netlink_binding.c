// SPDX-License-Identifier: GPL-2.0-only
/* Writes a group's devices into answers. */
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include "binding.h"
#include "hook.h"
#include "netlink.h"

/* @dev: the device that the binding is on, or would be on; NULL: there is none. */
static int put_binding(struct sk_buff *msg, const struct pfqk_binding *b,
		       const struct net_device *dev)
{
	u32 state = b->hook ? pfqk_hook_state(b->hook) : !dev ? PFQ_DEVICE_ABSENT :
		    b->why ? PFQ_DEVICE_UNUSED : PFQ_DEVICE_DOWN;
	char name[IFNAMSIZ];

	if (dev)
		strscpy(name, dev->name, sizeof(name));
	return nla_put_string(msg, PFQ_A_DEVICE, dev ? name : b->device) ||
	       nla_put_u32(msg, PFQ_A_IFINDEX, dev ? dev->ifindex : 0) ||
	       nla_put_u32(msg, PFQ_A_STATE, state) ||
	       (dev && strcmp(name, b->device) && nla_put_string(msg, PFQ_A_WRITTEN, b->device)) ||
	       (state == PFQ_DEVICE_UNUSED && nla_put_string(msg, PFQ_A_WHY, b->why));
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
