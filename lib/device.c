/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Finds the network device for a name. Asks the kernel, which knows alternative names too. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include "pfq.h"

struct walk {
	int (*fn)(const char *name, void *arg);
	void *arg;
	uint32_t ifindex;	/* 0: no answer yet */
	int ret;		/* the value that ended the walk */
};

static void visit(struct walk *w, const struct nlattr *name)
{
	if (w->fn && !w->ret && nla_len(name) > 0 && memchr(nla_data(name), '\0', nla_len(name)))
		w->ret = w->fn(nla_data(name), w->arg);
}

static int on_link(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	const struct ifinfomsg *ifi;
	struct nlattr *attr, *name;
	struct walk *w = arg;
	int rem;

	if (h->nlmsg_type != RTM_NEWLINK || !nlmsg_valid_hdr(h, sizeof(*ifi)))
		return NL_OK;
	ifi = nlmsg_data(h);
	w->ifindex = (uint32_t)ifi->ifi_index;
	attr = nlmsg_find_attr(h, sizeof(*ifi), IFLA_IFNAME);
	if (attr)
		visit(w, attr);
	attr = nlmsg_find_attr(h, sizeof(*ifi), IFLA_PROP_LIST);
	if (!attr)
		return NL_OK;
	nla_for_each_nested(name, attr, rem) {
		if (nla_type(name) == IFLA_ALT_IFNAME)
			visit(w, name);
	}
	return NL_OK;
}

static int ask(struct nl_sock *s, const char *name)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_REQUEST);
	int ret = -NLE_NOMEM;

	/* with this attribute the kernel looks for a device's first name, too */
	if (msg && !nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) &&
	    !nla_put_string(msg, IFLA_ALT_IFNAME, name))
		ret = nl_send_auto(s, msg);
	nlmsg_free(msg);
	return ret < 0 ? ret : nl_recvmsgs_default(s);
}

int pfq_device_find(const char *name, uint32_t *ifindex, int (*fn)(const char *name, void *arg),
		    void *arg)
{
	struct walk w = { .fn = fn, .arg = arg };
	struct nl_sock *s;
	int ret, error;

	*ifindex = 0;
	if (!*name || strlen(name) > PFQ_DEVICE_NAME_MAX)
		return -ENODEV;
	s = nl_socket_alloc();
	if (!s)
		return -ENOMEM;
	nl_socket_disable_auto_ack(s);
	nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, on_link, &w);
	/* errno tells why connecting failed; libnl's own numbers distinguish few causes */
	errno = 0;
	ret = nl_connect(s, NETLINK_ROUTE);
	error = ret && errno ? -errno : -EIO;
	if (!ret)
		ret = ask(s, name);
	nl_socket_free(s);
	if (ret < 0)
		return ret == -NLE_NODEV ? -ENODEV : ret == -NLE_NOMEM ? -ENOMEM : error;
	if (!w.ifindex)
		return -EIO;
	*ifindex = w.ifindex;
	return w.ret;
}
