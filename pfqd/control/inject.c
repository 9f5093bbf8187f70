/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "inject.h"

/*
 * Raw IP frames carry no protocol field, but the kernel needs the protocol: take it from the IP
 * version.
 */
static uint16_t frame_protocol(const struct source *src, const uint8_t *frame)
{
	if (src->linktype != PFQ_LINKTYPE_RAW)
		return 0;
	return htons(frame[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
}

static const struct source *first_device(const struct pfqd_group *g)
{
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (!source_is_file(g->feed[i].source) && !g->feed[i].is_refused)
			return g->feed[i].source;
	}
	return NULL;
}

/*
 * Open a socket for sending; protocol 0 receives nothing. The connection keeps the socket for
 * further frames.
 */
static int open_socket(struct connection *c, uint32_t ifindex)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };
	int ret;

	if (c->inject_sock >= 0 && c->inject_ifindex == ifindex)
		return 0;
	if (c->inject_sock >= 0)
		close(c->inject_sock);
	c->inject_sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->inject_sock < 0)
		return -errno;
	c->inject_ifindex = ifindex;
	if (!bind(c->inject_sock, (const struct sockaddr *)&ll, sizeof(ll)))
		return 0;
	ret = -errno;
	close(c->inject_sock);
	c->inject_sock = -1;
	return ret;
}

static uint64_t realtime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int inject_frame(struct connection *c, const void *frame, size_t bytes, struct pfq_error *err)
{
	const struct pfqd_group *g = c->endpoint->group;
	const struct source *src = first_device(g);
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	int ret;

	if (!src)
		return error_set(err, -EOPNOTSUPP, "group %s has no device to send through",
				 g->settings.name);
	if (!src->ingest || src->state != PFQ_DEVICE_UP)
		return error_set(err, -ENETDOWN, "device %.128s is down or gone",
				 source_device(src));
	if (!bytes)
		return error_set(err, -EINVAL, "the frame is empty");
	ret = open_socket(c, src->ifindex);
	if (ret)
		return error_set(err, ret, "device %s: packet socket: %s", source_device(src),
				 pfq_reason(PFQ_REASON_PFQD, ret));
	/* add before sending: a worker may see the frame before sendto() returns */
	pfq_echo_add(&c->endpoint->echo, frame, bytes, realtime_ns());
	ll.sll_ifindex = src->ifindex;
	ll.sll_protocol = frame_protocol(src, frame);
	if (sendto(c->inject_sock, frame, bytes, MSG_DONTWAIT, (const struct sockaddr *)&ll,
		   sizeof(ll)) >= 0)
		return 0;
	ret = -errno;
	return error_set(err, ret, "device %s: a frame of %zu bytes: %s", source_device(src), bytes,
			 strerror(-ret));
}
