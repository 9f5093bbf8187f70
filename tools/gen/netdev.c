// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "netdev.h"

/* "ip netns add" keeps its namespaces here. */
#define NETNS_DIRECTORY "/run/netns/"

#define NAME_BYTES 128 /* ALTIFNAMSIZ, whose header excludes net/if.h */

/* Enter namespace @netns_fd. Returns a descriptor of the previous namespace, or -errno. */
static int netns_enter(int netns_fd)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), ret;

	if (home < 0)
		return -errno;
	if (netns_fd >= 0 && setns(netns_fd, CLONE_NEWNET)) {
		ret = -errno;
		close(home);
		return ret;
	}
	return home;
}

static void netns_leave(int home)
{
	/* Going back fails only if the process has lost CAP_SYS_ADMIN. */
	if (setns(home, CLONE_NEWNET))
		perror("setns");
	close(home);
}

static int spec_split(struct netdev *d, const char *spec, char written[NAME_BYTES], char *text,
		      size_t text_size)
{
	const char *at = strchr(spec, '@');
	size_t length = at ? (size_t)(at - spec) : strlen(spec);
	char path[4096];

	if (!length || length >= NAME_BYTES) {
		snprintf(text, text_size, "the name of a device has 1 to %d characters",
			 NAME_BYTES - 1);
		return -EINVAL;
	}
	memcpy(written, spec, length);
	written[length] = '\0';
	if (!at)
		return 0;
	snprintf(path, sizeof(path), "%s%s", strchr(at + 1, '/') ? "" : NETNS_DIRECTORY, at + 1);
	d->netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (d->netns_fd < 0) {
		snprintf(text, text_size, "network namespace %s: %s", path, strerror(errno));
		return -errno;
	}
	return 0;
}

static int socket_open(struct netdev *d)
{
	int ret;

	d->nl = nl_socket_alloc();
	if (!d->nl)
		return -ENOMEM;
	ret = nl_connect(d->nl, NETLINK_ROUTE);
	return ret ? -EIO : 0;
}

struct link {
	struct netdev_counters counters;
	uint32_t ifindex, mtu;
	char name[IF_NAMESIZE];
};

static int link_parse(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[IFLA_MAX + 1];
	struct rtnl_link_stats64 stats;
	struct link *link = arg;

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(struct ifinfomsg), attrs, IFLA_MAX, NULL) < 0)
		return NL_SKIP;
	link->ifindex = (uint32_t)((struct ifinfomsg *)nlmsg_data(nlmsg_hdr(msg)))->ifi_index;
	if (attrs[IFLA_IFNAME])
		nla_strlcpy(link->name, attrs[IFLA_IFNAME], sizeof(link->name));
	if (attrs[IFLA_MTU])
		link->mtu = nla_get_u32(attrs[IFLA_MTU]);
	if (!attrs[IFLA_STATS64])
		return NL_SKIP;
	memset(&stats, 0, sizeof(stats));
	nla_memcpy(&stats, attrs[IFLA_STATS64], sizeof(stats));
	link->counters = (struct netdev_counters){
		.rx_packets = stats.rx_packets, .rx_dropped = stats.rx_dropped,
		.tx_packets = stats.tx_packets, .tx_dropped = stats.tx_dropped,
	};
	return NL_OK;
}

/* Ask for the device by any of its names; @name NULL: by its index. */
static int link_send(const struct netdev *d, const char *name)
{
	struct ifinfomsg ask = { .ifi_family = AF_UNSPEC, .ifi_index = (int)d->ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_REQUEST);
	int ret = -NLE_NOMEM;

	if (msg && !nlmsg_append(msg, &ask, sizeof(ask), NLMSG_ALIGNTO) &&
	    !(name && nla_put_string(msg, IFLA_ALT_IFNAME, name)))
		ret = nl_send_auto(d->nl, msg);
	nlmsg_free(msg);
	return ret;
}

static int link_get(const struct netdev *d, const char *name, struct link *link)
{
	struct nl_cb *shared = nl_socket_get_cb(d->nl), *cb = nl_cb_clone(shared);
	int ret;

	nl_cb_put(shared);
	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, link_parse, link);
	ret = link_send(d, name);
	if (ret >= 0)
		ret = nl_recvmsgs(d->nl, cb);
	nl_cb_put(cb);
	if (ret >= 0) /* the acknowledgement */
		ret = nl_wait_for_ack(d->nl);
	return ret == -NLE_NODEV ? -ENODEV : ret < 0 ? -EIO : 0;
}

int netdev_open(struct netdev *d, const char *spec, char *text, size_t text_size)
{
	struct link link = { .mtu = 0 };
	char written[NAME_BYTES];
	int home, ret;

	*d = (struct netdev){ .netns_fd = -1 };
	ret = spec_split(d, spec, written, text, text_size);
	if (ret)
		return ret;
	home = netns_enter(d->netns_fd);
	if (home < 0) {
		snprintf(text, text_size, "entering the network namespace: %s", strerror(-home));
		netdev_close(d);
		return home;
	}
	ret = socket_open(d);
	netns_leave(home);
	if (!ret)
		ret = link_get(d, written, &link);
	if (ret) {
		snprintf(text, text_size, "%s", strerror(-ret));
		netdev_close(d);
		return ret;
	}
	d->ifindex = link.ifindex;
	d->mtu = link.mtu;
	memcpy(d->name, link.name, sizeof(d->name));
	return 0;
}

void netdev_close(struct netdev *d)
{
	if (d->nl)
		nl_socket_free(d->nl);
	if (d->netns_fd >= 0)
		close(d->netns_fd);
	*d = (struct netdev){ .netns_fd = -1 };
}

int netdev_counters(const struct netdev *d, struct netdev_counters *c)
{
	struct link link = { .mtu = 0 };
	int ret = link_get(d, NULL, &link);

	*c = link.counters;
	return ret;
}

int netdev_attach(const struct netdev *d, int program_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	int home = netns_enter(d->netns_fd), fd;

	if (home < 0)
		return home;
	fd = bpf_link_create(program_fd, (int)d->ifindex, BPF_XDP, &opts);
	netns_leave(home);
	return fd;
}

static int ethtool_value(const struct netdev *d, uint32_t command, uint32_t *data)
{
	struct ethtool_value value = { .cmd = command, .data = *data };
	struct ifreq request = { .ifr_data = (char *)&value };
	int home = netns_enter(d->netns_fd), fd, ret;

	if (home < 0)
		return home;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netns_leave(home);
	if (fd < 0)
		return -errno;
	memcpy(request.ifr_name, d->name, sizeof(request.ifr_name));
	ret = ioctl(fd, SIOCETHTOOL, &request) ? -errno : 0;
	close(fd);
	*data = value.data;
	return ret;
}

int netdev_gro(const struct netdev *d)
{
	uint32_t on = 0;
	int ret = ethtool_value(d, ETHTOOL_GGRO, &on);

	return ret ? ret : !!on;
}

int netdev_gro_set(const struct netdev *d, bool on)
{
	uint32_t data = on;

	return ethtool_value(d, ETHTOOL_SGRO, &data);
}
