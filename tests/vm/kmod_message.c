/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include "kmod_message.h"

int channel_reopen(struct channel *c)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	const int on = 1;

	if (c->fd >= 0)
		close(c->fd);
	c->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(c->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) ||
	    setsockopt(c->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)))
		return -errno;
	return 0;
}

int channel_open(struct channel *c)
{
	struct nl_sock *nl = nl_socket_alloc();
	int family = -1;

	if (nl && !genl_connect(nl))
		family = genl_ctrl_resolve(nl, PFQ_FAMILY_NAME);
	nl_socket_free(nl);
	if (family < 0)
		return -ENOENT;
	*c = (struct channel){ .fd = -1, .family = (uint16_t)family };
	return channel_reopen(c);
}

void message_begin(struct channel *c, struct message *m, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *h = (struct nlmsghdr *)m->buf;
	struct genlmsghdr *g = (struct genlmsghdr *)(m->buf + NLMSG_HDRLEN);

	memset(m->buf, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	h->nlmsg_type = c->family;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = ++c->seq;
	g->cmd = cmd;
	g->version = 1;
	m->len = NLMSG_HDRLEN + GENL_HDRLEN;
}

void message_put(struct message *m, uint16_t type, const void *value, size_t len)
{
	struct nlattr *a = (struct nlattr *)(m->buf + m->len);
	size_t bytes = NLA_HDRLEN + NLA_ALIGN(len);

	if (m->len + bytes > sizeof(m->buf))
		return;
	memset(a, 0, bytes);
	a->nla_type = type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + len);
	memcpy(m->buf + m->len + NLA_HDRLEN, value, len);
	m->len += bytes;
}

void message_put_u32(struct message *m, uint16_t type, uint32_t value)
{
	message_put(m, type, &value, sizeof(value));
}

void message_put_u64(struct message *m, uint16_t type, uint64_t value)
{
	message_put(m, type, &value, sizeof(value));
}

void message_put_text(struct message *m, uint16_t type, const char *text)
{
	message_put(m, type, text, strlen(text) + 1);
}

/* Find an attribute among those from @offset on; NULL: it is not there. */
static const struct nlattr *find(const struct message *m, size_t offset, uint16_t type)
{
	const struct nlmsghdr *h = (const void *)m->buf;
	const struct nlattr *a = (const void *)(m->buf + offset);
	int left = (int)h->nlmsg_len - (int)offset;

	if (m->len < h->nlmsg_len)
		return NULL;
	for (; nla_ok(a, left); a = nla_next(a, &left)) {
		if (nla_type(a) == type)
			return a;
	}
	return NULL;
}

const void *message_get(const struct message *m, uint16_t type, size_t *len)
{
	const struct nlmsghdr *h = (const void *)m->buf;
	const struct nlattr *a = NULL;

	if (m->len >= NLMSG_HDRLEN && h->nlmsg_type >= NLMSG_MIN_TYPE)
		a = find(m, NLMSG_HDRLEN + GENL_HDRLEN, type);
	*len = a ? (size_t)nla_len(a) : 0;
	return a ? nla_data(a) : NULL;
}

uint64_t message_u64(const struct message *m, uint16_t type)
{
	uint64_t value = 0;
	size_t len;
	const void *data = message_get(m, type, &len);

	if (len >= sizeof(value))
		memcpy(&value, data, sizeof(value));
	return value;
}

const char *message_text(const struct message *m)
{
	const struct nlmsghdr *h = (const void *)m->buf;
	const struct nlattr *a = NULL;

	if (m->len >= NLMSG_HDRLEN && h->nlmsg_type == NLMSG_ERROR &&
	    h->nlmsg_flags & NLM_F_ACK_TLVS)
		a = find(m, NLMSG_HDRLEN + sizeof(struct nlmsgerr), NLMSGERR_ATTR_MSG);
	return a ? nla_data(a) : "";
}

int channel_send(struct channel *c, struct message *m)
{
	((struct nlmsghdr *)m->buf)->nlmsg_len = (uint32_t)m->len;
	return send(c->fd, m->buf, m->len, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int channel_receive(struct channel *c, struct message *m, int timeout_ms)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	ssize_t n;

	m->len = 0;
	if (poll(&p, 1, timeout_ms) <= 0)
		return 0;
	n = recv(c->fd, m->buf, sizeof(m->buf), MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	m->len = (size_t)n;
	return (int)n;
}

int message_status(const struct message *m)
{
	const struct nlmsghdr *h = (const void *)m->buf;
	size_t left = m->len;

	for (; left >= NLMSG_HDRLEN && h->nlmsg_len >= NLMSG_HDRLEN && h->nlmsg_len <= left;
	     left -= NLMSG_ALIGN(h->nlmsg_len), h = (const void *)(m->buf + m->len - left)) {
		/* Both begin with an error number. */
		if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE)
			return *(const int *)NLMSG_DATA(h);
		if (!(h->nlmsg_flags & NLM_F_MULTI))
			return 0;
		if (NLMSG_ALIGN(h->nlmsg_len) >= left)
			break;
	}
	return 1;
}

void channel_drain(struct channel *c)
{
	uint8_t byte;

	while (recv(c->fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0 || errno == ENOBUFS)
		;
}
