/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* An endpoint's requests to its engine, over its own connection. */
#include <errno.h>
#include <linux/netlink.h>
#include "client.h"
#include "error.h"

#define INSN_BYTES	8	/* bytes of a struct sock_filter */
#define FRAME_MAX	65000	/* the limit of PFQ_A_FRAME */

int pfq_start(struct pfq *q, struct pfq_error *err)
{
	struct pfq_msg_out o;
	int ret;

	if (q->is_started)
		return 0;
	pfq_msg_begin(&o, PFQ_CMD_START, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	ret = pfq_conn_command(&q->conn, &o, PFQ_CMD_START, err);
	if (!ret)
		q->is_started = true;
	return ret;
}

/*
 * Send a request whose answer has the positions in the lanes where it took effect. @positions may
 * be NULL.
 */
static int positioned(struct pfq *q, struct pfq_msg_out *o, enum pfq_cmd cmd, uint64_t *positions,
		      struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	uint64_t dummy[PFQ_LANES_MAX];
	int ret;

	ret = pfq_conn_request(&q->conn, o, cmd, &answer, PFQ_REQUEST_MS, err);
	if (ret)
		return ret;
	if (pfq_attrs_u64s(&answer.msg.attrs, PFQ_A_POSITIONS, positions ? positions : dummy,
			   q->ring.lanes) != q->ring.lanes)
		return pfq_error_set(err, -EPROTO,
				     "%s: the answer of pfqd on %s does not say where it "
				     "took effect",
				     pfq_msg_cmd_name(cmd), q->conn.where);
	return 0;
}

int pfq_filter_set(struct pfq *q, const void *insns, unsigned int count, uint64_t *positions,
		   struct pfq_error *err)
{
	struct pfq_msg_out o;

	if (count > PFQ_FILTER_MAX)
		return pfq_error_set(err, -EINVAL,
				     "a filter of %u instructions; at most %d are allowed", count,
				     PFQ_FILTER_MAX);
	pfq_msg_begin(&o, PFQ_CMD_FILTER_SET, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	if (count)
		pfq_msg_put_binary(&o, PFQ_A_FILTER, insns, (size_t)count * INSN_BYTES);
	return positioned(q, &o, PFQ_CMD_FILTER_SET, positions, err);
}

int pfq_direction_set(struct pfq *q, enum pfq_direction direction, uint64_t *positions,
		      struct pfq_error *err)
{
	struct pfq_msg_out o;

	if ((unsigned int)direction >= __PFQ_DIRECTION_MAX)
		return pfq_error_set(err, -EINVAL,
				     "direction %d: 0 (inout), 1 (in) and 2 (out) are allowed",
				     (int)direction);
	pfq_msg_begin(&o, PFQ_CMD_DIRECTION_SET, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	pfq_msg_put_u32(&o, PFQ_A_DIRECTION, (uint32_t)direction);
	return positioned(q, &o, PFQ_CMD_DIRECTION_SET, positions, err);
}

int pfq_inject(struct pfq *q, const void *frame, size_t len, struct pfq_error *err)
{
	struct pfq_msg_out o;

	if (!len || len > FRAME_MAX)
		return pfq_error_set(err, len ? -EMSGSIZE : -EINVAL,
				     "a frame of %zu bytes; 1 to %d are allowed", len, FRAME_MAX);
	pfq_msg_begin(&o, PFQ_CMD_INJECT, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	pfq_msg_put_binary(&o, PFQ_A_FRAME, frame, len);
	return pfq_conn_command(&q->conn, &o, PFQ_CMD_INJECT, err);
}
