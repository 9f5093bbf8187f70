/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests clients that send descriptors whose last close takes long: no other client waits for it. */
/* Alone: it measures how long the server waits. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define LINGER_S	3

/*
 * Make a TCP socket that waits LINGER_S when it is closed: its peer, *peer, reads nothing, so that
 * data is left.
 */
static int lingering(int *peer)
{
	const struct linger linger = { 1, LINGER_S };
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	static char data[65536];
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	assert_int_equal(connect(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	*peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(*peer >= 0);
	close(listener);
	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	while (send(sock, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	return sock;
}

/* Send @bytes bytes with a copy of @fd, which is closed here. */
static void pass(const struct client *c, size_t bytes, int fd)
{
	union {
		struct cmsghdr hdr;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .hdr = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	static char garbage[16];
	struct iovec iov = { garbage, bytes };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes) };

	memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(fd));
	assert_int_equal(sendmsg(c->sock, &mh, 0), bytes);
	close(fd);
}

/* Another client is served, and less time than the socket lingers has gone since @from_ns. */
static void another_is_served(uint64_t from_ns)
{
	client_free(client_hello(0, 0));
	assert_true(net_clock_ns(CLOCK_MONOTONIC) - from_ns < (LINGER_S - 1) * 1000000000ULL);
}

static void test_message(void **state)
{
	struct client *c = client_new(9, 9);
	int peer, sock = lingering(&peer);
	uint64_t from_ns = net_clock_ns(CLOCK_MONOTONIC);
	int ret;

	(void)state;
	pass(c, 16, sock);
	another_is_served(from_ns);
	/* the latter when the thread has begun to close it */
	ret = client_answer(c);
	assert_true(ret == -EPIPE || ret == -ECONNRESET);
	another_is_served(from_ns);
	/* the socket is still to be closed, and counts */
	assert_int_equal(limits_used(world.registry->limits, 9, LIMIT_CONNECTIONS), 1);
	world_until(limits_used(world.registry->limits, 9, LIMIT_CONNECTIONS) == 0);
	client_free(c);
	close(peer);
}

/* The message is behind another one, which is empty, and the client has gone. */
static void test_left_in_the_queue(void **state)
{
	struct client *c = client_new(9, 9);
	int peer, sock = lingering(&peer);
	uint64_t from_ns = net_clock_ns(CLOCK_MONOTONIC);

	(void)state;
	assert_int_equal(send(c->sock, "", 0, 0), 0);
	pass(c, 0, sock);
	client_free(c);
	another_is_served(from_ns);
	world_until(limits_used(world.registry->limits, 9, LIMIT_CONNECTIONS) == 0);
	close(peer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_message),
		TEST(test_left_in_the_queue),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
