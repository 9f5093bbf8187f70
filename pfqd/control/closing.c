/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "closing.h"
#include "lib/message.h"
#include "pfqd/engine/maker.h"
#include "pfqd/engine/registry.h"

struct closing {
	struct maker_job job;		/* first, so that it is the closing */
	struct limits *limits;		/* NULL: nothing is charged */
	int sock;
};

/* Look at the next datagram. Returns the flags of recvmsg() without room for a control message. */
static int look(int sock)
{
	struct msghdr mh = { .msg_iovlen = 0 };
	ssize_t n;

	do {
		n = recvmsg(sock, &mh, MSG_PEEK | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : mh.msg_flags;
}

ssize_t closing_receive(int sock, void *buf, size_t size)
{
	int flags = look(sock);

	if (flags < 0)
		return flags;
	return flags & MSG_CTRUNC ? -EPROTO : pfq_msg_recv(sock, buf, size, NULL, 0, NULL);
}

/*
 * Is no datagram left? With SO_PASSCRED each one has a control message, also an empty one, which
 * looks like the end of the connection otherwise.
 */
static bool is_empty(int sock)
{
	const int on = 1;
	int flags;

	if (setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		return false;
	flags = look(sock);
	return flags < 0 || !(flags & MSG_CTRUNC);
}

static void work(struct maker_job *job)
{
	close(((struct closing *)job)->sock);
}

static void done(struct maker_job *job)
{
	const struct closing *cl = (struct closing *)job;

	if (cl->limits)
		limits_give(cl->limits, job->uid, LIMIT_CONNECTIONS, 1);
	free(job);
}

void closing_leave(struct registry *registry, int sock, uid_t uid, bool is_charged)
{
	close(sock);
	if (is_charged)
		limits_give(registry->limits, uid, LIMIT_CONNECTIONS, 1);
}

void closing_begin(struct registry *registry, int sock, uid_t uid, bool is_charged)
{
	const struct closing now = {
		.job = { .uid = uid, .work = work, .done = done },
		.limits = is_charged ? registry->limits : NULL,
		.sock = sock,
	};
	struct closing *cl = NULL;

	/* from now on the client cannot send, either */
	shutdown(sock, SHUT_RDWR);
	if (registry->maker && !is_empty(sock))
		cl = malloc(sizeof(*cl));
	if (!cl) {
		closing_leave(registry, sock, uid, is_charged);
		return;
	}
	*cl = now;
	maker_add(registry->maker, &cl->job);
}
