/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The kernel engine, pfq.ko. Requests go over generic netlink; the endpoint is an open file of the
 * device. The codec makes messages for pfqd's socket. Here their type is replaced by the netlink
 * family's. Requests about the endpoint get an attribute with its descriptor. Answers are split
 * into single messages.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include "clock.h"
#include "conn.h"
#include "transport.h"
#include "error.h"
#include "reason.h"

/*
 * Requests that name the endpoint's file. A group made by GROUP_ADD, and a profile, belong to that
 * file and end together with it. GROUP_DEL removes no group of another file.
 */
#define FD_COMMANDS	(1U << PFQ_CMD_JOIN | 1U << PFQ_CMD_START | 1U << PFQ_CMD_FILTER_SET | \
			 1U << PFQ_CMD_DIRECTION_SET | 1U << PFQ_CMD_INJECT | \
			 1U << PFQ_CMD_GROUP_ADD | 1U << PFQ_CMD_GROUP_SET | \
			 1U << PFQ_CMD_GROUP_DEL | 1U << PFQ_CMD_PROFILE_GET | \
			 1U << PFQ_CMD_SET_CHANGE | 1U << PFQ_CMD_SET_GET)
#define FD_ATTR_BYTES	NLMSG_ALIGN(NLA_HDRLEN + sizeof(uint32_t))

#define SOCKET_BYTES	(256 << 10)

struct kernel {
	struct nl_sock *nl;
	int device;
	/* the file brought for the ring, owned by the caller; -1: none */
	int memory;
	uint16_t family;
	struct nl_msg *request;		/* the last one; errors point into it */
	size_t pos, len;		/* of buf: messages not returned yet */
	uint8_t buf[PFQ_MSG_MAX];
};

/* --- open, close --------------------------------------------------------------------- */

static void kernel_close(struct pfq_conn *c)
{
	struct kernel *k = c->own;

	if (!k)
		return;
	if (k->request)
		nlmsg_free(k->request);
	if (k->nl)
		nl_socket_free(k->nl);
	if (k->device >= 0)
		close(k->device);
	free(k);
	c->own = NULL;
	c->fd = -1;
}

/*
 * Set the text for a failed libnl call. libnl maps many errors to one number; errno is the call's
 * own.
 */
static int netlink_error(const char *what, struct pfq_error *err)
{
	int ret = errno ? -errno : -EIO;

	return pfq_error_set(err, ret, "%s: %s", what, pfq_reason(PFQ_REASON_PROCESS, ret));
}

/* Did asking fail here? libnl reports this in the same way as the answer "not found". */
static bool is_local(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS || error == ENOMEM ||
	       error == ENOBUFS;
}

static int device_error(int error, struct pfq_error *err)
{
	if (error == -EACCES || error == -EPERM)
		return pfq_error_set(err, -EACCES,
				     "no permission to open %s as uid %u: its mode, or a "
				     "sandbox of this process, forbids it",
				     PFQ_DEVICE, (unsigned int)geteuid());
	return pfq_error_set(err, error, "cannot open %s: %s", PFQ_DEVICE,
			     pfq_reason(PFQ_REASON_PROCESS, error));
}

static int connect_netlink(struct kernel *k, struct pfq_error *err)
{
	if (k->nl)
		nl_socket_free(k->nl);
	k->nl = nl_socket_alloc();
	if (!k->nl)
		return pfq_error_set(err, -ENOMEM, "no memory for a netlink socket");
	errno = 0;
	if (genl_connect(k->nl))
		return netlink_error("cannot open a generic netlink socket", err);
	return 0;
}

static int open_netlink(struct kernel *k, struct pfq_error *err)
{
	int one = 1, family, ret;

	/*
	 * A signal can interrupt sending, and libnl does not send again. A socket still waits for
	 * the answer to a request that was not sent, and takes no other answer: ask by a new one.
	 */
	do {
		ret = connect_netlink(k, err);
		if (ret)
			return ret;
		errno = 0;
		family = genl_ctrl_resolve(k->nl, PFQ_FAMILY_NAME);
	} while (family < 0 && errno == EINTR);
	if (family == -NLE_OBJ_NOTFOUND && !is_local(errno))
		return pfq_error_set(err, -ENOENT,
				     "the kernel engine is not there: load its module by "
				     "`modprobe pfq`");
	if (family < 0)
		return netlink_error("cannot find out whether the kernel engine is there",
				     err);
	k->family = (uint16_t)family;
	/*
	 * The kernel counts parts of dumps and filters as larger than they are, so that they do not
	 * fit into buffers of libnl's size.
	 */
	errno = 0;
	if (nl_socket_set_buffer_size(k->nl, SOCKET_BYTES, SOCKET_BYTES))
		return netlink_error("cannot enlarge the buffers of a netlink socket", err);
	/*
	 * Ask for texts of errors, and for errors without a copy of the request. Without these
	 * options texts are only less clear.
	 */
	(void)setsockopt(nl_socket_get_fd(k->nl), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	(void)setsockopt(nl_socket_get_fd(k->nl), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

static int kernel_open(struct pfq_conn *c, uint64_t deadline_ns, struct pfq_error *err)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int ret;

	(void)deadline_ns;	/* the kernel answers within the call */
	if (!k)
		return pfq_error_set(err, -ENOMEM, "no memory for a connection");
	k->device = -1;
	k->memory = -1;
	c->own = k;
	ret = open_netlink(k, err);
	if (!ret) {
		c->fd = nl_socket_get_fd(k->nl);
		k->device = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
		if (k->device < 0)
			ret = device_error(-errno, err);
	}
	if (ret)
		kernel_close(c);
	return ret;
}

/* --- requests -------------------------------------------------------------------------- */

/* Make a netlink message from the codec's message @buf. NULL: no memory. */
static struct nl_msg *translate(const struct kernel *k, const void *buf, size_t len)
{
	struct nl_msg *m = nlmsg_alloc_size(len + FD_ATTR_BYTES);
	const struct genlmsghdr *g;
	struct nlmsghdr *h;
	void *body;

	if (!m)
		return NULL;
	h = nlmsg_hdr(m);
	body = nlmsg_reserve(m, len - NLMSG_HDRLEN, 0);
	if (!body) {
		nlmsg_free(m);
		return NULL;
	}
	memcpy(h, buf, NLMSG_HDRLEN);
	memcpy(body, (const uint8_t *)buf + NLMSG_HDRLEN, len - NLMSG_HDRLEN);
	g = body;
	h->nlmsg_type = k->family;
	/*
	 * The acknowledgement answers requests that have no other answer. After another one it is
	 * skipped.
	 */
	if (!(h->nlmsg_flags & NLM_F_DUMP))
		h->nlmsg_flags |= NLM_F_ACK;
	if (g->cmd < 32 && FD_COMMANDS >> g->cmd & 1 &&
	    nla_put_u32(m, PFQ_A_FD, (uint32_t)k->device)) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

static int kernel_send(struct pfq_conn *c, const struct pfq_msg_out *o, uint64_t deadline_ns)
{
	const struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct kernel *k = c->own;
	const struct nlmsghdr *h;
	const void *buf;
	size_t len;
	ssize_t n;
	int ret;

	(void)deadline_ns;
	ret = pfq_msg_bytes(o, &buf, &len);
	if (ret)
		return ret;
	if (k->request)
		nlmsg_free(k->request);
	k->request = translate(k, buf, len);
	if (!k->request)
		return -ENOMEM;
	h = nlmsg_hdr(k->request);
	do {
		n = sendto(c->fd, h, h->nlmsg_len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
			   sizeof(to));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* --- answers ------------------------------------------------------------------------------ */

static unsigned long long value_of(const struct nlattr *nla)
{
	if (nla_len(nla) == sizeof(uint64_t))
		return nla_get_u64(nla);
	return nla_len(nla) == sizeof(uint32_t) ? nla_get_u32(nla) : 0;
}

/* Write the attribute that an error points to, and its value, as a text that ends with ": ". */
static void describe(const struct kernel *k, uint32_t offset, char *text, size_t size)
{
	const struct nlmsghdr *h = nlmsg_hdr(k->request);
	const struct nlattr *nla = (const void *)((const uint8_t *)h + offset);
	unsigned int type;

	*text = '\0';
	if (offset % NLA_ALIGNTO || offset < NLMSG_HDRLEN + GENL_HDRLEN ||
	    offset > h->nlmsg_len || !nla_ok(nla, (int)(h->nlmsg_len - offset)))
		return;
	type = (unsigned int)nla_type(nla);
	switch (type) {
	case PFQ_A_GROUP:
	case PFQ_A_BINDINGS:
	case PFQ_A_STEER:
	case PFQ_A_NAME:
	case PFQ_A_VLANS:
	case PFQ_A_HUGEPAGES:
	case PFQ_A_SET:
		snprintf(text, size, "%s \"%.60s\": ", pfq_msg_attr_name(type),
			 (const char *)nla_data(nla));
		return;
	case PFQ_A_RING_BYTES:
	case PFQ_A_TSTAMP:
	case PFQ_A_WEIGHT:
	case PFQ_A_DIRECTION:
		snprintf(text, size, "%s %llu: ", pfq_msg_attr_name(type), value_of(nla));
		return;
	default:
		snprintf(text, size, "%s: ", pfq_msg_attr_name(type));
	}
}

/* The text of an error says what is allowed. Put the attribute and its value before it. */
static int explain(struct pfq_conn *c, const struct pfq_msg *m, uint32_t offset, size_t *len)
{
	char what[96], text[PFQ_MSG_TEXT_MAX + 1];
	struct pfq_msg req = { .seq = m->seq };
	struct pfq_msg_out o;
	const void *buf;
	int ret;

	describe(c->own, offset, what, sizeof(what));
	snprintf(text, sizeof(text), "%s%.*s", what, (int)(sizeof(text) - sizeof(what)), m->text);
	pfq_msg_begin_error(&o, &req, m->error, text);
	ret = pfq_msg_bytes(&o, &buf, len);
	if (!ret)
		memcpy(c->buf, buf, *len);
	pfq_msg_free(&o);
	return ret;
}

/* The offset in the request that the error in c->buf points to; 0: none. */
static uint32_t bad_offset(const struct pfq_conn *c)
{
	const struct nlmsghdr *h = c->buf;
	const struct nlattr *nla;
	size_t skip = NLMSG_HDRLEN + sizeof(struct nlmsgerr);
	int rem;

	if (h->nlmsg_type != NLMSG_ERROR || !(h->nlmsg_flags & NLM_F_CAPPED) ||
	    !(h->nlmsg_flags & NLM_F_ACK_TLVS) || h->nlmsg_len < skip)
		return 0;
	rem = (int)(h->nlmsg_len - skip);
	for (nla = (const void *)((const uint8_t *)h + skip); nla_ok(nla, rem);
	     nla = nla_next(nla, &rem)) {
		if (nla_type(nla) == NLMSGERR_ATTR_OFFS && nla_len(nla) == sizeof(uint32_t))
			return nla_get_u32(nla);
	}
	return 0;
}

/* Copy the next message to c->buf. Returns its length, 0 if none is left, or -EPROTO. */
static ssize_t next_message(struct pfq_conn *c)
{
	struct kernel *k = c->own;
	const struct nlmsghdr *h = (const void *)(k->buf + k->pos);
	struct nlmsghdr *out = c->buf;
	struct pfq_msg m;
	uint32_t offset;
	size_t len;

	if (k->pos >= k->len)
		return 0;
	if (!nlmsg_ok(h, (int)(k->len - k->pos)))
		return -EPROTO;
	len = h->nlmsg_len;
	k->pos += NLMSG_ALIGN(len);
	memcpy(c->buf, h, len);
	if (out->nlmsg_type == k->family)
		out->nlmsg_type = PFQ_MSG_TYPE;
	offset = bad_offset(c);
	if (offset && k->request && !pfq_msg_parse(&m, c->buf, len) && m.text[0] &&
	    explain(c, &m, offset, &len))
		return -EPROTO;
	return (ssize_t)len;
}

static ssize_t kernel_recv(struct pfq_conn *c, int *fds, unsigned int fds_max, unsigned int *nfds,
			   uint64_t deadline_ns)
{
	struct kernel *k = c->own;
	ssize_t n;
	int ret;

	(void)fds;
	(void)fds_max;
	*nfds = 0;
	for (;;) {
		n = next_message(c);
		if (n)
			return n;
		ret = pfq_msg_wait(c->fd, POLLIN, deadline_ns);
		if (ret)
			return ret;
		n = recv(c->fd, k->buf, sizeof(k->buf), MSG_DONTWAIT | MSG_TRUNC);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > (ssize_t)sizeof(k->buf))
			return -EMSGSIZE;
		k->pos = 0;
		k->len = n > 0 ? (size_t)n : 0;
	}
}

static int kernel_bring(struct pfq_conn *c, struct pfq_ioc_memory *m)
{
	struct kernel *k = c->own;

	while (ioctl(k->device, PFQ_IOC_MEMORY, m)) {
		if (errno != EINTR)
			return -errno;
	}
	k->memory = m->fd;
	return 0;
}

static int kernel_attach(struct pfq_conn *c, const struct pfq_answer *a, struct pfq_ring *r,
			 int *doorbell, struct pfq_error *err)
{
	const struct kernel *k = c->own;
	struct pfq_place data = { k->device, PFQ_MMAP_DATA,
				  pfq_attrs_u64(&a->msg.attrs, PFQ_A_AREA_BYTES) };
	struct pfq_place reader = { k->device, PFQ_MMAP_READER,
				    pfq_attrs_u64(&a->msg.attrs, PFQ_A_READER_BYTES) };
	int ret, fd;

	if (a->msg.type != PFQ_MSG_TYPE)
		return pfq_error_set(err, -EPROTO, "JOIN: the answer of %s has no ring", c->where);
	/* the data may be in the file that we brought */
	if (pfq_attrs_has(&a->msg.attrs, PFQ_A_MEMORY_PINNED)) {
		data.fd = k->memory;
		data.offset = 0;
	}
	ret = pfq_ring_map_places(r, &data, &reader, err);
	if (ret)
		return ret;
	fd = fcntl(k->device, F_DUPFD_CLOEXEC, 0);
	if (fd < 0) {
		ret = pfq_error_set(err, -errno, "no descriptor for the doorbell: %s",
				      pfq_reason(PFQ_REASON_PROCESS, errno));
		pfq_ring_unmap(r);
		return ret;
	}
	*doorbell = fd;
	return 0;
}

const struct pfq_transport pfq_transport_kernel = {
	.name = "kernel",
	.has_adapter_time = true,
	.has_device_bell = true,
	.open = kernel_open,
	.close = kernel_close,
	.send = kernel_send,
	.recv = kernel_recv,
	.bring = kernel_bring,
	.attach = kernel_attach,
};
