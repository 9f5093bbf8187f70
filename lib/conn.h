/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A connection to an engine: requests and their answers, each with a deadline. One thread at a
 * time uses a connection.
 */
#ifndef PFQ_LIB_CONN_H
#define PFQ_LIB_CONN_H

#include "transport.h"
#include "message.h"
#include "pfq.h"

#define PFQ_REQUEST_MS	1000
/*
 * systemd allows pfqd 90 s to end and 90 s to start. Then it gives up, and closes the socket: that
 * ends the wait.
 */
#define PFQ_RESTART_MS	180000
#define PFQ_CHANGE_MS	30000	/* pfqd compiles filters and opens devices before it answers */
#define PFQ_JOIN_MS	PFQ_SILENCE_MS	/* of silence of the engine */

struct pfq_conn {
	const struct pfq_transport *transport;
	int fd;			/* -1: closed */
	pid_t peer;		/* the engine's process; 0: unknown */
	bool takes_tickets;	/* a JOIN may have one: the engine has said so in HELLO */
	bool opens_nothing;	/* the process may be in a sandbox by now: open no files */
	void *own;		/* of the engine, from its open() to its close() */
	uint32_t seq;
	char where[108];	/* the size in struct sockaddr_un */
	void *buf;		/* PFQ_MSG_MAX bytes: the last message received */
	struct pfq_engine_info info;
};

/*
 * Connect and exchange HELLO. @engine: "auto", "user", "kernel" or NULL for auto. While pfqd is
 * restarted, and its socket is kept, wait for the next pfqd up to @restart_ms. Returns as
 * pfq_ctl_open() in pfq.h.
 */
int pfq_conn_open(struct pfq_conn *c, const char *engine, const char *socket,
		  unsigned int restart_ms, struct pfq_error *err);
/*
 * Connect to the pfqd that @c belongs to, whichever engine it runs: one that runs the kernel engine
 * has only referred @c to the module. -ENOENT: @c reaches the module without a pfqd.
 */
int pfq_conn_open_pfqd(struct pfq_conn *pfqd, const struct pfq_conn *c, struct pfq_error *err);
void pfq_conn_close(struct pfq_conn *c);

/*
 * The engine has ended the endpoint of @c. Copy the reason, if it has sent one, to @text. Returns
 * false if it has not. Does not wait.
 */
bool pfq_conn_removed(struct pfq_conn *c, char *text, size_t size);

/*
 * The answer to a request. The caller sets fds_max: the highest number of descriptors that this
 * answer may bring.
 */
struct pfq_answer {
	struct pfq_msg msg;	/* points into the connection's buffer */
	int fd[PFQ_MSG_FDS_MAX];
	unsigned int fds_max, fds;
	bool is_refusal;	/* the engine itself has answered the error; of pfq_conn_answer() */
};

/* The next sequence number, for a new request. */
static inline uint32_t pfq_conn_seq(struct pfq_conn *c)
{
	if (++c->seq == PFQ_SEQ_WORKING)
		c->seq++;
	return c->seq;
}

/*
 * Send the request @o, which was begun with pfq_conn_seq(), and free it. Wait up to @timeout_ms
 * for its one answer: a message of the same command, or an acknowledgement, whose answer->msg.type
 * is NLMSG_ERROR. The wait begins anew when the engine says that it is at work. Returns 0, and the
 * caller then owns the answer->fds descriptors; or an error
 * with its text in @err. -ETIMEDOUT: no answer. -EPIPE: the engine is gone. -EPROTO: the answer is
 * malformed. Other errors are those that the engine answered.
 */
int pfq_conn_request(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		     struct pfq_answer *answer, unsigned int timeout_ms, struct pfq_error *err);

/* The same for a request that is answered by an acknowledgement only. */
int pfq_conn_command(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		     struct pfq_error *err);

/*
 * The same for a dump. Calls @fn for each message; a value other than 0 ends the dump and is
 * returned.
 */
int pfq_conn_dump(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		  int (*fn)(const struct pfq_msg *m, void *arg), void *arg,
		  struct pfq_error *err);

/* --- without waiting: for an endpoint whose engine has ended ---------------------- */

/*
 * Connect to the user engine at @socket, and send HELLO. Opens no file. Errors as of
 * pfq_conn_open().
 */
int pfq_conn_connect(struct pfq_conn *c, const char *socket, struct pfq_error *err);

/* Send HELLO to the engine that has taken over the connection @c. */
int pfq_conn_greet(struct pfq_conn *c, struct pfq_error *err);

/*
 * Take the answer to that HELLO. 0; -EAGAIN: it is not there yet; -EOPNOTSUPP: this pfqd runs the
 * kernel engine; other errors as of pfq_conn_open().
 */
int pfq_conn_greeted(struct pfq_conn *c, struct pfq_error *err);

/* Send the request @o and free it. */
int pfq_conn_send(struct pfq_conn *c, struct pfq_msg_out *o, enum pfq_cmd cmd,
		  struct pfq_error *err);

/*
 * Take the answer to the last request. Returns as pfq_conn_request(), and -EAGAIN: it is not there
 * yet. Messages that only say that the engine is at work are dropped.
 */
int pfq_conn_answer(struct pfq_conn *c, enum pfq_cmd cmd, struct pfq_answer *answer,
		    struct pfq_error *err);

#endif /* PFQ_LIB_CONN_H */
