/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Opens and closes a part. Part i of n takes every n-th queue of the source, from the i-th on. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pfqd/base/error.h"
#include "pfqd/host/ifreq.h"
#include "xdp.h"

static bool is_named(const uint64_t *queues, uint32_t i)
{
	return !queues || queues[i / 64] >> i % 64 & 1;
}

/*
 * List the queues of the source in order. A device that does not tell its number of queues is taken
 * to have one, unless the group names queues.
 */
static int list_queues(const struct ingest_params *params, uint16_t list[INGEST_QUEUES_MAX],
		       uint32_t *count, struct pfq_error *err)
{
	uint32_t have = ifreq_rx_queues(params->ifindex);
	uint32_t end = params->queues ? INGEST_QUEUES_MAX : have ? have : 1;

	*count = 0;
	if (!params->queues && have > INGEST_QUEUES_MAX)
		return error_set(err, -ERANGE,
				 "device %s has %u receive queues; allowed: %d; name the "
				 "queues to use",
				 params->device, have, INGEST_QUEUES_MAX);
	for (uint32_t i = 0; i < end; i++) {
		if (is_named(params->queues, i))
			list[(*count)++] = (uint16_t)i;
	}
	return 0;
}

static int open_sockets(struct ingest *in, const struct ingest_params *params,
			struct pfq_error *err)
{
	uint16_t list[INGEST_QUEUES_MAX];
	uint32_t count, i;
	int ret = list_queues(params, list, &count, err);

	if (ret)
		return ret;
	in->queues = params->queues ? 0 : count;
	in->socket = calloc(count + 1, sizeof(*in->socket));
	if (!in->socket)
		return error_set(err, -ENOMEM, "device %s: no memory", params->device);
	for (i = params->part; i < count && !ret; i += params->parts) {
		ret = xdp_socket_open(&in->socket[in->sockets], in->tap, list[i], count, err);
		if (!ret)
			in->sockets++;
	}
	return ret;
}

/* Make one descriptor for all sockets: an epoll, unless there is only one socket. */
static int join_fds(struct ingest *in, struct pfq_error *err)
{
	struct epoll_event event = {.events = EPOLLIN};

	if (in->sockets < 2)
		return 0;
	in->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (unsigned int i = 0; in->epoll_fd >= 0 && i < in->sockets; i++) {
		if (epoll_ctl(in->epoll_fd, EPOLL_CTL_ADD, xsk_socket__fd(in->socket[i]->xsk),
			      &event) < 0)
			return error_set(err, -errno, "device %s: epoll: %s", in->tap->device,
					 strerror(errno));
	}
	return in->epoll_fd >= 0 ? 0
				 : error_set(err, -errno, "device %s: epoll: %s", in->tap->device,
					     strerror(errno));
}

static int check_params(const struct ingest_params *params, struct pfq_error *err)
{
	if (!params->device || strlen(params->device) >= IFNAMSIZ || !params->ifindex)
		return error_set(err, -EINVAL,
				 "device %s: the name or index of the device is missing",
				 params->device ? params->device : "(none)");
	if (!params->parts || params->parts > PFQ_LANES_MAX || params->part >= params->parts)
		return error_set(err, -EINVAL, "device %s: part %u of %u: 1 to %u are allowed",
				 params->device, params->part, params->parts, PFQ_LANES_MAX);
	return 0;
}

static int fill(struct ingest *in, const struct ingest_params *params, struct pfq_error *err)
{
	int ret = xdp_tap_get(&in->tap, params, err);

	if (!ret)
		ret = open_sockets(in, params, err);
	if (!ret)
		ret = join_fds(in, err);
	/* after the last part, all sockets start together */
	if (!ret && params->part + 1 == params->parts)
		ret = xdp_tap_start(in->tap, err);
	return ret;
}

int xdp_open(struct ingest **out, const struct ingest_params *params, struct pfq_error *err)
{
	struct ingest *in;
	int ret = check_params(params, err);

	if (ret)
		return ret;
	in = calloc(1, sizeof(*in));
	if (!in)
		return error_set(err, -ENOMEM, "device %s: no memory", params->device);
	in->epoll_fd = -1;
	in->part = params->part;
	ret = fill(in, params, err);
	if (ret || !in->sockets) {
		xdp_close(in);
		in = NULL;
	}
	*out = in;
	return ret;
}

void xdp_close(struct ingest *in)
{
	if (!in)
		return;
	if (in->epoll_fd >= 0)
		close(in->epoll_fd);
	for (unsigned int i = 0; i < in->sockets; i++)
		xdp_socket_close(in->socket[i]);
	xdp_tap_put(in->tap);
	free(in->socket);
	free(in);
}
