// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells listeners on the multicast group "changes" of changes by others. The module waits for no
 * listener. A listener that is too slow is told by its own socket.
 */
#include "endpoint.h"
#include "group.h"
#include "netlink.h"
#include "netns.h"

#define NOTIFY_BYTES	256

static int fill(struct sk_buff *msg, u8 cmd, const struct pfqk_group *g,
		const struct pfqk_endpoint *ep)
{
	void *hdr = genlmsg_put(msg, 0, 0, &pfqk_family, 0, cmd);

	if (!hdr || nla_put_string(msg, PFQ_A_GROUP, g->settings.name) ||
	    nla_put_u32(msg, PFQ_A_ID, g->settings.id) ||
	    (ep && (nla_put_u32(msg, PFQ_A_ENDPOINT, ep->id) ||
		    nla_put_string(msg, PFQ_A_NAME, ep->params.name) ||
		    nla_put_u32(msg, PFQ_A_PID, ep->pid))))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

void pfqk_notify(u8 cmd, const struct pfqk_group *g, const struct pfqk_endpoint *ep)
{
	struct net *net = g->pn->net;
	struct sk_buff *msg;

	if (!genl_has_listeners(&pfqk_family, net, PFQK_CHANGES))
		return;
	msg = genlmsg_new(NOTIFY_BYTES, GFP_KERNEL);
	if (!msg)
		return;
	if (fill(msg, cmd, g, ep))
		nlmsg_free(msg);
	else
		genlmsg_multicast_netns(&pfqk_family, net, msg, 0, PFQK_CHANGES, GFP_KERNEL);
}
