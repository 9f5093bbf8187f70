/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Joins the parts of a source in one PACKET_FANOUT group, so that the kernel gives each packet to
 * one part.
 *
 * A socket must be bound before it can join, and until it joins it would get a copy of each packet.
 * So pfqd binds it with a filter that rejects all packets. After the last part has joined, pfqd
 * waits until no CPU delivers a packet to a socket outside of the group. Then it replaces the
 * filters one by one. The spread of packets over parts no longer changes by then. So each flow is
 * captured from one moment on, completely and once.
 *
 * All processes of the network namespace share the numbers of fanout groups, and a socket can join
 * any group by its number. So the first part lets the kernel choose a free number. The caller's
 * fanout_id only tells which parts belong together. Control thread only.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/host/delivered.h"
#include "packet.h"

struct fanout {
	struct fanout *next;
	uint16_t key;			/* ingest_params.fanout_id */
	uint16_t id;			/* the number that the kernel chose */
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

/* Attach the program that chooses the part of a packet to the group of @in. Returns 0 or -errno. */
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

/*
 * Make the socket of @in a member of the group. The first member makes the group, and attaches the
 * program that chooses the part of a packet. Returns 0 or -errno.
 */
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

/*
 * All parts have joined: replace the filters that reject all packets. Ingests that these parts
 * replace stop first. Returns 0 or -errno.
 */
static int fanout_start(struct fanout *f, const struct ingest_params *params)
{
	int ret = delivered_wait();

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
