/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/netlink.h>
#include "client.h"
#include "clock.h"
#include "error.h"
#include "reconnect_step.h"
#include "repeat.h"

/* An engine that ends has closed its socket after this time. */
#define DYING_NS	(5 * NS_PER_S)

/* A process listens on its new socket within this time. */
#define FRESH_NS	(2 * NS_PER_S)

/* An engine whose workers run publishes its records within this time. */
#define SETTLE_MAX_NS	(5 * NS_PER_S)

void pfq_reconnect_hang_up(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;

	pfq_wake_source(&q->wake, -1);
	pfq_member_free(r->member);
	r->member = NULL;
	if (r->conn.transport)
		pfq_conn_close(&r->conn);
}

static int to_state(struct pfq_reconnect *r, enum pfq_reconnect_state state)
{
	r->state = state;
	return PFQ_RECONNECT_MOVED;
}

int pfq_reconnect_over(struct pfq *q, int error)
{
	pfq_reconnect_hang_up(q);
	q->reconnect.error = error;
	return to_state(&q->reconnect, PFQ_RECONNECT_OVER);
}

static void keep_text(struct pfq_reconnect *r, const struct pfq_error *err)
{
	r->is_text_new |= !!strcmp(r->text, err->text);
	memcpy(r->text, err->text, sizeof(r->text));
}

static void pause_from(struct pfq_reconnect *r, uint64_t from_ns)
{
	r->again_ns = from_ns + r->pause_ns;
	r->pause_ns = r->pause_ns * 2 < PFQ_PAUSE_MAX_NS ? r->pause_ns * 2 : PFQ_PAUSE_MAX_NS;
}

static void pause_long(struct pfq_reconnect *r, uint64_t now)
{
	if (r->pause_ns < PFQ_PAUSE_LONG_NS)
		r->pause_ns = PFQ_PAUSE_LONG_NS;
	pause_from(r, now);
}

/* The connection has failed: an engine that lives on refuses it, or the engine has ended again. */
static int to_away(struct pfq *q, const struct pfq_error *err)
{
	struct pfq_reconnect *r = &q->reconnect;

	keep_text(r, err);
	pfq_reconnect_hang_up(q);
	pause_from(r, r->tried_ns);
	return to_state(r, PFQ_RECONNECT_AWAY);
}

/*
 * No process listens. A socket that has just appeared may be of a process that is about to listen;
 * after that, the folder tells of the next socket.
 */
static void wait_for_socket(struct pfq_reconnect *r, uint64_t now)
{
	if (now < r->fresh_ns)
		pause_from(r, now);
	else if (pfq_folder_is_watched(&r->folder))
		r->again_ns = NEVER_NS;
	else
		pause_long(r, now);
}

static int step_away(struct pfq *q, uint64_t now)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_error err = { "" };
	int ret;

	if (pfq_folder_has_news(&r->folder)) {
		r->again_ns = now;
		r->pause_ns = PFQ_PAUSE_MIN_NS;
		r->fresh_ns = now + FRESH_NS;
	}
	if (now < r->again_ns)
		return PFQ_RECONNECT_WAIT;
	ret = pfq_conn_connect(&r->conn, q->conn.where, &err);
	if (!ret) {
		r->tried_ns = now;
		return to_state(r, PFQ_RECONNECT_GREET);
	}
	keep_text(r, &err);
	/* a sandbox forbids it for ever; with -EACCES it may be the socket's mode */
	if (ret == -EPERM || ret == -ENOSYS)
		return pfq_reconnect_over(q, -EPIPE);
	if (ret == -ENOENT || ret == -ECONNREFUSED)
		wait_for_socket(r, now);
	else
		pause_long(r, now);
	return PFQ_RECONNECT_WAIT;
}

/*
 * A process that is killed closes its socket tens of milliseconds after the doorbell. A connection
 * that it still takes would wake the program once more, when it ends. The folder tells of the next
 * socket, so there is no hurry. A socket that another process has made, such as systemd, may stay.
 */
static bool is_dying(const struct pfq *q)
{
	return pfq_folder_is_watched(&q->reconnect.folder) && q->conn.peer &&
	       q->conn.peer == (pid_t)q->conn.info.pid;
}

static int to_away_first(struct pfq *q, uint64_t now)
{
	q->reconnect.again_ns = is_dying(q) ? now + DYING_NS : now;
	return to_state(&q->reconnect, PFQ_RECONNECT_AWAY);
}

/*
 * Use the old connection for the next engine, if the service manager holds it open. Requests of
 * other threads find no connection from now on, and are put off.
 */
static int step_kept(struct pfq *q, uint64_t now)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_error err = { "" };
	int ret;

	if (!q->member->is_kept)
		return to_away_first(q, now);
	if (!pfq_request_try(q)) {
		r->again_ns = now + PFQ_PAUSE_MIN_NS;
		return PFQ_RECONNECT_WAIT;
	}
	r->conn = q->conn;
	r->conn.peer = 0;
	q->conn.fd = -1;
	q->conn.buf = NULL;
	pfq_request_end(q);
	ret = pfq_conn_greet(&r->conn, &err);
	if (!ret) {
		r->tried_ns = now;
		return to_state(r, PFQ_RECONNECT_GREET);
	}
	pfq_reconnect_hang_up(q);
	return to_away_first(q, now);
}

static int ask_join(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_params params = q->wish.params;
	struct pfq_error err = { "" };
	struct pfq_msg_out o;
	int ret;

	/* as it was given, with its number */
	params.name = q->member->name[0] ? q->member->name : NULL;
	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, pfq_conn_seq(&r->conn));
	pfq_repeat_join(q, &o);
	if (q->member->has_ticket && r->conn.takes_tickets)
		pfq_msg_put_binary(&o, PFQ_A_TICKET, q->member->ticket, PFQ_TICKET_BYTES);
	ret = pfq_wish_put_join(&o, &params, &err);
	if (ret) {
		pfq_msg_free(&o);
		keep_text(r, &err);
		return pfq_reconnect_over(q, ret);
	}
	ret = pfq_conn_send(&r->conn, &o, PFQ_CMD_JOIN, &err);
	return ret ? to_away(q, &err) : to_state(r, PFQ_RECONNECT_JOIN);
}

static int step_greet(struct pfq *q, uint64_t now)
{
	struct pfq_error err = { "" };
	int ret = pfq_conn_greeted(&q->reconnect.conn, &err);

	(void)now;
	if (ret == -EAGAIN)
		return PFQ_RECONNECT_WAIT;
	return ret ? to_away(q, &err) : ask_join(q);
}

/*
 * Is the ring as the program knows it? It has asked once, and has set up its output. Records may be
 * shorter than its snaplen anyway, so a smaller one changes nothing for it.
 */
static int judge(struct pfq *q)
{
	const struct pfq_ring *old = &q->member->ring, *new = &q->reconnect.member->ring;
	uint32_t snaplen = q->wish.params.snaplen;
	struct pfq_error err;

	if (new->linktype != old->linktype)
		pfq_error_set(&err, 0, "the group's link type changed from %u to %u while pfqd was "
			      "away: open the device anew", old->linktype, new->linktype);
	else if (new->snaplen > snaplen)
		pfq_error_set(&err, 0, "pfqd keeps %u bytes of a packet since it is back, and at "
			      "most %u were asked for: open the device anew", new->snaplen,
			      snaplen);
	else
		return 0;
	keep_text(&q->reconnect, &err);
	return -EPROTO;
}

static int step_join(struct pfq *q, uint64_t now)
{
	struct pfq_answer answer = { .fds_max = PFQ_MSG_FDS_MAX };
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_error err = { "" };
	int ret = pfq_conn_answer(&r->conn, PFQ_CMD_JOIN, &answer, &err);

	if (ret == -EAGAIN)
		return PFQ_RECONNECT_WAIT;
	if (ret && answer.is_refusal) {
		/* the group or the name may be there in a while */
		keep_text(r, &err);
		pause_long(r, now);
		return to_state(r, PFQ_RECONNECT_REFUSED);
	}
	if (!ret)
		ret = pfq_member_make(&r->member, &r->conn, &answer, NULL, 0, &err);
	if (ret)
		return to_away(q, &err);
	ret = judge(q);
	if (ret)
		return pfq_reconnect_over(q, ret);
	pfq_repeat_begin(q);
	return to_state(r, PFQ_RECONNECT_REPEAT);
}

static int step_refused(struct pfq *q, uint64_t now)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_error err = { "" };
	int ret = pfq_conn_answer(&r->conn, PFQ_CMD_JOIN, &answer, &err);

	/* no answer is due: only the end of the connection is told here */
	if (ret && ret != -EAGAIN)
		return to_away(q, &err);
	return now < r->again_ns ? PFQ_RECONNECT_WAIT : ask_join(q);
}

static int step_repeat(struct pfq *q, uint64_t now)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_error err = { "" };
	int ret = pfq_repeat_step(q, &err);

	(void)now;
	if (ret == -EAGAIN)
		return PFQ_RECONNECT_WAIT;
	if (!ret)
		return to_state(r, PFQ_RECONNECT_SETTLE);
	if (ret != -EINVAL)
		return to_away(q, &err);
	/* the engine refuses what the program has set: it would get other packets than it wants */
	keep_text(r, &err);
	return pfq_reconnect_over(q, ret);
}

/*
 * An engine answers a position as soon as it has written the records before it; it publishes them
 * in a moment. Those records are skipped, so they have to be there.
 */
static int step_settle(struct pfq *q, uint64_t now)
{
	struct pfq_reconnect *r = &q->reconnect;
	const struct pfq_ring *ring = &r->member->ring;
	struct pfq_error err;
	uint32_t i = 0;

	/* the program has set another filter meanwhile */
	if (r->changes != q->wish.changes)
		return to_state(r, PFQ_RECONNECT_REPEAT);
	while (i < ring->lanes && load_acquire(&ring->lane[i].hdr->prod) >= r->positions[i])
		i++;
	if (i == ring->lanes)
		return to_state(r, PFQ_RECONNECT_READY);
	r->again_ns = now + NS_PER_MS;
	if (now - r->tried_ns < SETTLE_MAX_NS)
		return PFQ_RECONNECT_WAIT;
	pfq_error_set(&err, -EPROTO, "pfqd on %s does not publish its records", q->conn.where);
	return to_away(q, &err);
}

int (*const pfq_reconnect_step[__PFQ_RECONNECT_MAX])(struct pfq *q, uint64_t now) = {
	[PFQ_RECONNECT_KEPT] = step_kept,
	[PFQ_RECONNECT_AWAY] = step_away,
	[PFQ_RECONNECT_GREET] = step_greet,
	[PFQ_RECONNECT_JOIN] = step_join,
	[PFQ_RECONNECT_REFUSED] = step_refused,
	[PFQ_RECONNECT_REPEAT] = step_repeat,
	[PFQ_RECONNECT_SETTLE] = step_settle,
};
