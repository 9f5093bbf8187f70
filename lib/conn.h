/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A connection to an engine: requests and their answers, each with a deadline. */
#ifndef PFQ_LIB_CONN_H
#define PFQ_LIB_CONN_H

#include "engine.h"
#include "message.h"
#include "pfq.h"

#define PFQ_REQUEST_MS	1000
#define PFQ_JOIN_MS	5000	/* the engine prefaults the ring before it answers */

struct pfq_conn {
	const struct pfq_engine *engine;
	int fd;			/* -1: closed */
	pid_t peer;		/* the engine's process; 0: not known */
	bool opens_nothing;	/* the process may be in a sandbox by now */
	void *own;		/* the engine's, from its open() to its close() */
	uint32_t seq;
	char where[108];	/* as struct sockaddr_un has it */
	void *buf;		/* PFQ_MSG_MAX: the last message received */
	struct pfq_engine_info info;
};

/* Connect and shake hands: pfq_ctl_open() says what is returned. */
int pfq_conn_open(struct pfq_conn *c, const char *engine, const char *socket,
		  struct pfq_error *err);
void pfq_conn_close(struct pfq_conn *c);

/* One descriptor slot more is never offered than a request's answer may bring. */
struct pfq_answer {
	struct pfq_msg msg;	/* points into the connection's buffer */
	int fd[PFQ_MSG_FDS_MAX];
	unsigned int fds_max, fds;
};

static inline uint32_t pfq_conn_seq(struct pfq_conn *c)
{
	return ++c->seq;
}

/*
 * Send @o (begun with pfq_conn_seq(), freed here) and take its one answer: a
 * message of the same command, or an acknowledgement where @answer->msg.type
 * is NLMSG_ERROR then. @answer->fds descriptors are the caller's on success.
 * An error answered is returned with its text; -ETIMEDOUT; -EPIPE: the engine
 * is gone; -EPROTO: nonsense was answered.
 */
int pfq_conn_request(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		     struct pfq_answer *answer, unsigned int timeout_ms, struct pfq_error *err);

/* The same for a request that needs nothing but an acknowledgement. */
int pfq_conn_command(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		     struct pfq_error *err);

/* The same for a dump: @fn for each message; what it returns but 0 ends the dump. */
int pfq_conn_dump(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		  int (*fn)(const struct pfq_msg *m, void *arg), void *arg,
		  struct pfq_error *err);

#endif /* PFQ_LIB_CONN_H */
