/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* An endpoint's requests to its engine, over its own connection. */
#include <errno.h>
#include <poll.h>
#include <linux/netlink.h>
#include "client.h"
#include "clock.h"
#include "error.h"
#include "set.h"

#define FRAME_MAX	65000	/* the limit of PFQ_A_FRAME */
#define TURN_MS		2000	/* longer than any request takes */

bool pfq_request_try(struct pfq *q)
{
	return !atomic_flag_test_and_set(&q->is_asking);
}

int pfq_request_begin(struct pfq *q, struct pfq_error *err)
{
	const struct timespec step = clock_timespec(NS_PER_MS);
	unsigned int i;

	for (i = 0; i < TURN_MS; i++) {
		if (pfq_request_try(q))
			return 0;
		/* not nanosleep(), which a sandbox may forbid */
		(void)ppoll(NULL, 0, &step, NULL);
	}
	return pfq_error_set(err, -EBUSY, "another thread makes a request for this endpoint");
}

void pfq_request_end(struct pfq *q)
{
	atomic_flag_clear(&q->is_asking);
}

/* Has the engine ended, and does the program wait for the next one? @error: of the request. */
static bool is_put_off(const struct pfq *q, int error)
{
	return error == -EPIPE && q->reconnect.is_on;
}

/* Has the engine ended, and its connection not? Then no answer comes before the next engine. */
static bool is_left_open(const struct pfq *q)
{
	return q->member->is_kept && pfq_doorbell_has_news(&q->wake.bell, 0);
}

static int ended(const struct pfq *q, struct pfq_error *err)
{
	return pfq_error_set(err, -EPIPE, "pfqd on %s has ended", q->conn.where);
}

/* As pfq_conn_request(). */
static int ask(struct pfq *q, struct pfq_msg_out *o, enum pfq_cmd cmd, struct pfq_answer *answer,
	       struct pfq_error *err)
{
	int ret;

	if (is_left_open(q)) {
		pfq_msg_free(o);
		return ended(q, err);
	}
	ret = pfq_conn_request(&q->conn, o, cmd, answer, PFQ_REQUEST_MS, err);
	return ret && is_left_open(q) ? ended(q, err) : ret;
}

/* The same for a request that is answered by an acknowledgement only. */
static int command(struct pfq *q, struct pfq_msg_out *o, enum pfq_cmd cmd, struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };

	return ask(q, o, cmd, &answer, err);
}

int pfq_start(struct pfq *q, struct pfq_error *err)
{
	struct pfq_msg_out o;
	int ret;

	if (q->is_started)
		return 0;
	ret = pfq_request_begin(q, err);
	if (ret)
		return ret;
	pfq_msg_begin(&o, PFQ_CMD_START, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	ret = command(q, &o, PFQ_CMD_START, err);
	pfq_request_end(q);
	if (is_put_off(q, ret)) {
		q->wish.changes++;
		ret = 0;
	}
	if (!ret)
		q->is_started = true;
	return ret;
}

/* The engine has ended: all of its records were made before any change. */
static void final_positions(const struct pfq *q, uint64_t *positions)
{
	const struct pfq_ring *ring = q->reader.ring;
	uint32_t i;

	for (i = 0; positions && i < ring->lanes; i++)
		positions[i] = load_acquire(&ring->lane[i].hdr->prod);
}

/*
 * Send a request whose answer has the positions in the lanes where it took effect. @positions may
 * be NULL. Without an engine, the next one gets the request.
 */
static int positioned(struct pfq *q, struct pfq_msg_out *o, enum pfq_cmd cmd, uint64_t *positions,
		      struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	uint64_t dummy[PFQ_LANES_MAX];
	uint32_t lanes = q->reader.ring->lanes;
	int ret;

	ret = ask(q, o, cmd, &answer, err);
	if (is_put_off(q, ret)) {
		final_positions(q, positions);
		return 0;
	}
	if (ret)
		return ret;
	if (pfq_attrs_u64s(&answer.msg.attrs, PFQ_A_POSITIONS, positions ? positions : dummy,
			   lanes) != lanes)
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
	int ret;

	if (count > PFQ_FILTER_MAX)
		return pfq_error_set(err, -EINVAL,
				     "a filter of %u instructions; at most %d are allowed", count,
				     PFQ_FILTER_MAX);
	ret = pfq_request_begin(q, err);
	if (ret)
		return ret;
	pfq_msg_begin(&o, PFQ_CMD_FILTER_SET, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	pfq_wish_put_filter(&o, insns, count);
	ret = positioned(q, &o, PFQ_CMD_FILTER_SET, positions, err);
	pfq_request_end(q);
	if (!ret && pfq_wish_filter(&q->wish, insns, count))
		ret = pfq_error_set(err, -ENOMEM, "no memory for a filter");
	return ret;
}

int pfq_direction_set(struct pfq *q, enum pfq_direction direction, uint64_t *positions,
		      struct pfq_error *err)
{
	struct pfq_msg_out o;
	int ret;

	if ((unsigned int)direction >= __PFQ_DIRECTION_MAX)
		return pfq_error_set(err, -EINVAL,
				     "direction %d: 0 (inout), 1 (in) and 2 (out) are allowed",
				     (int)direction);
	ret = pfq_request_begin(q, err);
	if (ret)
		return ret;
	pfq_msg_begin(&o, PFQ_CMD_DIRECTION_SET, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	pfq_wish_put_direction(&o, direction);
	ret = positioned(q, &o, PFQ_CMD_DIRECTION_SET, positions, err);
	pfq_request_end(q);
	if (!ret)
		pfq_wish_direction(&q->wish, direction);
	return ret;
}

int pfq_inject(struct pfq *q, const void *frame, size_t len, struct pfq_error *err)
{
	struct pfq_msg_out o;
	int ret;

	if (!len || len > FRAME_MAX)
		return pfq_error_set(err, len ? -EMSGSIZE : -EINVAL,
				     "a frame of %zu bytes; 1 to %d are allowed", len, FRAME_MAX);
	ret = pfq_request_begin(q, err);
	if (ret)
		return ret;
	pfq_msg_begin(&o, PFQ_CMD_INJECT, NLM_F_REQUEST, pfq_conn_seq(&q->conn));
	pfq_msg_put_binary(&o, PFQ_A_FRAME, frame, len);
	ret = command(q, &o, PFQ_CMD_INJECT, err);
	pfq_request_end(q);
	return ret;
}

static int ask_set(const struct pfq_set_change *ch, struct pfq_msg_out *o,
		   struct pfq_answer *answer, struct pfq_error *err)
{
	return ask(ch->arg, o, PFQ_CMD_SET_CHANGE, answer, err);
}

int pfq_set_change(struct pfq *q, const char *set, enum pfq_set_op op,
		   const struct pfq_entry *entry, size_t count, struct pfq_set_result *result,
		   struct pfq_error *err)
{
	struct pfq_set_change ch = {
		.conn = &q->conn, .set = set, .op = op, .entry = entry, .count = count,
		.result = result, .ask = ask_set, .arg = q,
	};
	int ret = pfq_request_begin(q, err);

	if (ret)
		return ret;
	ch.group = q->member->group;
	ret = pfq_set_change_send(&ch, err);
	pfq_request_end(q);
	return ret;
}
