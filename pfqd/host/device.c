/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/linktype.h"
#include "lib/reason.h"
#include "device.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"

_Static_assert(DEVICE_NAME_BYTES == IFNAMSIZ, "a name of the kernel's fits");

/* The receive buffer has room for many link messages at a time. */
#define DEVICE_RECV_BYTES	(1 << 20)
#define DEVICE_LINK_BYTES	64	/* bytes of a frame that the limits below do not count */

/* numbers of linux/if_link.h; the header may be older than the kernel */
#define ATTR_GRO_MAX_SIZE	58
#define ATTR_GSO_IPV4_MAX_SIZE	63
#define ATTR_GRO_IPV4_MAX_SIZE	64

struct entry {
	TAILQ_ENTRY(entry) entry;
	struct device device;
	char *altnames;		/* alternative names one after the other, each with its NUL */
	size_t altnames_bytes;
	uint64_t told;		/* number of the last message about this device */
	bool seen;		/* found by the current dump */
};

struct devices {
	struct nl_sock *events;	/* non-blocking socket for notifications */
	struct loop_watch *watch;
	void (*changed)(void *arg);
	void *arg;
	bool dirty;		/* a device has changed since the last call of changed() */
	uint64_t told;		/* number of the last message about any device */
	TAILQ_HEAD(, entry) list;
};

static struct entry *find_ifindex(const struct devices *d, uint32_t ifindex)
{
	struct entry *e;

	TAILQ_FOREACH(e, &d->list, entry) {
		if (e->device.ifindex == ifindex)
			return e;
	}
	return NULL;
}

const struct device *devices_index(const struct devices *d, uint32_t ifindex)
{
	const struct entry *e = d && ifindex ? find_ifindex(d, ifindex) : NULL;

	return e ? &e->device : NULL;
}

static bool has_name(const struct entry *e, const char *name)
{
	size_t at;

	if (!strcmp(e->device.name, name))
		return true;
	for (at = 0; at < e->altnames_bytes; at += strlen(e->altnames + at) + 1) {
		if (!strcmp(e->altnames + at, name))
			return true;
	}
	return false;
}

/*
 * Only one device can have a name. If two entries have it, one is out of date: take the one that
 * the last message was about.
 */
const struct device *devices_find(const struct devices *d, const char *name)
{
	const struct entry *e, *last = NULL;

	if (!d)
		return NULL;
	TAILQ_FOREACH(e, &d->list, entry) {
		if (has_name(e, name) && (!last || e->told > last->told))
			last = e;
	}
	return last ? &last->device : NULL;
}

static void forget(struct devices *d, struct entry *e)
{
	TAILQ_REMOVE(&d->list, e, entry);
	free(e->altnames);
	free(e);
	d->dirty = true;
}

/*
 * The limits of the lengths of frames: of frames on the wire, of frames joined on reception, and of
 * frames that the device splits.
 */
static const int limits[] = {
	IFLA_MTU, IFLA_GSO_MAX_SIZE, ATTR_GRO_MAX_SIZE,
	ATTR_GSO_IPV4_MAX_SIZE, ATTR_GRO_IPV4_MAX_SIZE,
};
#define LIMITS		(sizeof(limits) / sizeof(limits[0]))
#define LIMITS_WIRE	1	/* the first one */

/* The longest frame in bytes, by the first @count limits. */
static uint32_t frame_bytes(struct nlmsghdr *nlh, size_t count)
{
	uint32_t bytes = 0, limit;
	struct nlattr *attr;
	size_t i;

	for (i = 0; i < count; i++) {
		attr = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg), limits[i]);
		if (!attr || nla_len(attr) < (int)sizeof(limit))
			continue;
		limit = nla_get_u32(attr);
		bytes = limit > bytes ? limit : bytes;
	}
	return bytes <= UINT32_MAX - DEVICE_LINK_BYTES ? bytes + DEVICE_LINK_BYTES : bytes;
}

/* Append an empty entry. NULL: no memory. */
static struct entry *enter(struct devices *d)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	TAILQ_INSERT_TAIL(&d->list, e, entry);
	d->dirty = true;
	return e;
}

/* Store the alternative names of the attribute IFLA_PROP_LIST; NULL: the device has none. */
static void learn_altnames(struct devices *d, struct entry *e, struct nlattr *list)
{
	size_t bytes = list ? (size_t)nla_len(list) : 0, used = 0;
	char *names = calloc(1, bytes + 1);
	struct nlattr *name;
	int rem;

	if (!names) {
		log_device(LOG_LEVEL_ERROR, e->device.name,
			   "device %s: no memory for its alternative names", e->device.name);
		return;
	}
	if (list) {
		nla_for_each_nested(name, list, rem) {
			if (nla_type(name) != IFLA_ALT_IFNAME || nla_len(name) < 1)
				continue;
			memcpy(names + used, nla_data(name), (size_t)nla_len(name));
			used += (size_t)nla_len(name);
			names[used - 1] = '\0';
		}
	}
	d->dirty |= used != e->altnames_bytes || (used && memcmp(names, e->altnames, used));
	free(e->altnames);
	e->altnames = names;
	e->altnames_bytes = used;
}

/* Update or add the entry of the device in an RTM_NEWLINK message. */
static void learn(struct devices *d, struct nlmsghdr *nlh, const char *name)
{
	const struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct device now;
	struct entry *e = find_ifindex(d, (uint32_t)ifi->ifi_index);

	/* clear padding too: memcmp() below compares all bytes */
	memset(&now, 0, sizeof(now));
	now.ifindex = (uint32_t)ifi->ifi_index;
	now.up = ifi->ifi_flags & IFF_UP;
	now.linktype = pfq_linktype_of(ifi->ifi_type);
	now.arphrd = ifi->ifi_type;
	now.frame_bytes = frame_bytes(nlh, LIMITS);
	now.wire_bytes = frame_bytes(nlh, LIMITS_WIRE);
	strncpy(now.name, name, sizeof(now.name) - 1);
	if (!e)
		e = enter(d);
	if (!e) {
		log_device(LOG_LEVEL_ERROR, name, "device %s: no memory to keep track of it", name);
		return;
	}
	e->seen = true;
	e->told = ++d->told;
	d->dirty |= memcmp(&e->device, &now, sizeof(now));
	e->device = now;
	learn_altnames(d, e, nlmsg_find_attr(nlh, sizeof(*ifi), IFLA_PROP_LIST));
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	const struct ifinfomsg *ifi;
	struct devices *d = arg;
	struct nlattr *name;
	struct entry *e;

	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) ||
	    !nlmsg_valid_hdr(nlh, sizeof(*ifi)))
		return NL_OK;
	ifi = nlmsg_data(nlh);
	/* a bridge reports its ports in messages of family AF_BRIDGE */
	if (ifi->ifi_family != AF_UNSPEC)
		return NL_OK;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		e = find_ifindex(d, ifi->ifi_index);
		if (e)
			forget(d, e);
		return NL_OK;
	}
	name = nlmsg_find_attr(nlh, sizeof(*ifi), IFLA_IFNAME);
	if (name)
		learn(d, nlh, nla_get_string(name));
	return NL_OK;
}

/*
 * Set the error for @ret of libnl. libnl folds many errors into one number, so errno is used if it
 * is set. The caller has set errno to 0 before the call.
 */
static int netlink_error(struct pfq_error *err, int ret)
{
	return error_set(err, -EIO, "network devices: %s",
			 errno ? pfq_reason(PFQ_REASON_PFQD, errno) : nl_geterror(ret));
}

static struct nl_sock *socket_new(struct devices *d, struct pfq_error *err)
{
	struct nl_sock *s = nl_socket_alloc();
	int ret;

	if (!s) {
		error_set(err, -ENOMEM, "no memory");
		return NULL;
	}
	nl_socket_disable_seq_check(s);
	nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, on_message, d);
	errno = 0;
	ret = nl_connect(s, NETLINK_ROUTE);
	if (ret) {
		netlink_error(err, ret);
		nl_socket_free(s);
		return NULL;
	}
	return s;
}

/*
 * Read all devices from the kernel and drop entries of devices that are gone. Returns 0, or -EIO
 * with text.
 */
static int dump(struct devices *d, struct pfq_error *err)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct entry *e, *next;
	struct nl_sock *s;
	int ret;

	s = socket_new(d, err);
	if (!s)
		return -EIO;
	TAILQ_FOREACH(e, &d->list, entry)
		e->seen = false;
	errno = 0;
	ret = nl_send_simple(s, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
	if (ret >= 0)
		ret = nl_recvmsgs_default(s);
	if (ret < 0)
		netlink_error(err, ret);
	nl_socket_free(s);
	if (ret < 0)
		return -EIO;
	for (e = TAILQ_FIRST(&d->list); e; e = next) {
		next = TAILQ_NEXT(e, entry);
		if (!e->seen)
			forget(d, e);
	}
	return 0;
}

int devices_refresh(struct devices *d, struct pfq_error *err)
{
	return dump(d, err);
}

static void on_event(void *arg, uint32_t events)
{
	struct devices *d = arg;
	struct pfq_error err;
	int ret;

	(void)events;
	ret = nl_recvmsgs_default(d->events);
	if (ret < 0 && ret != -NLE_AGAIN) {
		/* messages were lost (full buffer): read all devices again */
		log_debug("network devices: %s: reading them again", nl_geterror(ret));
		if (dump(d, &err))
			log_error("%s", err.text);
	}
	if (d->dirty) {
		d->dirty = false;
		d->changed(d->arg);
	}
}

static int listen_events(struct devices *d, struct loop *loop, struct pfq_error *err)
{
	int ret;

	d->events = socket_new(d, err);
	if (!d->events)
		return -EIO;
	nl_socket_set_buffer_size(d->events, DEVICE_RECV_BYTES, 0);
	errno = 0;
	ret = nl_socket_add_membership(d->events, RTNLGRP_LINK);
	if (!ret)
		ret = nl_socket_set_nonblocking(d->events);
	if (ret)
		return netlink_error(err, ret);
	ret = loop_watch_add(loop, nl_socket_get_fd(d->events), EPOLLIN, on_event, d, &d->watch);
	return ret ? error_set(err, ret, "network devices: %s",
			       pfq_reason(PFQ_REASON_PFQD, ret)) : 0;
}

int devices_open(struct devices **devices, struct loop *loop, void (*changed)(void *arg),
		 void *arg, struct pfq_error *err)
{
	struct devices *d = calloc(1, sizeof(*d));
	int ret;

	if (!d)
		return error_set(err, -ENOMEM, "no memory");
	TAILQ_INIT(&d->list);
	d->changed = changed;
	d->arg = arg;
	/* listen before reading, so that no change is missed */
	ret = changed ? listen_events(d, loop, err) : 0;
	if (!ret)
		ret = dump(d, err);
	if (ret) {
		devices_close(d);
		return ret;
	}
	d->dirty = false;
	*devices = d;
	return 0;
}

void devices_close(struct devices *d)
{
	struct entry *e;

	if (!d)
		return;
	loop_watch_del(d->watch);
	nl_socket_free(d->events);
	while ((e = TAILQ_FIRST(&d->list)))
		forget(d, e);
	free(d);
}
