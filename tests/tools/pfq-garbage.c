// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A client that speaks no protocol. It connects to PFQ_SOCKET again and again, and sends messages
 * that are empty, cut, too long, longer than they say, random, or with descriptors. Sometimes it
 * says HELLO before. It does not read an answer, and leaves at once or a moment later. Prints how
 * many messages the engine's socket took.
 */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "linux/pfq_control.h"

#define LONG_BYTES	(2 * PFQ_MSG_MAX)
#define FDS		16
#define BURST		40	/* messages of a connection */

static char bytes[LONG_BYTES];

struct hello {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	struct nlattr attr;
	uint32_t abi;
};

static size_t hello_put(void)
{
	const struct hello h = {
		.nl = { .nlmsg_len = sizeof(h), .nlmsg_type = PFQ_MSG_TYPE,
			.nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 1 },
		.genl = { .cmd = PFQ_CMD_HELLO, .version = 1 },
		.attr = { .nla_len = sizeof(h.attr) + sizeof(h.abi), .nla_type = PFQ_A_ABI },
		.abi = PFQ_ABI_VERSION,
	};

	memcpy(bytes, &h, sizeof(h));
	return sizeof(h);
}

static size_t random_put(size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)random();
	return n;
}

/* Put a message into @bytes that is wrong in the way @kind. Returns its length. */
static size_t message_put(unsigned int kind)
{
	struct hello *h = (void *)bytes;
	size_t n = hello_put();

	switch (kind) {
	case 0:	/* half of a message */
		return (size_t)random() % n;
	case 1:	/* the header has a longer length */
		h->nl.nlmsg_len = (uint32_t)random();
		return n;
	case 2:	/* the attribute has a longer length, or none */
		h->attr.nla_len = (uint16_t)random();
		return n;
	case 3:	/* any command with any attribute */
		h->genl.cmd = (uint8_t)(random() % 32);
		h->attr.nla_type = (uint16_t)(random() % 128);
		return n;
	case 4:	/* longer than allowed */
		return random_put(PFQ_MSG_MAX + 1 + (size_t)random() % (PFQ_MSG_MAX - 1));
	case 5:	/* HELLO, and no end of attributes behind it */
		memset(bytes + n, 0, PFQ_MSG_MAX - n);
		h->nl.nlmsg_len = PFQ_MSG_MAX;
		return PFQ_MSG_MAX;
	default:
		return random_put((size_t)random() % 512);
	}
}

/* Send @n of the bytes, perhaps with descriptors. Returns false if the engine has hung up. */
static bool put(int sock, size_t n, bool with_fds)
{
	union {
		struct cmsghdr hdr;
		char bytes[CMSG_SPACE(FDS * sizeof(int))];
	} control = { .hdr = { .cmsg_len = CMSG_LEN(FDS * sizeof(int)), .cmsg_level = SOL_SOCKET,
			       .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { bytes, n };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	for (unsigned int i = 0; i < FDS; i++)
		memcpy(CMSG_DATA(&control.hdr) + i * sizeof(int), &sock, sizeof(sock));
	if (with_fds) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = sizeof(control.bytes);
	}
	if (sendmsg(sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	if (errno != EPIPE && errno != ECONNRESET && errno != EAGAIN && errno != EMSGSIZE &&
	    errno != ETOOMANYREFS)
		err(1, "sendmsg");
	return errno == EMSGSIZE;
}

/* One connection. Returns the number of messages that were taken. */
static unsigned int speak(const struct sockaddr_un *at)
{
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool greets = random() % 2;
	unsigned int n = 0;

	if (sock < 0)
		err(2, "socket");
	if (connect(sock, (const struct sockaddr *)at, sizeof(*at))) {
		if (errno != EAGAIN)
			err(1, "%s", at->sun_path);
		usleep(1000);
	} else if (!greets || put(sock, hello_put(), false)) {
		while (n < BURST && put(sock, message_put((unsigned int)random() % 8),
					!(random() % 8)))
			n++;
		if (!(random() % 16))
			usleep(20000);
	}
	close(sock);
	return n;
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *socket = getenv("PFQ_SOCKET");
	unsigned long long connections = 0, messages = 0;
	time_t end;

	if (argc != 3 || !socket)
		errx(2, "usage: PFQ_SOCKET=PATH pfq-garbage SECONDS SEED");
	srandom((unsigned int)strtoul(argv[2], NULL, 10));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", socket);
	end = time(NULL) + atol(argv[1]);
	while (time(NULL) < end) {
		messages += speak(&at);
		connections++;
	}
	printf("%llu connections, %llu messages\n", connections, messages);
	return 0;
}
