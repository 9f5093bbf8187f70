/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* An endpoint: joins, keeps what the engine answered, leaves. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include "client.h"
#include "error.h"
#include "memory.h"
#include "program.h"

static int request(struct pfq *q, const struct pfq_params *params, const struct pfq_memory *memory,
		   struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = PFQ_MSG_FDS_MAX };
	struct pfq_member *m;
	struct pfq_msg_out o;
	int ret;

	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	ret = pfq_wish_put_join(&o, params, err);
	if (ret) {
		pfq_msg_free(&o);
		return ret;
	}
	ret = pfq_conn_request(&q->conn, &o, PFQ_CMD_JOIN, &answer, PFQ_JOIN_MS, err);
	if (!ret)
		ret = pfq_member_make(&m, &q->conn, &answer, memory->why_none, params->ring_bytes,
				      err);
	if (!ret)
		q->member = m;
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

static int enter(struct pfq *q, const struct pfq_params *params, struct pfq_error *err)
{
	int ret = pfq_conn_open(&q->conn, params->engine, params->socket, PFQ_RESTART_MS, err);

	if (ret)
		return ret;
	ret = join(q, params, err);
	if (ret)
		pfq_conn_close(&q->conn);
	return ret;
}

/*
 * The engine has ended before it answered the JOIN: join the next one. If there is none, *err stays
 * as it is.
 */
static int enter_next(struct pfq *q, const struct pfq_params *params, struct pfq_error *err)
{
	struct pfq_error why;
	int ret = enter(q, params, &why);

	if (ret == -ENOENT || ret == -ECONNREFUSED)
		return -EPIPE;
	return ret ? pfq_error_set(err, ret, "%s", why.text) : 0;
}

static int open_endpoint(struct pfq **qp, const struct pfq_params *params, struct pfq_error *err)
{
	struct pfq *q = calloc(1, sizeof(*q));
	struct pfq_member *m;
	int ret;

	*qp = NULL;
	if (!q)
		return pfq_error_set(err, -ENOMEM, "no memory for an endpoint");
	pfq_wake_init(&q->wake, &q->reader, -1, false);
	q->reconnect.folder.fd = -1;
	ret = enter(q, params, err);
	if (ret == -EPIPE)
		ret = enter_next(q, params, err);
	if (ret) {
		free(q);
		return ret;
	}
	m = q->member;
	pfq_reader_init(&q->reader, &m->ring, params->order_none || m->is_adapter_time);
	pfq_wake_init(&q->wake, &q->reader, m->doorbell, q->conn.transport->has_device_bell);
	ret = pfq_lost_begin(q, err);
	if (!ret && pfq_wish_begin(&q->wish, params))
		ret = pfq_error_set(err, -ENOMEM, "no memory for an endpoint");
	if (ret) {
		pfq_close(q);
		return ret;
	}
	/* the program has learned it, and gets no longer records from a later engine */
	q->wish.params.snaplen = m->ring.snaplen;
	/* Many programs enter a sandbox once they have their handle. */
	q->conn.opens_nothing = true;
	pfq_reconnect_begin(q, params->reconnect_s);
	*qp = q;
	return 0;
}

int pfq_open(struct pfq **qp, const struct pfq_params *params, struct pfq_error *err)
{
	struct pfq_params read = *params;
	char *text = NULL;
	int ret;

	*qp = NULL;
	if (params->lang) {
		ret = pfq_program_read(&text, params->lang, err);
		if (ret)
			return ret;
		/* the next engine gets the text, because the process may enter a sandbox */
		read.lang = text;
	}
	ret = open_endpoint(qp, &read, err);
	free(text);
	return ret;
}

void pfq_close(struct pfq *q)
{
	if (!q)
		return;
	pfq_reconnect_end(q);
	pfq_wake_exit(&q->wake);
	pfq_member_free(q->member);
	pfq_ended_free(q);
	pfq_conn_close(&q->conn);
	pfq_wish_end(&q->wish);
	free(q);
}

uint32_t pfq_linktype(const struct pfq *q)
{
	return q->member->ring.linktype;
}

uint32_t pfq_snaplen(const struct pfq *q)
{
	return q->member->ring.snaplen;
}

uint32_t pfq_lanes(const struct pfq *q)
{
	return q->member->ring.lanes;
}

uint64_t pfq_ring_bytes(const struct pfq *q)
{
	return q->member->ring.lanes * q->member->ring.lane_size;
}

uint64_t pfq_page_bytes(const struct pfq *q)
{
	return q->member->page_bytes;
}

const char *pfq_ring_text(const struct pfq *q)
{
	return q->member->ring_text;
}

int pfq_adapter_time(const struct pfq *q)
{
	return q->member->is_adapter_time;
}

const char *pfq_group(const struct pfq *q)
{
	return q->member->group;
}

const char *pfq_name(const struct pfq *q)
{
	return q->member->name;
}

const char *pfq_bindings(const struct pfq *q)
{
	return q->member->bindings;
}

const char *pfq_device(const struct pfq *q, unsigned int i, uint32_t *ifindex)
{
	const struct pfq_member *m = q->member;

	if (i >= m->devices)
		return NULL;
	*ifindex = m->device[i].ifindex;
	return m->device[i].name;
}

const struct pfq_engine_info *pfq_engine(const struct pfq *q)
{
	return &q->conn.info;
}
