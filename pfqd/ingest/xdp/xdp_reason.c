/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Texts for errors of AF_XDP: what the error means and what to do. The error number alone does not
 * show the cause.
 */
#include "config.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <string.h>

#include "xdp.h"

struct reason {
	int error;
	const char *text;
};

static const struct reason attach_reasons[] = {
	{ EOPNOTSUPP, "the driver or this kernel does not support XDP on it" },
	{ ERANGE, "its MTU, or its peer's, is too large for XDP: lower it" },
	{ ENOSPC,
	  "it has too few queues for XDP (a veth: fewer receive queues than its peer has "
	  "transmit queues): see ethtool -L" },
	{ EINVAL,
	  "its MTU, queues or offloads exclude XDP: the kernel's log may say which" },
	{ EBUSY, "another use of it excludes XDP (another program, split headers)" },
	{ ENODEV, "the device is gone" },
	{ ENOMEM, "no memory" },
};

static const struct reason bind_reasons[] = {
	{ EAFNOSUPPORT, "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)" },
	{ EINVAL,
	  "the kernel does not take this queue: is it in use (ethtool -l), and does the MTU "
	  "fit a buffer?" },
	{ ENOBUFS,
	  "it is more memory than pfqd may lock: raise the limit (ulimit -l, LimitMEMLOCK= in its "
	  "unit), or give it CAP_IPC_LOCK" },
	{ ENOMEM, "no memory for it" },
	{ EOPNOTSUPP, "the driver or this kernel does not support AF_XDP on it" },
	{ ENODEV, "the device is gone" },
	{ EPERM, "it is not permitted (CAP_NET_RAW is needed)" },
};

static const char *find(const struct reason *reason, size_t count, int ret)
{
	for (size_t i = 0; i < count; i++) {
		if (reason[i].error == -ret)
			return reason[i].text;
	}
	return strerror(-ret);
}

const char *xdp_reason_bind(int ret)
{
	return find(bind_reasons, ARRAY_SIZE(bind_reasons), ret);
}

static int on_link(struct nl_msg *msg, void *arg)
{
	struct nlattr *master =
		nlmsg_find_attr(nlmsg_hdr(msg), sizeof(struct ifinfomsg), IFLA_MASTER);

	if (master)
		*(uint32_t *)arg = nla_get_u32(master);
	return NL_OK;
}

/* The index of the bridge, bond or the like that @ifindex is a port of; 0: none. */
static uint32_t master_of(uint32_t ifindex)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC, .ifi_index = (int)ifindex};
	struct nl_sock *s = nl_socket_alloc();
	uint32_t master = 0;

	if (!s)
		return 0;
	nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, on_link, &master);
	if (!nl_connect(s, NETLINK_ROUTE) &&
	    nl_send_simple(s, RTM_GETLINK, 0, &ifi, sizeof(ifi)) >= 0)
		nl_recvmsgs_default(s);
	nl_socket_free(s);
	return master;
}

void xdp_reason_attach(uint32_t ifindex, int ret, char *text, size_t size)
{
	char name[IFNAMSIZ];
	const char *mode;
	uint32_t master;

	/* find_foreign() found no program on the device itself, so a device above it has one */
	if (ret == -EEXIST) {
		master = master_of(ifindex);
		if (!xdp_device_program(master, &mode) || !if_indextoname(master, name))
			strcpy(name, "one");
		snprintf(text, size,
			 "%s, a device above it (its bridge, bond, VLAN), has an XDP program, and "
			 "the kernel allows no second one: detach that, tap %s instead",
			 name, strcmp(name, "one") ? name : "that device");
		return;
	}
	snprintf(text, size, "%s", find(attach_reasons, ARRAY_SIZE(attach_reasons), ret));
}
