/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The lanes of a source in one PACKET_FANOUT group, so that each packet comes to one
 * of them.
 *
 * A socket must be bound before it can join, and from then until it has joined it
 * would get a copy of everything. So each is bound with a filter that
 * rejects all; when the last one has joined, and no CPU can still be on its
 * way to a socket outside of the group, the filters are replaced one after
 * the other. The spread of packets over lanes does not change any more by then: a flow
 * is caught from one moment on, whole and once.
 *
 * Numbers of fanout groups are shared by the network namespace, and whoever names
 * a number joins, a stranger's group included. So the first lane lets the
 * kernel choose a free one; fanout_id of the caller only tells which
 * lanes belong together. Control thread only.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "packet.h"

struct fanout {
	struct fanout *next;
	uint16_t key;			/* ingest_params.fanout_id */
	uint16_t id;			/* the kernel's */
	uint32_t parts, joined;
	uint32_t ifindex;
	struct ingest *member[PFQ_LANES_MAX];
};

static struct fanout *fanouts;

static struct fanout *fanout_find(uint16_t key)
{
	struct fanout *f = fanouts;

	while (f && f->key != key)
		f = f->next;
	return f;
}

static void fanout_free(struct fanout *f)
{
	struct fanout **p = &fanouts;

	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	free(f);
}

static struct fanout *fanout_new(const struct ingest_params *params, uint32_t ifindex)
{
	struct fanout *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->key = params->fanout_id;
	f->parts = params->parts;
	f->ifindex = ifindex;
	f->next = fanouts;
	fanouts = f;
	return f;
}

static int fanout_spread(const struct ingest *in)
{
	struct sock_filter insn[PACKET_SPREAD_MAX];
	struct sock_fprog prog = {
		.len = (unsigned short)packet_spread_build(insn),
		.filter = insn,
	};

	return setsockopt(in->fd, SOL_PACKET, PACKET_FANOUT_DATA, &prog, sizeof(prog)) < 0 ?
		-errno : 0;
}

static int fanout_enter(struct fanout *f, const struct ingest *in)
{
	uint32_t arg = (uint32_t)PACKET_FANOUT_CBPF << 16 | f->id;
	socklen_t size = sizeof(arg);

	if (!f->joined)
		arg = (uint32_t)(PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	if (setsockopt(in->fd, SOL_PACKET, PACKET_FANOUT, &arg, size) < 0)
		return -errno;
	if (f->joined)
		return 0;
	if (getsockopt(in->fd, SOL_PACKET, PACKET_FANOUT, &arg, &size) < 0)
		return -errno;
	f->id = arg & 0xffff;
	return fanout_spread(in);
}

/* Returns when each packet on its way to a handler has got there. */
static int wait_for_packets(void)
{
	/* the release of any packet socket waits for just that */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int fanout_start(struct fanout *f, const struct ingest_params *params)
{
	int ret = wait_for_packets();

	if (!ret)
		packet_stop_others(params);
	for (uint32_t i = 0; !ret && i < f->parts; i++)
		ret = packet_filter_attach(f->member[i]);
	return ret;
}

int fanout_join(struct ingest *in, const struct ingest_params *params, struct pfq_error *err)
{
	struct fanout *f = fanout_find(params->fanout_id);
	int ret;

	if (f && (f->ifindex != in->ifindex || f->parts != params->parts ||
		  f->member[params->part]))
		return error_set(err, -EEXIST, "device %s: fanout id %u is in use for another "
				 "source", in->device, params->fanout_id);
	if (!f)
		f = fanout_new(params, in->ifindex);
	if (!f)
		return error_set(err, -ENOMEM, "device %s: no memory", in->device);
	ret = fanout_enter(f, in);
	if (ret) {
		if (!f->joined)
			fanout_free(f);
		return error_set(err, ret, "device %s: cannot spread packets over %u workers: %s",
				 in->device, params->parts, pfq_reason(PFQ_REASON_PFQD, ret));
	}
	in->fanout = f;
	f->member[params->part] = in;
	f->joined++;
	if (f->joined < f->parts)
		return 0;
	ret = fanout_start(f, params);
	if (ret)
		return error_set(err, ret, "device %s: cannot start the capture: %s", in->device,
				 packet_filter_reason(ret));
	return 0;
}

void fanout_leave(struct ingest *in)
{
	struct fanout *f = in->fanout;

	if (!f)
		return;
	in->fanout = NULL;
	f->member[in->part] = NULL;
	f->joined--;
	if (!f->joined)
		fanout_free(f);
}
