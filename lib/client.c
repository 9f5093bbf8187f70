/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* An endpoint: joins, keeps what the engine answered, leaves. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/netlink.h>
#include "client.h"
#include "error.h"
#include "memory.h"

struct text_param {
	const char *what, *value;
	enum pfq_attr attr;
	size_t max;
};

static int put_text(struct pfq_msg_out *o, const struct text_param *p, struct pfq_error *err)
{
	if (!p->value)
		return 0;
	if (!*p->value || strlen(p->value) > p->max)
		return pfq_error_set(err, -EINVAL, "%s \"%.80s\": 1 to %zu bytes are allowed",
				     p->what, p->value, p->max);
	pfq_msg_put_string(o, p->attr, p->value);
	return 0;
}

static int put_params(struct pfq_msg_out *o, const struct pfq_params *p, struct pfq_error *err)
{
	const struct text_param texts[] = {
		{ "group", p->group, PFQ_A_GROUP, PFQ_NAME_MAX },
		{ "devices", p->bindings, PFQ_A_BINDINGS, 1023 },
		{ "steer", p->steer, PFQ_A_STEER, 63 },
		{ "name", p->name, PFQ_A_NAME, PFQ_NAME_MAX },
		{ "hugepages", p->hugepages, PFQ_A_HUGEPAGES, 31 },
		{ "vlan", p->vlans, PFQ_A_VLANS, 1023 },
	};
	size_t i;
	int ret;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ret = put_text(o, &texts[i], err);
		if (ret)
			return ret;
	}
	if (p->snaplen)
		pfq_msg_put_u32(o, PFQ_A_SNAPLEN, p->snaplen);
	if (p->weight)
		pfq_msg_put_u32(o, PFQ_A_WEIGHT, p->weight);
	if (p->promisc)
		pfq_msg_put_u32(o, PFQ_A_PROMISC, 1);
	if (p->immediate)
		pfq_msg_put_u32(o, PFQ_A_IMMEDIATE, 1);
	if (p->ring_bytes)
		pfq_msg_put_u64(o, PFQ_A_RING_BYTES, p->ring_bytes);
	if (p->adapter_time)
		pfq_msg_put_u32(o, PFQ_A_TSTAMP, PFQ_TSTAMP_ADAPTER);
	if (p->classes)
		pfq_msg_put_u64(o, PFQ_A_CLASSES, p->classes);
	return 0;
}

/*
 * Write where the ring's memory is, and why it is not in huge pages, or is smaller than asked for.
 * @why_none: why this process brought no memory, or NULL. @asked: bytes.
 */
static void describe_ring(struct pfq *q, const struct pfq_attrs *attrs, const char *why_none,
			  uint64_t asked)
{
	const char *why = pfq_attrs_string(attrs, PFQ_A_MEMORY_TEXT);
	uint64_t bytes = pfq_ring_bytes(q);
	char less[64] = "";

	if (bytes < asked)
		snprintf(less, sizeof(less), " instead of %" PRIu64 " KiB", asked >> 10);
	if (pfq_attrs_has(attrs, PFQ_A_MEMORY_PINNED))
		snprintf(q->ring_text, sizeof(q->ring_text),
			 "%" PRIu64 " KiB%s in huge pages of this process, %zu KiB locked",
			 bytes >> 10, less, q->ring.area_bytes >> 10);
	else
		snprintf(q->ring_text, sizeof(q->ring_text), "%" PRIu64 " KiB%s in the engine's "
			 "memory%s%s", bytes >> 10, less, why || why_none ? ": " : "",
			 why ? why : why_none ? why_none : "");
}

static int learn_devices(struct pfq *q, const struct pfq_attrs *attrs, struct pfq_error *err)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_attrs device;

	while (q->devices < PFQ_GROUP_DEVICES_MAX &&
	       (nest = pfq_attrs_next(attrs, PFQ_A_DEVICE_BOUND, nest))) {
		if (pfq_attrs_parse(&device, nest, text))
			return pfq_error_set(err, -EPROTO,
					     "JOIN: %s sent a malformed list of devices: %s",
					     q->conn.where, text);
		q->device[q->devices].ifindex = pfq_attrs_u32(&device, PFQ_A_IFINDEX);
		pfq_attrs_copy(&device, PFQ_A_DEVICE, q->device[q->devices].name,
			       sizeof(q->device[0].name));
		q->devices++;
	}
	return 0;
}

/* Use the answer to JOIN. Closes the answer's descriptors except the doorbell. */
static int joined(struct pfq *q, struct pfq_answer *a, struct pfq_error *err)
{
	const struct pfq_attrs *attrs = &a->msg.attrs;
	unsigned int i;
	int ret;

	ret = q->conn.transport->attach(&q->conn, a, &q->ring, &q->doorbell, err);
	if (!ret && pfq_attrs_u32(attrs, PFQ_A_LANES) != q->ring.lanes)
		ret = pfq_error_set(
			err, -EPROTO, "JOIN: pfqd on %s said %u lanes, the ring has %u",
			q->conn.where, pfq_attrs_u32(attrs, PFQ_A_LANES), q->ring.lanes);
	for (i = 0; i < a->fds; i++) {
		if (a->fd[i] != q->doorbell)
			close(a->fd[i]);
	}
	if (ret)
		return ret;
	pfq_attrs_copy(attrs, PFQ_A_GROUP, q->group, sizeof(q->group));
	pfq_attrs_copy(attrs, PFQ_A_NAME, q->name, sizeof(q->name));
	pfq_attrs_copy(attrs, PFQ_A_BINDINGS, q->bindings, sizeof(q->bindings));
	q->is_adapter_time = pfq_attrs_u32(attrs, PFQ_A_TSTAMP) == PFQ_TSTAMP_ADAPTER;
	q->page_bytes = pfq_attrs_u64(attrs, PFQ_A_PAGE_BYTES);
	return learn_devices(q, attrs, err);
}

static int request(struct pfq *q, const struct pfq_params *params, const struct pfq_memory *memory,
		   struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = PFQ_MSG_FDS_MAX };
	struct pfq_msg_out o;
	int ret;

	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	ret = put_params(&o, params, err);
	if (ret) {
		pfq_msg_free(&o);
		return ret;
	}
	ret = pfq_conn_request(&q->conn, &o, PFQ_CMD_JOIN, &answer, PFQ_JOIN_MS, err);
	if (!ret)
		ret = joined(q, &answer, err);
	if (!ret)
		describe_ring(q, &answer.msg.attrs, memory->why_none, params->ring_bytes);
	return ret;
}

static int join(struct pfq *q, const struct pfq_params *params, struct pfq_error *err)
{
	struct pfq_memory memory = { .fd = -1 };
	int ret = 0;

	if (params->adapter_time && !q->conn.transport->has_adapter_time)
		return pfq_error_set(err, -EOPNOTSUPP,
				     "timestamps of the adapter: the user engine has only the "
				     "host's; allowed: the host's, or the kernel engine");
	if (q->conn.transport->bring)
		ret = pfq_memory_open(&memory, params->hugepages, params->ring_bytes, err);
	if (!ret && memory.fd >= 0)
		ret = pfq_memory_bring(&memory, &q->conn, params, err);
	if (!ret)
		ret = request(q, params, &memory, err);
	/* the ring is mapped, so its pages stay */
	pfq_memory_close(&memory);
	return ret;
}

int pfq_open(struct pfq **qp, const struct pfq_params *params, struct pfq_error *err)
{
	struct pfq *q = calloc(1, sizeof(*q));
	int ret;

	*qp = NULL;
	if (!q)
		return pfq_error_set(err, -ENOMEM, "no memory for an endpoint");
	q->doorbell = -1;
	pfq_wake_init(&q->wake, &q->reader, -1);
	ret = pfq_conn_open(&q->conn, params->engine, params->socket, err);
	if (ret) {
		free(q);
		return ret;
	}
	ret = join(q, params, err);
	if (!ret) {
		pfq_reader_init(&q->reader, &q->ring, params->order_none || q->is_adapter_time);
		pfq_wake_init(&q->wake, &q->reader, q->doorbell);
		ret = pfq_lost_begin(q, err);
	}
	if (ret) {
		pfq_close(q);
		return ret;
	}
	/* Many programs enter a sandbox once they have their handle. */
	q->conn.opens_nothing = true;
	*qp = q;
	return 0;
}

void pfq_close(struct pfq *q)
{
	if (!q)
		return;
	pfq_wake_exit(&q->wake);
	if (q->doorbell >= 0)
		close(q->doorbell);
	pfq_ring_unmap(&q->ring);
	pfq_conn_close(&q->conn);
	free(q);
}

uint32_t pfq_linktype(const struct pfq *q)
{
	return q->ring.linktype;
}

uint32_t pfq_snaplen(const struct pfq *q)
{
	return q->ring.snaplen;
}

uint32_t pfq_lanes(const struct pfq *q)
{
	return q->ring.lanes;
}

uint64_t pfq_ring_bytes(const struct pfq *q)
{
	return q->ring.lanes * q->ring.lane_size;
}

uint64_t pfq_page_bytes(const struct pfq *q)
{
	return q->page_bytes;
}

const char *pfq_ring_text(const struct pfq *q)
{
	return q->ring_text;
}

int pfq_adapter_time(const struct pfq *q)
{
	return q->is_adapter_time;
}

const char *pfq_group(const struct pfq *q)
{
	return q->group;
}

const char *pfq_name(const struct pfq *q)
{
	return q->name;
}

const char *pfq_bindings(const struct pfq *q)
{
	return q->bindings;
}

const char *pfq_device(const struct pfq *q, unsigned int i, uint32_t *ifindex)
{
	if (i >= q->devices)
		return NULL;
	*ifindex = q->device[i].ifindex;
	return q->device[i].name;
}

const struct pfq_engine_info *pfq_engine(const struct pfq *q)
{
	return &q->conn.info;
}
