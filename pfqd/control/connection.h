/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A client's connection: requests in, answers out, never waiting for the client.
 * An answer that does not fit into its socket ends the connection; a dump goes
 * on when there is room, within CONNECTION_STALL_MS.
 */
#ifndef PFQD_CONNECTION_H
#define PFQD_CONNECTION_H

#include <sys/queue.h>

#include "lib/message.h"
#include "pfqd/settings/access.h"
#include "pfqd/engine/registry.h"

struct connection;

/* what a command answers with */
struct reply {
	struct pfq_msg_out out;		/* begun by the command, or not: a plain 0 then */
	bool has_out;
	int fds[PFQ_MSG_FDS_MAX];	/* the command's own */
	unsigned int fds_count;
	void (*sent)(struct connection *c);	/* called once it is; NULL: nobody */
	struct pfq_error err;		/* goes with an error */
};

/* a walk in progress: next() makes the message after @cursor; false: there is none */
struct dump {
	bool (*next)(struct connection *c, struct pfq_msg_out *out);
	uint64_t cursor;
	uint32_t seq;
	uint64_t progress_ns;	/* when a message went out for the last time */
	char group[PFQ_NAME_MAX + 1];	/* "": all */
};

TAILQ_HEAD(connection_list, connection);

/* all connections, and what they share */
struct connections {
	struct connection_list list;	/* in the order in which they came */
	unsigned int count;
	unsigned int refused;		/* of them: is_refused */
	const char *path;		/* of the socket that they came by; "": none */
	struct loop_watch *stalls;	/* timer, runs while a dump is on */
	bool watches_stalls;
	uint64_t buffer[PFQ_MSG_MAX / sizeof(uint64_t)];	/* used within one event */
};

struct connection {
	TAILQ_ENTRY(connection) entry;
	struct connections *all;
	struct registry *registry;
	int sock;
	struct loop_watch *watch;
	struct access_cred cred;
	bool is_charged;		/* counts for its user's limit */
	uint64_t since_ns;		/* connected */
	bool is_greeted;
	bool is_refused;		/* for the reason in refusal: the first request tells it */
	struct pfq_error refusal;
	struct endpoint *endpoint;
	int inject_sock;		/* opened for the first frame */
	uint32_t inject_ifindex;
	struct dump dump;		/* next NULL: none */
};

#define CONNECTION_STALL_MS 5000 /* a client that does not read a dump for so long is dropped */

/* Takes @sock over, also on failure. The connection is one of @all until it is destroyed. */
int connection_create(struct connection **c, struct connections *all, struct registry *registry,
		      int sock);
/* Its endpoint goes with it. */
void connection_destroy(struct connection *c);

/* Have the timer @all->stalls run out soon, if it does not run yet. */
void connections_watch_stalls(struct connections *all);

#endif /* PFQD_CONNECTION_H */
