// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * UDP requests and replies of the same size. A datagram begins with its seed (8 bytes,
 * network order). The rest is the pattern of that seed. The reply to seed s has seed ~s.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "pattern.h"
#include "traffic.h"

#define DATAGRAM_MAX	65536
#define SEED_BYTES	sizeof(uint64_t)
#define TRIES		5
#define TRY_MS		1000

static void datagram_fill(uint8_t *bytes, size_t len, uint64_t seed)
{
	uint64_t wire = htobe64(seed);

	memcpy(bytes, &wire, SEED_BYTES);
	pattern_fill(bytes + SEED_BYTES, len - SEED_BYTES, seed, 0);
}

/* Is this one of these datagrams? *seed gets its seed. */
static bool datagram_read(const uint8_t *bytes, ssize_t len, uint64_t *seed)
{
	uint64_t wire;

	if (len < (ssize_t)SEED_BYTES)
		return false;
	memcpy(&wire, bytes, SEED_BYTES);
	*seed = be64toh(wire);
	return pattern_matches(bytes + SEED_BYTES, (size_t)len - SEED_BYTES, *seed, 0);
}

void *datagram_server(void *arg)
{
	static uint8_t bytes[DATAGRAM_MAX];
	const int fd = *(int *)arg;

	for (;;) {
		struct sockaddr_in6 from;
		socklen_t from_len = sizeof(from);
		ssize_t len = recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from,
				       &from_len);
		uint64_t seed;

		if (!datagram_read(bytes, len, &seed))
			continue;
		datagram_fill(bytes, (size_t)len, ~seed);
		/* The client repeats a request without a reply, and reports it in the end. */
		(void)sendto(fd, bytes, (size_t)len, 0, (struct sockaddr *)&from, from_len);
	}
}

/* Wait for the reply to @seed. Returns 0, -EAGAIN after TRY_MS, -EBADMSG or -errno. */
static int reply_wait(int fd, size_t want, uint64_t seed)
{
	uint8_t bytes[DATAGRAM_MAX];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t got;
	ssize_t len;

	for (;;) {
		if (poll(&p, 1, TRY_MS) <= 0)
			return -EAGAIN;
		len = recv(fd, bytes, sizeof(bytes), 0);
		if (len < 0)
			return -errno;
		if (!datagram_read(bytes, len, &got))
			return -EBADMSG;
		if (got == ~seed)
			return len == (ssize_t)want ? 0 : -EBADMSG;
		/* A late reply to a request that was repeated: wait for the other one. */
	}
}

static int exchange(struct traffic *t, int fd, const struct sockaddr_in6 *to, uint32_t len,
		    uint64_t seed)
{
	uint8_t bytes[DATAGRAM_MAX];
	int error = -EAGAIN;

	datagram_fill(bytes, len, seed);
	for (int i = 0; i < TRIES && error == -EAGAIN; i++) {
		t->done.udp_repeated += i > 0;
		if (sendto(fd, bytes, len, 0, (const struct sockaddr *)to, sizeof(*to)) !=
		    (ssize_t)len)
			return -errno;
		error = reply_wait(fd, len, seed);
	}
	return error;
}

/*
 * The socket is not connected. Each connected socket would count IPv4's identification for
 * itself. Then two datagrams between the same addresses could have the same one at the same
 * time, and their fragments could not be distinguished.
 */
static void flow_use(struct traffic *t, uint64_t n)
{
	const struct traffic_plan *plan = t->plan;
	const struct sockaddr_in6 to = traffic_server(plan, n, plan->udp_port);
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		traffic_failed(t, "UDP flow %llu: %s", (unsigned long long)n, strerror(errno));
		return;
	}
	for (uint64_t i = 0; i < plan->udp_datagrams; i++) {
		uint32_t len = plan->udp_sizes.bytes[i % plan->udp_sizes.count];
		int error;

		traffic_pace(t);
		error = exchange(t, fd, &to, len, n << 32 | i);
		if (error) {
			traffic_failed(t, "UDP flow %llu, datagram %llu of %u bytes: %s",
				       (unsigned long long)n, (unsigned long long)i, len,
				       error == -EAGAIN ? "no reply" : strerror(-error));
			break;
		}
		t->done.udp_datagrams++;
		t->done.udp_bytes += len;
	}
	close(fd);
	t->done.udp_flows++;
}

void *datagram_client(void *arg)
{
	struct traffic *t = arg;
	uint64_t n;

	while (n = t->next_udp_flow++, traffic_goes_on(t, n, t->plan->udp_flows))
		flow_use(t, n);
	return NULL;
}
