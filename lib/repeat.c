/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <linux/netlink.h>
#include "client.h"
#include "repeat.h"

/* The JOIN had the filter and the direction: only what has been set since then is left. */
static bool is_changed(const struct pfq *q)
{
	return q->reconnect.is_again;
}

static void filter_put(const struct pfq *q, struct pfq_msg_out *o)
{
	pfq_wish_put_filter(o, q->wish.filter, q->wish.insns);
}

static void direction_put(const struct pfq *q, struct pfq_msg_out *o)
{
	pfq_wish_put_direction(o, q->wish.direction);
}

/* Records before the positions of both requests were made without what the program wants. */
static int positions_take(struct pfq *q, const struct pfq_answer *answer, struct pfq_error *err)
{
	uint64_t positions[PFQ_LANES_MAX];
	uint32_t i;

	(void)err;
	pfq_attrs_u64s(&answer->msg.attrs, PFQ_A_POSITIONS, positions, PFQ_LANES_MAX);
	for (i = 0; i < PFQ_LANES_MAX; i++) {
		if (positions[i] > q->reconnect.positions[i])
			q->reconnect.positions[i] = positions[i];
	}
	return 0;
}

static bool start_is_due(const struct pfq *q)
{
	return q->is_started;
}

static bool status_is_due(const struct pfq *q)
{
	(void)q;
	return true;
}

static int status_take(struct pfq *q, const struct pfq_answer *answer, struct pfq_error *err)
{
	struct pfq_reconnect *r = &q->reconnect;

	return pfq_lost_sum(&r->conn, answer, r->member, &r->lost_base, err);
}

static const struct item {
	enum pfq_cmd cmd;
	bool (*is_due)(const struct pfq *q);
	void (*put)(const struct pfq *q, struct pfq_msg_out *o);	/* NULL: no attributes */
	int (*take)(struct pfq *q, const struct pfq_answer *answer, struct pfq_error *err);
} items[] = {
	{ PFQ_CMD_FILTER_SET, is_changed, filter_put, positions_take },
	{ PFQ_CMD_DIRECTION_SET, is_changed, direction_put, positions_take },
	{ PFQ_CMD_STATUS_GET, status_is_due, NULL, status_take },
	/* the last one: flows come filtered */
	{ PFQ_CMD_START, start_is_due, NULL, NULL },
};

#define ITEMS	(sizeof(items) / sizeof(items[0]))

void pfq_repeat_join(struct pfq *q, struct pfq_msg_out *o)
{
	q->reconnect.changes = q->wish.changes;
	filter_put(q, o);
	if (q->wish.direction != PFQ_DIRECTION_INOUT)
		direction_put(q, o);
}

void pfq_repeat_begin(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;

	r->item = 0;
	r->is_asked = false;
	r->is_again = r->changes != q->wish.changes;
	r->changes = q->wish.changes;
	memset(r->positions, 0, sizeof(r->positions));
}

static int ask(struct pfq *q, const struct item *i, struct pfq_error *err)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_msg_out o;
	int ret;

	pfq_msg_begin(&o, i->cmd, NLM_F_REQUEST, pfq_conn_seq(&r->conn));
	if (i->put)
		i->put(q, &o);
	ret = pfq_conn_send(&r->conn, &o, i->cmd, err);
	r->is_asked = !ret;
	return ret;
}

static int take(struct pfq *q, const struct item *i, struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_reconnect *r = &q->reconnect;
	int ret = pfq_conn_answer(&r->conn, i->cmd, &answer, err);

	if (ret)
		return answer.is_refusal ? -EINVAL : ret;
	ret = i->take ? i->take(q, &answer, err) : 0;
	r->is_asked = false;
	r->item++;
	return ret;
}

int pfq_repeat_step(struct pfq *q, struct pfq_error *err)
{
	struct pfq_reconnect *r = &q->reconnect;
	int ret = 0;

	while (!ret) {
		if (r->item == ITEMS && r->changes == q->wish.changes)
			return 0;
		if (r->item == ITEMS) {
			/* the program has set something meanwhile */
			r->changes = q->wish.changes;
			r->is_again = true;
			r->item = 0;
		} else if (!r->is_asked && !items[r->item].is_due(q)) {
			r->item++;
		} else {
			ret = r->is_asked ? 0 : ask(q, &items[r->item], err);
			if (!ret)
				ret = take(q, &items[r->item], err);
		}
	}
	return ret;
}
