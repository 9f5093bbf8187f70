/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "closing.h"
#include "command.h"
#include "connection.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/engine/profile.h"
#include "rejoin.h"
#include "ticket.h"

#define REQUESTS_A_ROUND	16	/* per connection; other connections follow */
#define DUMPED_A_ROUND		64

static int want(struct connection *c, uint32_t events)
{
	return loop_watch_events(c->watch, events);
}

/*
 * Send one answer and free it. If the client does not read its answers, its socket is full:
 * -EXFULL replaces -EAGAIN and ends the connection.
 */
static int send_answer(struct connection *c, struct pfq_msg_out *out, const int *fds,
		       unsigned int fds_count)
{
	int ret = pfq_msg_send(c->sock, out, fds, fds_count);

	pfq_msg_free(out);
	return ret == -EAGAIN ? -EXFULL : ret;
}

static int send_error(struct connection *c, const struct pfq_msg *req, int error,
		      const char *text)
{
	struct pfq_msg_out out;

	pfq_msg_begin_error(&out, req, error, text);
	return send_answer(c, &out, NULL, 0);
}

/* --- dumps ------------------------------------------------------------------- */

/* Send one message of the dump, or the message that ends it. -EAGAIN: the socket is full. */
static int dump_one(struct connection *c)
{
	uint64_t cursor = c->dump.cursor;
	struct pfq_msg_out out;
	bool more;
	int ret;

	more = c->dump.next(c, &out);
	if (!more)
		pfq_msg_begin_done(&out, c->dump.seq);
	ret = pfq_msg_send(c->sock, &out, NULL, 0);
	pfq_msg_free(&out);
	if (ret == -EAGAIN)
		c->dump.cursor = cursor;
	else if (!more)
		c->dump.next = NULL;
	return ret;
}

/*
 * Send messages of the dump until the socket is full. Returns 0, or -errno if the connection must
 * end.
 */
static int dump_some(struct connection *c)
{
	int i, ret = 0;

	for (i = 0; i < DUMPED_A_ROUND && c->dump.next && !ret; i++)
		ret = dump_one(c);
	if (ret && ret != -EAGAIN)
		return ret;
	/*
	 * record progress unless the first message failed: epoll reports room only once a large
	 * part is free
	 */
	if (i > 1 || !ret)
		c->dump.progress_ns = registry_now_ns();
	if (c->dump.next)
		connections_watch_stalls(c->all);
	/* read no request while a dump is in progress */
	return want(c, c->dump.next ? EPOLLOUT : EPOLLIN);
}

/* --- requests ---------------------------------------------------------------- */

static int send_reply(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	int ret;

	if (!r->has_out)
		return send_error(c, req, 0, NULL);
	ret = send_answer(c, &r->out, r->fds, r->fds_count);
	if (!ret && r->sent)
		r->sent(c);
	return ret;
}

/* Send @r, or the error @ret. Returns 0, or -errno if the connection must end. */
static int respond(struct connection *c, const struct pfq_msg *req, int ret, struct reply *r)
{
	if (!ret)
		return send_reply(c, req, r);
	if (r->has_out)
		pfq_msg_free(&r->out);
	log_write(LOG_LEVEL_DEBUG, LOG_ABOUT(.pid = c->cred.pid, .uid = c->cred.uid),
		  "%s of user %u: %s", pfq_msg_cmd_name(req->cmd), c->cred.uid, r->err.text);
	if (req->cmd == PFQ_CMD_JOIN)
		rejoin_refused(c, req, r->err.text);
	return send_error(c, req, ret, r->err.text);
}

/*
 * Run one request and send its answer. @fault is the error of a malformed request, or 0. Returns 0,
 * or -errno if the connection must end.
 */
static int answer(struct connection *c, const struct pfq_msg *req, int fault)
{
	struct reply r = { .has_out = false };
	int ret;

	if (c->is_refused) {
		send_error(c, req, -EDQUOT, c->refusal.text);
		return -EDQUOT;
	}
	ret = fault ? error_set(&r.err, fault, "%s", req->text) : command_run(c, req, &r);
	if (!ret && c->dump.next)
		return dump_some(c);
	if (ret || !c->pending)
		return respond(c, req, ret, &r);
	connections_say_working(c->all);
	/* read no other request meanwhile; epoll reports a hangup all the same */
	return want(c, 0);
}

/*
 * Receive one datagram and answer it. Returns 0; -EAGAIN if there is none; another -errno if the
 * connection must end.
 */
static int receive(struct connection *c)
{
	uint64_t *buf = c->all->buffer;
	struct pfq_msg req;
	ssize_t n;
	int ret;

	n = closing_receive(c->sock, buf, PFQ_MSG_MAX);
	if (n < 0)
		return n;
	if (!n)
		return -EPIPE;
	ret = pfq_msg_parse(&req, buf, n);
	if (!ret)
		ret = pfq_msg_check_request(&req);
	return ret == -EBADMSG ? ret : answer(c, &req, ret);
}

/* A request is being answered: the next one has to wait. */
static bool is_busy(const struct connection *c)
{
	return c->dump.next || c->pending;
}

/* Can a client cause this error whenever it wants? Then the log has it only for debugging. */
static bool is_of_client(int ret)
{
	static const int errors[] = { -EBADMSG, -EDQUOT, -EMSGSIZE, -EPROTO, -ETOOMANYREFS,
				      -EXFULL };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i] == ret)
			return true;
	}
	return false;
}

/* End the connection, unless @ret is 0. */
static void end_on_error(struct connection *c, int ret)
{
	if (!ret)
		return;
	if (ret != -EPIPE && ret != -ECONNRESET)
		log_write(is_of_client(ret) ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING,
			  LOG_ABOUT(.pid = c->cred.pid, .uid = c->cred.uid),
			  "connection of user %u, process %d: dropped: %s", c->cred.uid,
			  c->cred.pid, ret == -EXFULL ? "it does not read its answers" :
			  pfq_reason(PFQ_REASON_PFQD, ret));
	connection_destroy(c);
}

static void on_event(void *arg, uint32_t events)
{
	struct connection *c = arg;
	int i, ret = 0;

	if (c->dump.next && events & EPOLLOUT)
		ret = dump_some(c);
	for (i = 0; i < REQUESTS_A_ROUND && !ret && !is_busy(c); i++)
		ret = receive(c);
	if (ret == -EAGAIN)
		ret = 0;
	/* read pending requests before closing: epoll reports the hangup again */
	if (!ret && events & (EPOLLHUP | EPOLLERR) && (is_busy(c) || !(events & EPOLLIN)))
		ret = -EPIPE;
	end_on_error(c, ret);
}

static void answer_later(struct connection *c, const struct pfq_msg *req, int ret, struct reply *r)
{
	int broken;

	c->pending = NULL;
	broken = respond(c, req, ret, r);
	end_on_error(c, broken ? broken : want(c, EPOLLIN));
}

void connection_say_working(struct connection *c)
{
	struct pfq_msg_out out;

	pfq_msg_begin(&out, PFQ_CMD_JOIN, 0, PFQ_SEQ_WORKING);
	/* a client that does not read has enough of these; epoll reports other errors */
	(void)pfq_msg_send(c->sock, &out, NULL, 0);
	pfq_msg_free(&out);
}

/* --- life -------------------------------------------------------------------- */

int connection_create(struct connection **out, struct connections *all, struct registry *registry,
		      int sock)
{
	struct connection *c = calloc(1, sizeof(*c));
	int ret = -ENOMEM;

	if (!c) {
		closing_begin(registry, sock, 0, false);
		return ret;
	}
	c->all = all;
	c->registry = registry;
	c->sock = sock;
	c->inject_sock = -1;
	c->answer = answer_later;
	c->since_ns = registry_now_ns();
	ret = access_cred_read(&c->cred, sock);
	if (!ret)
		ret = loop_watch_add(registry->loop, sock, EPOLLIN, on_event, c, &c->watch);
	if (ret) {
		closing_begin(registry, sock, c->cred.uid, false);
		access_cred_free(&c->cred);
		free(c);
		return ret;
	}
	if (limits_take(registry->limits, c->cred.uid, LIMIT_CONNECTIONS, 1, &c->refusal))
		c->is_refused = true;
	else
		c->is_charged = true;
	TAILQ_INSERT_TAIL(&all->list, c, entry);
	all->count++;
	all->refused += c->is_refused;
	*out = c;
	return 0;
}

/* When pfqd ends, the file of the ticket stays for the next one. */
static void let_ticket_go(struct connection *c)
{
	if (!c->ticket || c->all->is_ending)
		return;
	if (c->is_removed)
		ticket_put_back(c->all->tickets, c->ticket);
	else
		ticket_leave(c->all->tickets, c->ticket);
}

void connection_destroy(struct connection *c)
{
	TAILQ_REMOVE(&c->all->list, c, entry);
	c->all->count--;
	c->all->refused -= c->is_refused;
	if (c->pending)
		c->pending->cancel(c->pending);
	if (c->endpoint)
		registry_endpoint_remove(c->registry, c->endpoint);
	if (c->has_profile && profile_leave(c->registry, c))
		registry_update_later(c->registry);
	let_ticket_go(c);
	loop_watch_del(c->watch);
	/* the service manager has to see the end, too, so that it drops its copy */
	if (c->all->is_ending && c->is_kept)
		closing_leave(c->registry, c->sock, c->cred.uid, c->is_charged);
	else
		closing_begin(c->registry, c->sock, c->cred.uid, c->is_charged);
	if (c->inject_sock >= 0)
		close(c->inject_sock);
	access_cred_free(&c->cred);
	rejoin_end(c);
	free(c);
}

void connections_watch_stalls(struct connections *all)
{
	/* do not restart a running timer: other clients' dumps must not delay it */
	if (!all->watches_stalls)
		loop_timer_set(all->stalls, CONNECTION_STALL_MS / 2);
	all->watches_stalls = true;
}

void connections_say_working(struct connections *all)
{
	if (!all->is_working)
		loop_timer_set(all->working, PFQ_WORKING_MS);
	all->is_working = true;
}
