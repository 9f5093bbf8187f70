/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "closing.h"
#include "listener.h"
#include "pfqd/base/log.h"
#include "pfqd/base/store.h"
#include "server.h"
#include "ticket.h"

#define SERVER_PAUSE_MS	200 /* stop accepting for this time when descriptors or memory run out */

struct server {
	struct registry *registry;
	struct connections connections;
	struct listener listener;
	struct loop_watch *watch;	/* on the listening socket */
	struct loop_watch *silence;	/* timer, runs while a connection waits for its HELLO */
	bool watches_silence;
	struct loop_watch *pause;	/* timer, runs while accepting is stopped */
};

static void on_stalls(void *arg, uint32_t events)
{
	uint64_t now = registry_now_ns();
	struct connection *c, *next;
	struct server *s = arg;
	bool more = false;

	(void)events;
	s->connections.watches_stalls = false;
	for (c = TAILQ_FIRST(&s->connections.list); c; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (!c->dump.next)
			continue;
		if (now - c->dump.progress_ns < CONNECTION_STALL_MS * 1000000ULL) {
			more = true;
			continue;
		}
		log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.pid = c->cred.pid, .uid = c->cred.uid),
			  "process %d of user %u does not read its answers: dropped", c->cred.pid,
			  c->cred.uid);
		connection_destroy(c);
	}
	if (more)
		connections_watch_stalls(&s->connections);
}

/* Users other than root must say HELLO in time, so that idle connections take no places. */
static bool is_silent(const struct connection *c)
{
	return !c->is_greeted && c->cred.uid;
}

static void watch_silence(struct server *s, uint64_t ms)
{
	if (!s->watches_silence)
		loop_timer_set(s->silence, ms);
	s->watches_silence = true;
}

static void on_silence(void *arg, uint32_t events)
{
	uint64_t now = registry_now_ns(), age_ms;
	struct connection *c, *next;
	struct server *s = arg;

	(void)events;
	s->watches_silence = false;
	/* oldest first */
	for (c = TAILQ_FIRST(&s->connections.list); c; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (!is_silent(c))
			continue;
		age_ms = (now - c->since_ns) / 1000000;
		if (age_ms < SERVER_HELLO_MS) {
			watch_silence(s, SERVER_HELLO_MS - age_ms);
			return;
		}
		log_write(LOG_LEVEL_DEBUG, LOG_ABOUT(.pid = c->cred.pid, .uid = c->cred.uid),
			  "process %d of user %u does not say HELLO: dropped", c->cred.pid,
			  c->cred.uid);
		connection_destroy(c);
	}
}

/* Tell each client whose JOIN is in work, and come back while there is one. */
static void on_working(void *arg, uint32_t events)
{
	struct server *s = arg;
	struct connection *c;
	bool more = false;

	(void)events;
	s->connections.is_working = false;
	TAILQ_FOREACH(c, &s->connections.list, entry) {
		if (!c->pending)
			continue;
		connection_say_working(c);
		more = true;
	}
	if (more)
		connections_say_working(&s->connections);
}

static void on_pause_end(void *arg, uint32_t events)
{
	struct server *s = arg;

	(void)events;
	/* without this, nobody could connect any more */
	if (loop_watch_events(s->watch, EPOLLIN))
		loop_timer_set(s->pause, SERVER_PAUSE_MS);
}

int server_create(struct server **out, struct registry *registry, struct pfq_error *err)
{
	struct server *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return error_set(err, -ENOMEM, "no memory");
	s->registry = registry;
	TAILQ_INIT(&s->connections.list);
	listener_init(&s->listener);
	s->connections.path = s->listener.path;
	s->connections.keeps = store_is_there();
	ret = loop_timer_add(registry->loop, on_stalls, s, &s->connections.stalls);
	if (!ret)
		ret = loop_timer_add(registry->loop, on_working, s, &s->connections.working);
	if (!ret)
		ret = loop_timer_add(registry->loop, on_silence, s, &s->silence);
	if (!ret)
		ret = loop_timer_add(registry->loop, on_pause_end, s, &s->pause);
	/* the kernel engine's endpoints do not end with pfqd */
	if (!ret && !registry->is_kernel)
		ret = tickets_create(&s->connections.tickets, registry->loop);
	if (ret) {
		server_destroy(s);
		return error_set(err, ret, "timers: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	}
	*out = s;
	return 0;
}

void server_destroy(struct server *s)
{
	struct connection *c;

	if (!s)
		return;
	s->connections.is_ending = true;
	loop_watch_del(s->watch);
	listener_close(&s->listener);
	while ((c = TAILQ_FIRST(&s->connections.list)))
		connection_destroy(c);
	tickets_destroy(s->connections.tickets);
	loop_watch_del(s->connections.stalls);
	loop_watch_del(s->connections.working);
	loop_watch_del(s->silence);
	loop_watch_del(s->pause);
	free(s);
}

/* The user of the process that has connected. */
static uid_t peer_of(int sock)
{
	struct ucred cred = { .uid = 0 };
	socklen_t len = sizeof(cred);

	/* cannot fail for a connected socket */
	(void)getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	return cred.uid;
}

/* As server_adopt(). @kept: what the store had; NULL: it is new. */
static int adopt(struct server *s, int sock, const struct store_member *kept)
{
	struct connection *c;
	int ret;

	if (s->connections.count >= LIMIT_CONNECTIONS_TOTAL) {
		closing_begin(s->registry, sock, peer_of(sock), false);
		return -EDQUOT;
	}
	ret = connection_create(&c, &s->connections, s->registry, sock);
	if (ret)
		return ret;
	c->is_kept = kept;
	c->former_id = kept ? kept->endpoint : 0;
	/* its client said HELLO to the last pfqd, and may be stopped now */
	c->is_greeted = kept;
	/* the counts include @c */
	if ((c->cred.uid &&
	     s->connections.count > LIMIT_CONNECTIONS_TOTAL - LIMIT_CONNECTIONS_ROOT) ||
	    (c->is_refused && s->connections.refused > SERVER_REFUSED_MAX)) {
		connection_destroy(c);
		return -EDQUOT;
	}
	if (is_silent(c))
		watch_silence(s, SERVER_HELLO_MS);
	return 0;
}

int server_adopt(struct server *s, int sock)
{
	return adopt(s, sock, NULL);
}

static void take_over(struct server *s, const struct store_member *m)
{
	int copy = fcntl(m->sock, F_DUPFD_CLOEXEC, 0), ret = adopt(s, m->sock, m);

	if (m->endpoint > s->registry->last_endpoint_id)
		s->registry->last_endpoint_id = m->endpoint;
	if (ret) {
		log_warning("a connection of the last pfqd is not taken over: %s", strerror(-ret));
		/* its client waits for the end, which closing alone does not bring */
		shutdown(copy, SHUT_RDWR);
	}
	if (copy >= 0)
		close(copy);
}

void server_take_over(struct server *s, struct store *store)
{
	unsigned int i;

	for (i = 0; i < store->members; i++) {
		take_over(s, &store->member[i]);
		store->member[i].sock = -1;
	}
	listener_drop(&store->listener);
	if (store->members)
		log_info("%u connection%s of the last pfqd taken over", store->members,
			 store->members == 1 ? "" : "s");
}

static void on_accept(void *arg, uint32_t events)
{
	struct server *s = arg;
	int sock, ret;

	(void)events;
	sock = accept4(s->listener.sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (sock >= 0) {
		ret = server_adopt(s, sock);
		/* a client can reach a limit as often as it wants */
		if (ret == -EDQUOT)
			log_debug("a connection was refused: %s", strerror(-ret));
		else if (ret)
			log_warning("a connection was refused: %s",
				    pfq_reason(PFQ_REASON_PFQD, ret));
		return;
	}
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS)
		return;
	/* the socket stays readable, so that epoll would report it all the time */
	log_warning("cannot accept a connection: %s", pfq_reason(PFQ_REASON_PFQD, errno));
	loop_watch_events(s->watch, 0);
	loop_timer_set(s->pause, SERVER_PAUSE_MS);
}

bool server_take_listener(struct server *s, struct store *store, const char *path)
{
	return listener_take(&s->listener, &store->listener, path);
}

int server_listen(struct server *s, const char *path, struct pfq_error *err)
{
	int ret;

	if (s->listener.sock >= 0)
		ret = listener_serve(&s->listener, err);
	else
		ret = listener_open(&s->listener, path, err);
	if (ret)
		return ret;
	if (s->connections.tickets)
		tickets_open(s->connections.tickets, path);
	ret = loop_watch_add(s->registry->loop, s->listener.sock, EPOLLIN, on_accept, s, &s->watch);
	if (ret) {
		listener_close(&s->listener);
		return error_set(err, ret, "%.107s: %s", path, pfq_reason(PFQ_REASON_PFQD, ret));
	}
	listener_keep(&s->listener);
	return 0;
}

void server_leave(struct server *s)
{
	loop_watch_del(s->watch);
	s->watch = NULL;
	listener_leave(&s->listener);
}

void server_set_reload(struct server *s, struct reload *reload)
{
	s->connections.reload = reload;
}

/* Tell a member why it ends. */
static void say_removed(const struct connection *c, const struct pfqd_group *g)
{
	struct pfq_msg_out out;
	char why[128];

	snprintf(why, sizeof(why), "a reload, or pfqctl, has removed group %s", g->settings.name);
	pfq_msg_begin(&out, PFQ_CMD_GROUP_DEL, 0, PFQ_SEQ_REMOVED);
	pfq_msg_put_string(&out, PFQ_A_GROUP, g->settings.name);
	pfq_msg_put_string(&out, PFQ_A_WHY, why);
	/* the end of the connection follows, so that a failure only takes the reason away */
	(void)pfq_msg_send(c->sock, &out, NULL, 0);
	pfq_msg_free(&out);
}

void server_group_end(struct server *s, const struct pfqd_group *g)
{
	struct connection *c, *next;

	for (c = TAILQ_FIRST(&s->connections.list); c; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (!c->endpoint || c->endpoint->group != g)
			continue;
		say_removed(c, g);
		c->is_removed = true;
		connection_destroy(c);
	}
}

unsigned int server_connections(const struct server *s)
{
	return s->connections.count;
}
