/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/log.h"
#include "uevent.h"

#define KERNEL_GROUP	1	/* udev sends its own messages to another group */
#define MESSAGE_MAX	8192
#define RECV_BYTES	(1 << 20)

struct uevents {
	int fd;
	struct loop_watch *watch;
	void (*changed)(void *arg);
	void *arg;
};

/* Is @text "add@/devices/virtual/net/eth0/queues/rx-1" or the like, or "remove@..."? */
static bool is_about_queue(const char *text)
{
	return (!strncmp(text, "add@", 4) || !strncmp(text, "remove@", 7)) &&
	       strstr(text, "/queues/rx-");
}

/*
 * Read one message, and set *is_news if it is about a queue that comes or goes. -errno: there is no
 * message.
 */
static int read_one(int fd, bool *is_news)
{
	char text[MESSAGE_MAX + 1];
	struct sockaddr_nl from;
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(fd, text, MESSAGE_MAX, 0, (struct sockaddr *)&from, &size);

	if (n < 0) {
		/* messages were lost: queues may have come or gone */
		*is_news |= errno == ENOBUFS;
		return errno == ENOBUFS || errno == EINTR ? 0 : -errno;
	}
	text[n] = '\0';
	/* programs can send to the group; only the kernel has nl_pid 0 */
	*is_news |= size == sizeof(from) && !from.nl_pid && is_about_queue(text);
	return 0;
}

/*
 * Callback of the loop: read all messages, then call changed() once if one of them is about a
 * queue.
 */
static void on_event(void *arg, uint32_t events)
{
	struct uevents *u = arg;
	bool is_news = false;

	(void)events;
	while (!read_one(u->fd, &is_news))
		;
	if (is_news)
		u->changed(u->arg);
}

static int listen_kernel(struct uevents *u, struct loop *loop)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int bytes = RECV_BYTES;

	u->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (u->fd < 0)
		return -errno;
	/* best effort: a smaller buffer works too */
	setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (bind(u->fd, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return loop_watch_add(loop, u->fd, EPOLLIN, on_event, u, &u->watch);
}

int uevents_open(struct uevents **uevents, struct loop *loop, void (*changed)(void *arg), void *arg)
{
	struct uevents *u = calloc(1, sizeof(*u));
	int ret;

	if (!u)
		return -ENOMEM;
	u->changed = changed;
	u->arg = arg;
	ret = listen_kernel(u, loop);
	if (ret) {
		log_warning("receive queues that a device gets or loses later are not noticed: %s",
			    pfq_reason(PFQ_REASON_PFQD, ret));
		uevents_close(u);
		return ret;
	}
	*uevents = u;
	return 0;
}

void uevents_close(struct uevents *u)
{
	if (!u)
		return;
	loop_watch_del(u->watch);
	if (u->fd >= 0)
		close(u->fd);
	free(u);
}
