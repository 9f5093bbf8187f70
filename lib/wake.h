/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sleeping and being woken: the consumer's half of Doorbell in linux/pfq.h. */
#ifndef PFQ_LIB_WAKE_H
#define PFQ_LIB_WAKE_H

#include "doorbell.h"
#include "reader.h"

enum pfq_wake_state {
	PFQ_WAKE_IDLE,		/* armed; nothing to do before the doorbell rings */
	PFQ_WAKE_LATER,		/* armed; look again after again_ns, for records are there */
	PFQ_WAKE_BLOCKED,	/* not armed: records wait for a watermark; look again soon */
	PFQ_WAKE_READY,		/* read; armed only where others wait on the descriptor */
};

struct pfq_wake {
	struct pfq_reader *rd;
	struct pfq_doorbell bell;
	int epoll, timer;	/* -1 until pfq_fd() is asked for */
	int made_epoll;		/* what pfq_fd() will take; -1: nothing was made ahead */
	uint32_t threshold;
	uint64_t delay_ns;
	uint64_t unread_since;	/* when records were first seen unread; 0: not yet */
	bool is_due;		/* of the records unread, somebody said that it is time */
	bool was_rung;		/* by the last preparations */
	bool has_taken;		/* records, since the doorbell was armed for the descriptor */
	bool is_false;		/* the doorbell had rung, and a read found nothing */
	int error;		/* of a call on our own descriptors, as a sandbox gives; 0: none */
	enum {
		TIMER_OFF,
		TIMER_PENDING,
		TIMER_RAISED,	/* expired: keeps the descriptor readable */
	} timer_state;
};

void pfq_wake_init(struct pfq_wake *w, struct pfq_reader *rd, int doorbell);
void pfq_wake_exit(struct pfq_wake *w);	/* the doorbell stays the caller's */

void pfq_wake_policy(struct pfq_wake *w, uint32_t threshold, uint64_t delay_ns);

/* Has pfq_fd() been asked for? */
static inline bool pfq_wake_is_watched(const struct pfq_wake *w)
{
	return w->epoll >= 0;
}

/*
 * Decide what to wait for, and arm the doorbell where it may ring. *again_ns:
 * when to look again at the latest, ~0: no need.
 */
enum pfq_wake_state pfq_wake_prepare(struct pfq_wake *w, uint64_t *again_ns);

/* pfq_wait() */
int pfq_wake_wait(struct pfq_wake *w, int extra_fd, int timeout_ms);

/* pfq_fd() */
int pfq_wake_fd(struct pfq_wake *w);

/* pfq_fd_prepare() */
int pfq_wake_fd_make(struct pfq_wake *w);

/* A read found nothing: learn whether the engine is gone. true: read once more. */
bool pfq_wake_empty(struct pfq_wake *w);

/*
 * All that is taken has been given back, and nobody reads now: make the descriptor right. It is
 * readable where records are left, and otherwise nothing is in it and the doorbell armed.
 */
void pfq_wake_settle(struct pfq_wake *w);

/* The descriptor stays readable while the application has records, and there are more. */
void pfq_wake_keep(struct pfq_wake *w);

/* A read found something. */
static inline void pfq_wake_taken(struct pfq_wake *w)
{
	w->unread_since = 0;
	w->is_due = false;
	w->is_false = false;
	w->has_taken = true;
	if (!w->bell.is_armed)
		return;
	if (w->epoll < 0)
		pfq_doorbell_disarm(&w->bell, w->rd->ring->hdr);
	else
		pfq_wake_keep(w);
}

#endif /* PFQ_LIB_WAKE_H */
