/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Messages on a Unix socket. libnl's own sockets serve netlink only and cannot pass descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "clock.h"
#include "message.h"

union control {
	struct cmsghdr hdr;	/* for alignment */
	char bytes[CMSG_SPACE(sizeof(int) * PFQ_MSG_FDS_MAX)];
};

int pfq_msg_send(int sock, const struct pfq_msg_out *o, const int *fds, unsigned int nfds)
{
	union control control;
	struct iovec iov;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	const void *buf;
	size_t len;
	ssize_t n;
	int ret;

	ret = pfq_msg_bytes(o, &buf, &len);
	if (ret)
		return ret;
	if (nfds > PFQ_MSG_FDS_MAX)
		return -EINVAL;
	iov = (struct iovec){ .iov_base = (void *)(uintptr_t)buf, .iov_len = len };
	if (nfds) {
		memset(&control, 0, sizeof(control));
		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	}
	do {
		/* sandboxes that allow send() may not allow sendmsg() */
		n = nfds ? sendmsg(sock, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) :
			   send(sock, buf, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Put up to @max descriptors into @fds and close the others. Returns the number that came. */
static unsigned int take_fds(struct msghdr *mh, int *fds, unsigned int max, unsigned int *nfds)
{
	unsigned int came = 0, i, n;
	struct cmsghdr *c;
	int fd;

	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		for (i = 0; i < n; i++, came++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (came < max)
				fds[(*nfds)++] = fd;
			else
				close(fd);
		}
	}
	return came;
}

/*
 * Find the reason why fewer descriptors came than there was room for. The kernel failed to install
 * the next one and does not tell why. The descriptors that came are still open: if the table is
 * full, one more gives the error. If not, a security module refused.
 */
static int install_error(int sock)
{
	int fd = fcntl(sock, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return errno == EINVAL ? -EMFILE : -errno;
	close(fd);
	return -EACCES;
}

/* Returns the error if a datagram's flags or descriptors make it useless, else 0. */
static int recv_fault(int sock, int flags, unsigned int came, unsigned int fds_max)
{
	if (flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (flags & MSG_CTRUNC && came < fds_max)
		return install_error(sock);
	return flags & MSG_CTRUNC || came > fds_max ? -EPROTO : 0;
}

ssize_t pfq_msg_recv_bytes(int sock, void *buf, size_t size)
{
	ssize_t n;

	do {
		n = recv(sock, buf, size, MSG_DONTWAIT | MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n > size ? -EMSGSIZE : n;
}

ssize_t pfq_msg_recv(int sock, void *buf, size_t size, int *fds, unsigned int fds_max,
		     unsigned int *nfds)
{
	union control control;
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	unsigned int taken = 0, came;
	ssize_t n;
	int ret;

	if (nfds)
		*nfds = 0;
	if (fds_max > PFQ_MSG_FDS_MAX)
		return -EINVAL;
	/* without room for descriptors, the kernel itself drops those that a peer attaches */
	if (fds_max) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * fds_max);
	}
	do {
		n = recvmsg(sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;

	came = fds_max ? take_fds(&mh, fds, fds_max, &taken) : 0;
	ret = recv_fault(sock, mh.msg_flags, came, fds_max);
	if (ret) {
		while (taken)
			close(fds[--taken]);
		return ret;
	}
	if (nfds)
		*nfds = taken;
	return n;
}

int pfq_msg_wait(int sock, short events, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = sock, .events = events };
	struct timespec left;
	uint64_t now;
	int n;

	do {
		now = clock_monotonic_ns();
		left = clock_timespec(now < deadline_ns ? deadline_ns - now : 0);
		n = ppoll(&p, 1, &left, NULL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}
