/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An endpoint whose engine has ended goes on with the next one: it waits for the engine's socket,
 * joins again as before, and changes to the new ring. Reads and waits drive this; no call here
 * waits for the engine, except for a few milliseconds while it answers. Used by the thread that
 * reads.
 */
#ifndef PFQ_LIB_RECONNECT_H
#define PFQ_LIB_RECONNECT_H

#include <stdbool.h>
#include <stdint.h>
#include "conn.h"
#include "folder.h"
#include "member.h"

struct pfq;

enum pfq_reconnect_state {
	PFQ_RECONNECT_THERE,	/* the engine is there, as far as we know */
	PFQ_RECONNECT_KEPT,	/* the next engine may have the old connection: try it */
	PFQ_RECONNECT_AWAY,	/* no connection: wait for the socket, or for again_ns */
	PFQ_RECONNECT_GREET,	/* HELLO was sent */
	PFQ_RECONNECT_JOIN,	/* JOIN was sent */
	PFQ_RECONNECT_REFUSED,	/* JOIN was refused: again at again_ns */
	PFQ_RECONNECT_REPEAT,	/* joined; filter and so on are set */
	PFQ_RECONNECT_SETTLE,	/* records made before the filter was set are not all published */
	PFQ_RECONNECT_READY,	/* the next read can change to the new ring */
	PFQ_RECONNECT_OVER,	/* error is final */
	__PFQ_RECONNECT_MAX
};

struct pfq_reconnect {
	enum pfq_reconnect_state state;
	bool is_on;		/* the engine may come back, and the program waits for it */
	bool is_why_known;	/* the engine was asked why it has ended the endpoint */
	uint64_t limit_ns;	/* wait so long; ~0: without end */
	uint64_t deadline_ns;	/* while it is away */
	uint64_t again_ns;	/* when to try again; ~0: only when the descriptor has news */
	uint64_t pause_ns;	/* the next pause between two tries */
	uint64_t fresh_ns;	/* until then, a socket has just appeared */
	uint64_t tried_ns;	/* when the last connection was made */
	struct pfq_folder folder;	/* of the socket */
	struct pfq_conn conn;	/* to the next engine; fd -1: none */
	struct pfq_member *member;	/* of the next engine; NULL: none */
	/* of REPEAT: */
	unsigned int item;	/* the setting that is next */
	bool is_asked;		/* its request was sent */
	bool is_again;		/* all are set a second time */
	unsigned int changes;	/* of the wish, when this began */
	uint64_t positions[PFQ_LANES_MAX];	/* the engine had no filter before these */
	uint64_t lost_base;
	int error;
	char text[256];		/* the reason of the wait, or the error; empty: none */
	bool is_text_new;	/* pfq_wait() has not returned for it */
};

/* @seconds: as reconnect_s in pfq.h. Watches the folder of q->conn's socket. */
void pfq_reconnect_begin(struct pfq *q, uint32_t seconds);
void pfq_reconnect_end(struct pfq *q);

static inline bool pfq_reconnect_is_away(const struct pfq_reconnect *r)
{
	return r->state != PFQ_RECONNECT_THERE;
}

/*
 * The engine has ended, and the ring is empty: called by each read from then on. Returns 1: the
 * endpoint is on a new ring; 0: not yet; or an error that is final. -EPIPE: the engine has not come
 * back in time, or is not waited for.
 */
int pfq_reconnect_read(struct pfq *q);

/* pfq_wait() from then on. Returns as that. @deadline_ns ~0: wait for ever. */
int pfq_reconnect_wait(struct pfq *q, int extra_fd, uint64_t deadline_ns);

/* The program has asked for the selectable descriptor meanwhile: bring it up to date. */
void pfq_reconnect_watch(struct pfq *q);

#endif /* PFQ_LIB_RECONNECT_H */
