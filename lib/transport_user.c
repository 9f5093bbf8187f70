/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The user engine: pfqd behind its Unix socket. No call waits beyond its deadline. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "clock.h"
#include "conn.h"
#include "transport.h"
#include "error.h"
#include "peer.h"
#include "reason.h"

#define BACKLOG_RETRY_NS	(5 * NS_PER_MS)

static int open_error(const struct pfq_conn *c, int error, struct pfq_error *err)
{
	if (error == -EACCES || error == -EPERM)
		return pfq_error_set(
			err, -EACCES,
			"no permission to use %s as uid %u: the modes of the socket and its "
			"folders, or a sandbox of this process, forbid it",
			c->where, (unsigned int)geteuid());
	if (error == -ENOENT || error == -ECONNREFUSED || error == -ENOTDIR)
		return pfq_error_set(err, error == -ENOTDIR ? -ENOENT : error,
				     "pfqd is not running: nothing listens on %s; start it with "
				     "`pfqd -c FILE` or `systemctl start pfqd`",
				     c->where);
	if (error == -EPROTOTYPE || error == -ENOTSOCK || error == -ENXIO)
		return pfq_error_set(err, -EPROTO, "%s is not pfqd's socket", c->where);
	if (error == -ETIMEDOUT)
		return pfq_error_set(err, error,
				     "pfqd does not take connections on %s: its queue is "
				     "full; is it stopped?",
				     c->where);
	return pfq_error_set(err, error, "cannot connect to pfqd on %s: %s", c->where,
			     pfq_reason(PFQ_REASON_PROCESS, error));
}

/*
 * If the backlog is full, connect() returns EAGAIN, and no poll event tells when it has room. So
 * retry.
 */
static int connect_until(int fd, const struct sockaddr_un *sun, uint64_t deadline_ns)
{
	struct timespec pause = clock_timespec(BACKLOG_RETRY_NS);

	while (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (clock_monotonic_ns() >= deadline_ns)
			return -ETIMEDOUT;
		if (errno == EAGAIN)
			nanosleep(&pause, NULL);
	}
	return 0;
}

/* Tells two reasons for ECONNREFUSED apart: nobody listens, or the file is not a socket. */
static bool is_socket_file(const char *path)
{
	struct stat st;

	return stat(path, &st) || S_ISSOCK(st.st_mode);
}

static int user_open(struct pfq_conn *c, uint64_t deadline_ns, struct pfq_error *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int ret;

	/* conn.c has checked the length */
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", c->where);
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return pfq_error_set(err, -errno, "cannot make a socket to reach pfqd on %s: %s",
				     c->where, pfq_reason(PFQ_REASON_PROCESS, errno));
	ret = connect_until(c->fd, &sun, deadline_ns);
	if (!ret) {
		c->peer = pfq_peer_pid(c->fd);
		return 0;
	}
	if (ret == -ECONNREFUSED && !c->opens_nothing && !is_socket_file(c->where))
		ret = -ENOTSOCK;
	close(c->fd);
	c->fd = -1;
	return open_error(c, ret, err);
}

static int gone_error(int error)
{
	bool is_gone = error == -ECONNRESET || error == -ENOTCONN || error == -ECONNREFUSED;

	return is_gone ? -EPIPE : error;
}

static int user_send(struct pfq_conn *c, const struct pfq_msg_out *o, uint64_t deadline_ns)
{
	int ret;

	for (;;) {
		ret = pfq_msg_send(c->fd, o, NULL, 0);
		if (ret != -EAGAIN)
			return gone_error(ret);
		ret = pfq_msg_wait(c->fd, POLLOUT, deadline_ns);
		if (ret)
			return ret;
	}
}

static ssize_t user_recv(struct pfq_conn *c, int *fds, unsigned int fds_max, unsigned int *nfds,
			 uint64_t deadline_ns)
{
	ssize_t n;
	int ret;

	for (;;) {
		*nfds = 0;
		n = fds_max ? pfq_msg_recv(c->fd, c->buf, PFQ_MSG_MAX, fds, fds_max, nfds) :
			      pfq_msg_recv_bytes(c->fd, c->buf, PFQ_MSG_MAX);
		if (n > 0)
			return n;
		if (n != -EAGAIN)
			return n ? gone_error((int)n) : -EPIPE;
		ret = pfq_msg_wait(c->fd, POLLIN, deadline_ns);
		if (ret)
			return ret;
	}
}

enum { FD_AREA, FD_READER, FD_DOORBELL };

/* Returns 0, -ENOTSOCK, or another error that prevents the check. */
static int check_socket(int fd)
{
	int type;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) ? -errno : 0;
}

static int user_attach(struct pfq_conn *c, const struct pfq_answer *a, struct pfq_ring *r,
		       int *doorbell, struct pfq_error *err)
{
	bool is_whole = a->msg.type == PFQ_MSG_TYPE && a->fds == PFQ_MSG_FDS_MAX;
	int ret = is_whole ? check_socket(a->fd[FD_DOORBELL]) : -ENOTSOCK;

	if (ret == -ENOTSOCK)
		return pfq_error_set(err, -EPROTO, "JOIN: pfqd on %s sent no ring", c->where);
	if (ret)
		return pfq_error_set(err, ret, "the doorbell that pfqd on %s sent: %s", c->where,
				     pfq_reason(PFQ_REASON_PROCESS, ret));
	ret = pfq_ring_map(r, a->fd[FD_AREA], a->fd[FD_READER], err);
	if (!ret)
		*doorbell = a->fd[FD_DOORBELL];
	return ret;
}

const struct pfq_transport pfq_transport_user = {
	.name = "user",
	.may_return = true,
	.open = user_open,
	.send = user_send,
	.recv = user_recv,
	.attach = user_attach,
};
