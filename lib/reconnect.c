/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "client.h"
#include "clock.h"
#include "lane.h"
#include "reconnect_step.h"

/*
 * A read waits for answers up to this time, so that the program is not woken for each of them. A
 * ring is made within this time, unless it is large.
 */
#define NAP_NS		(10 * NS_PER_MS)

void pfq_reconnect_begin(struct pfq *q, uint32_t seconds)
{
	struct pfq_reconnect *r = &q->reconnect;

	memset(r, 0, sizeof(*r));
	r->conn.fd = -1;
	r->folder.fd = -1;
	r->is_on = q->conn.transport->may_return && seconds != PFQ_RECONNECT_NO;
	r->limit_ns = seconds ? seconds * NS_PER_S : NEVER_NS;
	if (r->is_on)
		pfq_folder_open(&r->folder, q->conn.where);
}

void pfq_reconnect_end(struct pfq *q)
{
	if (q->reconnect.is_on)
		pfq_reconnect_hang_up(q);
	pfq_folder_close(&q->reconnect.folder);
}

/*
 * Has the engine ended the endpoint, and lives on? Sets the text then. The module lives as long as
 * its files, but it ends the endpoint with its group.
 */
static bool is_removed(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;
	char why[128] = "";
	bool is_told = false;

	if (!q->conn.transport->may_return) {
		snprintf(r->text, sizeof(r->text), "pfqd on %s has ended, or has removed group %s",
			 q->conn.where, q->member->group);
		return true;
	}
	/* another thread that makes a request gets the message in its place */
	if (!pfq_request_try(q))
		return false;
	is_told = pfq_conn_removed(&q->conn, why, sizeof(why));
	pfq_request_end(q);
	if (is_told)
		snprintf(r->text, sizeof(r->text), "pfqd on %s: %s", q->conn.where, why);
	return is_told;
}

/* The program does not wait for the engine. */
static int end(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;

	if (!r->is_why_known)
		(void)is_removed(q);
	r->is_why_known = true;
	return -EPIPE;
}

static void lose(struct pfq *q, uint64_t now)
{
	struct pfq_reconnect *r = &q->reconnect;
	bool lives = is_removed(q);

	pfq_wake_away(&q->wake);
	if (!lives)
		snprintf(r->text, sizeof(r->text), "pfqd on %s has ended", q->conn.where);
	r->is_text_new = true;
	r->deadline_ns = r->limit_ns == NEVER_NS ? NEVER_NS : now + r->limit_ns;
	r->pause_ns = PFQ_PAUSE_MIN_NS;
	r->fresh_ns = 0;
	/* a group does not come back at once, and the program shall see the reason */
	r->again_ns = lives ? now + PFQ_PAUSE_LONG_NS : now;
	r->state = lives ? PFQ_RECONNECT_AWAY : PFQ_RECONNECT_KEPT;
}

static void late(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;
	char why[160];

	snprintf(why, sizeof(why), "%.159s", r->text);
	snprintf(r->text, sizeof(r->text), "pfqd is not back after %llu s: %s",
		 (unsigned long long)(r->limit_ns / NS_PER_S), why);
	(void)pfq_reconnect_over(q, -EPIPE);
}

/* Go as far as possible without waiting. Returns true if the state has changed. */
static bool advance(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;
	bool has_moved = false;
	uint64_t now;

	for (;;) {
		now = clock_monotonic_ns();
		if (!pfq_reconnect_step[r->state])
			return has_moved;
		if (now >= r->deadline_ns)
			late(q);
		else if (pfq_reconnect_step[r->state](q, now) == PFQ_RECONNECT_WAIT)
			return has_moved;
		has_moved = true;
	}
}

/* The descriptor that tells of the next step. -1: none, only the time. */
static int news_fd(const struct pfq_reconnect *r)
{
	return r->state == PFQ_RECONNECT_AWAY ? r->folder.fd : r->conn.fd;
}

static bool is_timed(const struct pfq_reconnect *r)
{
	return r->state == PFQ_RECONNECT_KEPT || r->state == PFQ_RECONNECT_AWAY ||
	       r->state == PFQ_RECONNECT_REFUSED || r->state == PFQ_RECONNECT_SETTLE;
}

/* The time left until the next step is due, whatever the descriptor says. */
static uint64_t left_ns(const struct pfq_reconnect *r)
{
	uint64_t now, next = r->deadline_ns;

	if (!pfq_reconnect_step[r->state])
		return 0;
	if (is_timed(r) && r->again_ns < next)
		next = r->again_ns;
	if (next == NEVER_NS)
		return NEVER_NS;
	now = clock_monotonic_ns();
	return next > now ? next - now : 0;
}

static void arrange(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;

	pfq_wake_source(&q->wake, pfq_reconnect_step[r->state] ? news_fd(r) : -1);
	pfq_wake_alarm(&q->wake, left_ns(r));
}

/* Wait for the next step, up to @max_ns, or for @extra_fd. Returns 0, 2, or ppoll()'s -errno. */
static int sleep_for(struct pfq_reconnect *r, int extra_fd, uint64_t max_ns)
{
	struct pollfd p[2] = { { news_fd(r), POLLIN, 0 }, { extra_fd, POLLIN, 0 } };
	uint64_t ns = left_ns(r);
	struct timespec left;

	if (max_ns < ns)
		ns = max_ns;
	left = clock_timespec(ns);
	if (ppoll(p, 2, ns == NEVER_NS ? NULL : &left, NULL) < 0)
		return -errno;
	return p[1].revents ? 2 : 0;
}

/* Can the state change before @end_ns? */
static bool is_soon(const struct pfq_reconnect *r, uint64_t end_ns)
{
	if (r->state == PFQ_RECONNECT_AWAY)
		return r->again_ns < end_ns;
	return pfq_reconnect_step[r->state] && r->state != PFQ_RECONNECT_REFUSED;
}

static void nap(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;
	uint64_t now = clock_monotonic_ns(), end_ns = now + NAP_NS;

	for (; now < end_ns && is_soon(r, end_ns); now = clock_monotonic_ns()) {
		if (sleep_for(r, -1, end_ns - now) < 0)
			return;
		(void)advance(q);
	}
}

/* Give back the records that the engine made before it had the filter again. */
static void skip(struct pfq *q)
{
	struct pfq_ring *ring = &q->member->ring;
	uint32_t i;

	for (i = 0; i < ring->lanes && !q->reader.is_damaged; i++) {
		if (pfq_lane_skip(&ring->lane[i], ring->lane_size, q->reconnect.positions[i]))
			q->reader.is_damaged = true;
	}
}

/* Change to the next engine. Returns false if a request of another thread is in progress. */
static bool change(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;
	struct pfq_member *old = q->member, *new = r->member;

	if (!pfq_request_try(q))
		return false;
	pfq_wake_source(&q->wake, -1);
	pfq_member_follow(new, old);
	q->member = new;
	pfq_conn_close(&q->conn);
	q->conn = r->conn;
	q->lost_before = q->lost;
	q->lost_base = r->lost_base;
	pfq_request_end(q);
	r->member = NULL;
	memset(&r->conn, 0, sizeof(r->conn));
	r->conn.fd = -1;
	old->next = q->ended;
	q->ended = old;
	pfq_ended_free(q);
	pfq_reader_init(&q->reader, &new->ring, q->wish.params.order_none);
	skip(q);
	r->text[0] = '\0';
	r->state = PFQ_RECONNECT_THERE;
	pfq_wake_back(&q->wake, new->doorbell);
	return true;
}

int pfq_reconnect_read(struct pfq *q)
{
	struct pfq_reconnect *r = &q->reconnect;

	if (!r->is_on)
		return end(q);
	if (r->state == PFQ_RECONNECT_THERE)
		lose(q, clock_monotonic_ns());
	/* the program has set something since the wait that came to this state */
	if (r->state == PFQ_RECONNECT_READY && r->changes != q->wish.changes)
		r->state = PFQ_RECONNECT_REPEAT;
	/* not at each read while the engine makes a large ring */
	if (advance(q) || r->state == PFQ_RECONNECT_AWAY)
		nap(q);
	r->is_text_new = false;
	if (r->state == PFQ_RECONNECT_READY && change(q))
		return 1;
	arrange(q);
	return r->state == PFQ_RECONNECT_OVER ? r->error : 0;
}

int pfq_reconnect_wait(struct pfq *q, int extra_fd, uint64_t deadline_ns)
{
	struct pfq_reconnect *r = &q->reconnect;
	uint64_t now = 0;
	int ret = 0;

	if (!r->is_on)
		return end(q);
	if (r->state == PFQ_RECONNECT_THERE)
		lose(q, clock_monotonic_ns());
	for (;;) {
		(void)advance(q);
		/* the program may hold records of the old ring: the next read changes */
		if (!pfq_reconnect_step[r->state])
			break;
		/* the program may want to print the reason of the wait */
		if (r->is_text_new)
			break;
		if (deadline_ns != NEVER_NS)
			now = clock_monotonic_ns();
		ret = sleep_for(r, extra_fd, deadline_ns == NEVER_NS ? NEVER_NS :
				deadline_ns > now ? deadline_ns - now : 0);
		if (ret || (deadline_ns != NEVER_NS && clock_monotonic_ns() >= deadline_ns))
			break;
	}
	arrange(q);
	if (r->state == PFQ_RECONNECT_OVER)
		return r->error;
	if (r->state != PFQ_RECONNECT_READY && !r->is_text_new)
		return ret;
	r->is_text_new = false;
	return 1;
}

void pfq_reconnect_watch(struct pfq *q)
{
	if (pfq_reconnect_is_away(&q->reconnect))
		arrange(q);
}

const char *pfq_engine_away(const struct pfq *q)
{
	return q->reconnect.text[0] ? q->reconnect.text : NULL;
}
