/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A client's connection: it receives requests and sends answers, and never waits for the client. If
 * an answer does not fit into the socket, the connection ends. A dump continues when there is room,
 * and ends the connection after CONNECTION_STALL_MS without progress. While a request is in work,
 * no other one is read, and the client is told every PFQ_WORKING_MS. All functions run on the
 * control thread.
 */
#ifndef PFQD_CONNECTION_H
#define PFQD_CONNECTION_H

#include <sys/queue.h>

#include "lib/message.h"
#include "pfqd/settings/access.h"
#include "pfqd/engine/registry.h"

struct connection;
struct reload;
struct ticket;
struct tickets;

/* the answer of a command */
struct reply {
	struct pfq_msg_out out;		/* valid if has_out; otherwise the answer is a plain 0 */
	bool has_out;
	int fds[PFQ_MSG_FDS_MAX];	/* passed with the answer; the command keeps them */
	unsigned int fds_count;
	void (*sent)(struct connection *c);	/* called after the answer was sent; may be NULL */
	struct pfq_error err;		/* the text of a failure */
};

/*
 * A dump in progress. next() makes the message of the first object after @cursor and advances
 * @cursor; it returns false at the end.
 */
struct dump {
	bool (*next)(struct connection *c, struct pfq_msg_out *out);
	uint64_t cursor;
	uint32_t seq;
	uint64_t progress_ns;	/* CLOCK_MONOTONIC, when the last message was sent */
	char group[PFQ_NAME_MAX + 1];	/* "": all groups */
	/* of SET_GET */
	char set[PFQ_LANG_NAME_MAX + 1];
	uint32_t kind;		/* enum pfq_lang_kind */
	bool has_begun;
};

/* of a client whose JOINs are refused again and again, see rejoin.h */
struct rejoin {
	struct pfq_error err;		/* the last refusal; empty: there was only one */
	char group[PFQ_NAME_MAX + 1];	/* "": a private group */
	char comm[32];
};

/* A request in work, which is answered later by connection.answer(). */
struct pending {
	/* the connection ends: no answer is needed any more */
	void (*cancel)(struct pending *pending);
};

TAILQ_HEAD(connection_list, connection);

/* all connections, and the data that they share */
struct connections {
	struct connection_list list;	/* oldest first */
	unsigned int count;
	unsigned int refused;		/* how many have is_refused */
	bool keeps;			/* a service manager keeps the members' connections */
	bool is_ending;			/* the next pfqd may take those over */
	const char *path;		/* of the listening socket; "": none */
	struct reload *reload;		/* changes the configuration; NULL: nothing can */
	struct tickets *tickets;	/* NULL: none are given */
	struct loop_watch *stalls;	/* timer, runs during dumps */
	bool watches_stalls;
	struct loop_watch *working;	/* timer, runs while a JOIN is in work */
	bool is_working;
	uint64_t rejoin_since_ns;	/* of the first of these: */
	unsigned int rejoin_lines;	/* lines of rejoin.c in the log, within a minute */
	uint64_t buffer[PFQ_MSG_MAX / sizeof(uint64_t)];	/* for the current event only */
};

struct connection {
	TAILQ_ENTRY(connection) entry;
	struct connections *all;
	struct registry *registry;
	int sock;
	struct loop_watch *watch;
	struct access_cred cred;
	bool is_charged;		/* counts towards the limit of its user */
	uint64_t since_ns;		/* CLOCK_MONOTONIC, when it connected */
	bool is_greeted;
	/* its user has reached the limit; the answer to the first request says so (refusal) */
	bool is_refused;
	struct pfq_error refusal;
	struct rejoin *rejoin;		/* NULL: no JOIN was refused */
	struct endpoint *endpoint;
	/* of the endpoint; what it was granted holds, not cred. NULL: it has none */
	struct ticket *ticket;
	bool is_removed;		/* pfqd ends the endpoint, which may come back */
	bool is_kept;			/* the service manager has a copy of sock */
	/* the id of its endpoint in the last pfqd, for its first JOIN; 0: none */
	uint32_t former_id;
	struct pending *pending;	/* NULL: no request is in work */
	/*
	 * Sends the answer to the pending request @req: @r, or the error @ret with r->err. Frees
	 * r->out. Then reads the next requests; or destroys the connection, if it cannot send.
	 */
	void (*answer)(struct connection *c, const struct pfq_msg *req, int ret, struct reply *r);
	bool has_profile;		/* a group counts for it, or did */
	int inject_sock;		/* opened for the first INJECT; -1 before that */
	uint32_t inject_ifindex;
	struct dump dump;		/* next is NULL if no dump is in progress */
};

#define CONNECTION_STALL_MS 5000 /* A connection ends if a dump makes no progress for this time. */

/*
 * Make a connection from the connected socket @sock. The connection owns @sock; on failure @sock is
 * closed. @all lists the connection until connection_destroy(). -ENOMEM or another -errno.
 */
int connection_create(struct connection **c, struct connections *all, struct registry *registry,
		      int sock);
/* Close the connection, remove its endpoint, and cancel its pending request. */
void connection_destroy(struct connection *c);

/* Tell the client that its JOIN is in work. */
void connection_say_working(struct connection *c);

/* Start the timer @all->stalls unless it runs already. */
void connections_watch_stalls(struct connections *all);
/* Start the timer @all->working unless it runs already. */
void connections_say_working(struct connections *all);

#endif /* PFQD_CONNECTION_H */
