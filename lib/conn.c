/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/netlink.h>
#include "clock.h"
#include "conn.h"
#include "error.h"
#include "info.h"
#include "peer.h"
#include "reason.h"

static void answer_drop_fds(struct pfq_answer *a)
{
	while (a->fds)
		close(a->fd[--a->fds]);
}

/* The engine for a message; c->where follows. */
static const char *who(const struct pfq_conn *c)
{
	return c->transport == &pfq_transport_kernel ? "the kernel engine at" : "pfqd on";
}

/* Set the text for an engine that did not answer. Returns -ETIMEDOUT. */
static int silent(const struct pfq_conn *c, const char *name, unsigned int timeout_ms,
		  struct pfq_error *err)
{
	char why[128];

	/* Without @err no text is needed, and the other process is not examined. */
	if (!err)
		return -ETIMEDOUT;
	pfq_peer_silence(c->opens_nothing ? 0 : c->peer, why, sizeof(why));
	return pfq_error_set(err, -ETIMEDOUT, "%s %s did not answer %s within %u ms: %s", who(c),
			     c->where, name, timeout_ms, why);
}

/* Set the text for a request that failed between us and the engine. Returns the error. */
static int broken(const struct pfq_conn *c, enum pfq_cmd cmd, int error, unsigned int timeout_ms,
		  struct pfq_error *err)
{
	const char *name = pfq_msg_cmd_name(cmd);

	if (error == -ETIMEDOUT)
		return silent(c, name, timeout_ms, err);
	if (error == -EPIPE)
		return pfq_error_set(err, error,
				     "%s %s has closed the connection (%s): it has ended, or its "
				     "log says why",
				     who(c), c->where, name);
	if (error == -EPROTO || error == -EBADMSG || error == -EMSGSIZE)
		return pfq_error_set(err, -EPROTO,
				     "%s: the answer to %s is not in pfqd's protocol", c->where,
				     name);
	/* as an answer, -ENOENT would say that there is no such group */
	return pfq_error_set(err, error == -ENOENT ? -EIO : error, "%s to %s %s: %s", name, who(c),
			     c->where, pfq_reason(PFQ_REASON_PROCESS, error));
}

/*
 * Receive the next message that answers our last request. Drops late answers to earlier ones. Waits
 * until the deadline, or for @timeout_ms since the engine has said that it is at work.
 */
static int recv_answer(struct pfq_conn *c, struct pfq_answer *a, uint64_t deadline_ns,
		       unsigned int timeout_ms)
{
	ssize_t n;
	int ret;

	for (;;) {
		n = c->transport->recv(c, a->fd, a->fds_max, &a->fds, deadline_ns);
		if (n < 0) {
			a->fds = 0;
			return (int)n;
		}
		ret = pfq_msg_parse(&a->msg, c->buf, (size_t)n);
		if (!ret && a->msg.seq == c->seq)
			return 0;
		answer_drop_fds(a);
		if (ret)
			return -EPROTO;
		if (pfq_msg_is_working(&a->msg))
			deadline_ns = clock_monotonic_ns() + timeout_ms * NS_PER_MS;
	}
}

/* The kernel works as the calling process and within its limits; pfqd has its own. */
static enum pfq_reason_of whose(const struct pfq_conn *c)
{
	return c->transport == &pfq_transport_kernel ? PFQ_REASON_PROCESS : PFQ_REASON_PFQD;
}

/* Set the text of an error, which may have come without one. */
static int refused(const struct pfq_conn *c, enum pfq_cmd cmd, const struct pfq_msg *m,
		   struct pfq_error *err)
{
	if (m->text[0])
		return pfq_error_set(err, m->error, "%s", m->text);
	return pfq_error_set(err, m->error, "the engine at %s refuses %s: %s", c->where,
			     pfq_msg_cmd_name(cmd), pfq_reason(whose(c), m->error));
}

/*
 * Returns 0 if @a is a message of @cmd, 1 if it is an acknowledgement, else an error with its text
 * set.
 */
static int judge(const struct pfq_conn *c, enum pfq_cmd cmd, struct pfq_answer *a,
		 struct pfq_error *err)
{
	if (a->msg.type == PFQ_MSG_TYPE && a->msg.cmd == cmd)
		return 0;
	answer_drop_fds(a);
	if (a->msg.type != NLMSG_ERROR)
		return broken(c, cmd, -EPROTO, 0, err);
	return a->msg.error ? refused(c, cmd, &a->msg, err) : 1;
}

static int send_request(struct pfq_conn *c, struct pfq_msg_out *o, uint64_t deadline_ns)
{
	int ret = c->fd < 0 ? -EPIPE : c->transport->send(c, o, deadline_ns);

	pfq_msg_free(o);
	return ret;
}

/* Wait PFQ_REQUEST_MS more for the answer to the last request, after @waited_ms in all. */
static int await(struct pfq_conn *c, enum pfq_cmd cmd, struct pfq_answer *answer,
		 unsigned int waited_ms, struct pfq_error *err)
{
	uint64_t deadline_ns = clock_monotonic_ns() + PFQ_REQUEST_MS * NS_PER_MS;
	int ret;

	answer->fds = 0;
	ret = recv_answer(c, answer, deadline_ns, PFQ_REQUEST_MS);
	if (ret)
		return broken(c, cmd, ret, waited_ms, err);
	ret = judge(c, cmd, answer, err);
	return ret < 0 ? ret : 0;
}

int pfq_conn_request(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		     struct pfq_answer *answer, unsigned int timeout_ms, struct pfq_error *err)
{
	uint64_t deadline_ns = clock_monotonic_ns() + timeout_ms * NS_PER_MS;
	int ret;

	answer->fds = 0;
	ret = send_request(c, o, deadline_ns);
	if (!ret)
		ret = recv_answer(c, answer, deadline_ns, timeout_ms);
	if (ret)
		return broken(c, cmd, ret, timeout_ms, err);
	ret = judge(c, cmd, answer, err);
	return ret < 0 ? ret : 0;
}

int pfq_conn_command(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		     struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };

	return pfq_conn_request(c, o, cmd, &answer, PFQ_REQUEST_MS, err);
}

int pfq_conn_dump(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		  int (*fn)(const struct pfq_msg *m, void *arg), void *arg, struct pfq_error *err)
{
	uint64_t deadline_ns = clock_monotonic_ns() + PFQ_REQUEST_MS * NS_PER_MS;
	struct pfq_answer a = { .fds_max = 0 };
	int ret;

	ret = send_request(c, o, deadline_ns);
	if (ret)
		return broken(c, cmd, ret, PFQ_REQUEST_MS, err);
	for (;;) {
		ret = recv_answer(c, &a, deadline_ns, PFQ_REQUEST_MS);
		if (ret)
			return broken(c, cmd, ret, PFQ_REQUEST_MS, err);
		if (a.msg.type == NLMSG_DONE)
			return a.msg.error ? refused(c, cmd, &a.msg, err) : 0;
		ret = judge(c, cmd, &a, err);
		if (ret == 1)
			return broken(c, cmd, -EPROTO, 0, err);
		if (!ret)
			ret = fn(&a.msg, arg);
		if (ret)
			return ret;
	}
}

/* --- without waiting -------------------------------------------------------------- */

int pfq_conn_send(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		  struct pfq_error *err)
{
	int ret = send_request(c, o, 0);

	return ret ? broken(c, cmd, ret, 0, err) : 0;
}

int pfq_conn_answer(struct pfq_conn *c, enum pfq_cmd cmd, struct pfq_answer *answer,
		    struct pfq_error *err)
{
	int ret;

	answer->fds = 0;
	answer->is_refusal = false;
	ret = recv_answer(c, answer, 0, 0);
	if (ret == -ETIMEDOUT)
		return -EAGAIN;
	if (ret)
		return broken(c, cmd, ret, 0, err);
	ret = judge(c, cmd, answer, err);
	answer->is_refusal = ret < 0 && answer->msg.error;
	return ret < 0 ? ret : 0;
}

bool pfq_conn_removed(struct pfq_conn *c, char *text, size_t size)
{
	struct pfq_msg m;
	unsigned int fds;
	ssize_t n;

	if (c->fd < 0)
		return false;
	for (;;) {
		n = c->transport->recv(c, NULL, 0, &fds, 0);
		if (n <= 0)
			return false;
		if (!pfq_msg_parse(&m, c->buf, (size_t)n) && pfq_msg_is_removed(&m))
			break;
	}
	pfq_attrs_copy(&m.attrs, PFQ_A_WHY, text, size);
	return text[0];
}

/* --- open ------------------------------------------------------------------------- */

static void hello_begin(struct pfq_conn *c, struct pfq_msg_out *o)
{
	pfq_msg_begin(o, PFQ_CMD_HELLO, NLM_F_REQUEST, pfq_conn_seq(c));
	pfq_msg_put_u32(o, PFQ_A_ABI, PFQ_ABI_VERSION);
}

/* Learn about the engine from its answer, and compare ABI versions. */
static int hello_end(struct pfq_conn *c, const struct pfq_answer *answer, struct pfq_error *err)
{
	uint32_t abi;

	if (answer->msg.type != PFQ_MSG_TYPE)
		return broken(c, PFQ_CMD_HELLO, -EPROTO, 0, err);
	pfq_info_engine(&c->info, &answer->msg.attrs);
	c->takes_tickets = pfq_attrs_u32(&answer->msg.attrs, PFQ_A_TICKETS);
	snprintf(c->info.socket, sizeof(c->info.socket), "%s", c->where);
	abi = pfq_attrs_u32(&answer->msg.attrs, PFQ_A_ABI);
	if (abi != PFQ_ABI_VERSION)
		return pfq_error_set(err, -EPROTO,
				     "%s %s (version %s) speaks ABI %u, this libpfq "
				     "ABI %u: install both of one release, and %s",
				     who(c), c->where, c->info.version, abi, PFQ_ABI_VERSION,
				     c->transport == &pfq_transport_kernel ? "load its module anew"
									   : "restart pfqd");
	return 0;
}

/*
 * Exchange HELLO. If the process that listened has ended, and the connection goes on, the service
 * manager restarts pfqd: look again after each PFQ_REQUEST_MS, until @until_ns.
 */
static int hello(struct pfq_conn *c, uint64_t until_ns, struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	unsigned int waited_ms = PFQ_REQUEST_MS;
	struct pfq_msg_out o;
	int ret;

	hello_begin(c, &o);
	ret = pfq_conn_request(c, &o, PFQ_CMD_HELLO, &answer, PFQ_REQUEST_MS, err);
	while (ret == -ETIMEDOUT && clock_monotonic_ns() < until_ns && pfq_peer_is_gone(c->peer)) {
		waited_ms += PFQ_REQUEST_MS;
		ret = await(c, PFQ_CMD_HELLO, &answer, waited_ms, err);
	}
	return ret ? ret : hello_end(c, &answer, err);
}

/* Connect to one engine until @deadline_ns, at @socket if it has a socket. */
static int connect_to(struct pfq_conn *c, const struct pfq_transport *transport, const char *socket,
		uint64_t deadline_ns, struct pfq_error *err)
{
	int ret;

	c->fd = -1;
	c->transport = transport;
	snprintf(c->where, sizeof(c->where), "%s", socket);
	ret = c->transport->open(c, deadline_ns, err);
	if (ret)
		return ret;
	c->buf = malloc(PFQ_MSG_MAX);
	if (c->buf)
		return 0;
	pfq_conn_close(c);
	return pfq_error_set(err, -ENOMEM, "no memory for a message");
}

int pfq_conn_greet(struct pfq_conn *c, struct pfq_error *err)
{
	struct pfq_msg_out o;

	hello_begin(c, &o);
	return pfq_conn_send(c, &o, PFQ_CMD_HELLO, err);
}

int pfq_conn_connect(struct pfq_conn *c, const char *socket, struct pfq_error *err)
{
	int ret;

	memset(c, 0, sizeof(*c));
	c->opens_nothing = true;
	ret = connect_to(c, &pfq_transport_user, socket, 0, err);
	if (ret)
		return ret;
	ret = pfq_conn_greet(c, err);
	if (ret)
		pfq_conn_close(c);
	return ret;
}

int pfq_conn_greeted(struct pfq_conn *c, struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	int ret = pfq_conn_answer(c, PFQ_CMD_HELLO, &answer, err);

	if (!ret)
		ret = hello_end(c, &answer, err);
	if (ret || strcmp(c->info.engine, pfq_transport_kernel.name))
		return ret;
	return pfq_error_set(err, -EOPNOTSUPP, "pfqd on %s runs the kernel engine now: open the "
			     "device anew", c->where);
}

static int try_once(struct pfq_conn *c, const struct pfq_transport *transport, const char *socket,
		    uint64_t until_ns, struct pfq_error *err)
{
	int ret;

	memset(c, 0, sizeof(*c));
	ret = connect_to(c, transport, socket,
			 clock_monotonic_ns() + PFQ_REQUEST_MS * NS_PER_MS, err);
	if (ret)
		return ret;
	ret = hello(c, until_ns, err);
	if (ret)
		pfq_conn_close(c);
	return ret;
}

/*
 * A pfqd that ends closes the connection. The next one may listen already, or its socket waits for
 * it; otherwise the text says that no pfqd runs.
 */
static int try_transport(struct pfq_conn *c, const struct pfq_transport *transport,
			 const char *socket, uint64_t until_ns, struct pfq_error *err)
{
	bool is_first = true;
	int ret;

	for (;;) {
		ret = try_once(c, transport, socket, until_ns, err);
		if (ret != -EPIPE || clock_monotonic_ns() >= until_ns ||
		    !(is_first || pfq_peer_is_gone(c->peer)))
			return ret;
		is_first = false;
	}
}

/* Is @path PFQ_DEVICE, or another name for it? */
static bool is_device(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISCHR(st.st_mode);
}

/* No pfqd is there, and the caller did not ask for one: may the module be tried instead? */
static bool may_fall_back(int error)
{
	return (error == -ENOENT || error == -ECONNREFUSED) && is_device(PFQ_DEVICE);
}

/*
 * Use the engine that this machine has. A pfqd that runs the kernel engine only refers the client
 * to the module. An explicit @socket also selects the pfqd.
 */
static int open_auto(struct pfq_conn *c, const char *socket, bool is_default, uint64_t until_ns,
		     struct pfq_error *err)
{
	struct pfq_error user;
	int ret;

	ret = try_transport(c, &pfq_transport_user, socket, until_ns, &user);
	if (!ret && strcmp(c->info.engine, pfq_transport_kernel.name))
		return 0;
	if (!ret)
		pfq_conn_close(c);
	else if (!is_default || !may_fall_back(ret))
		return pfq_error_set(err, ret, "%s", user.text);
	/* if pfqd manages the module, error texts name pfqd's socket */
	return try_transport(c, &pfq_transport_kernel, ret ? PFQ_DEVICE : socket, 0, err);
}

static int open_user(struct pfq_conn *c, const char *socket, uint64_t until_ns,
		     struct pfq_error *err)
{
	int ret = try_transport(c, &pfq_transport_user, socket, until_ns, err);

	if (ret || strcmp(c->info.engine, pfq_transport_kernel.name))
		return ret;
	pfq_conn_close(c);
	return pfq_error_set(err, -EOPNOTSUPP, "pfqd on %s runs the kernel engine, not the user "
			     "engine; allowed there: auto, kernel", socket);
}

int pfq_conn_open(struct pfq_conn *c, const char *name, const char *socket,
		  unsigned int restart_ms, struct pfq_error *err)
{
	uint64_t until_ns = restart_ms ? clock_monotonic_ns() + restart_ms * NS_PER_MS : 0;
	const char *path = socket ? socket : PFQ_SOCKET_DEFAULT;
	const struct pfq_transport *transport = NULL;

	c->fd = -1;
	c->buf = NULL;
	c->transport = NULL;
	if (name && strcmp(name, "auto")) {
		transport = pfq_transport_find(name, err);
		if (!transport)
			return -EINVAL;
	}
	if (*path != '/' || strlen(path) >= sizeof(c->where))
		return pfq_error_set(err, -EINVAL,
				     "socket \"%.120s\" is not allowed; allowed: an absolute path "
				     "of at most %zu bytes",
				     path, sizeof(c->where) - 1);
	if (transport == &pfq_transport_kernel ||
	    (!transport && (!strcmp(path, PFQ_DEVICE) || is_device(path))))
		return try_transport(c, &pfq_transport_kernel, PFQ_DEVICE, 0, err);
	return transport ? open_user(c, path, until_ns, err) :
			   open_auto(c, path, !socket, until_ns, err);
}

int pfq_conn_open_pfqd(struct pfq_conn *pfqd, const struct pfq_conn *c, struct pfq_error *err)
{
	if (strcmp(c->where, PFQ_DEVICE))
		return try_transport(pfqd, &pfq_transport_user, c->where, 0, err);
	return pfq_error_set(err, -ENOENT,
			     "no pfqd manages the kernel engine here; start pfqd, or name its "
			     "socket");
}

void pfq_conn_close(struct pfq_conn *c)
{
	if (c->transport && c->transport->close)
		c->transport->close(c);
	else if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	free(c->buf);
	c->buf = NULL;
}
