/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Sleeping and being woken: the consumer's part of Doorbell in linux/pfq.h. One thread at a time
 * uses it.
 */
#ifndef PFQ_LIB_WAKE_H
#define PFQ_LIB_WAKE_H

#include "doorbell.h"
#include "reader.h"

enum pfq_wake_state {
	PFQ_WAKE_IDLE,		/* armed; nothing to do before the doorbell rings */
	PFQ_WAKE_LATER,		/* armed; there are records: check again after again_ns */
	PFQ_WAKE_BLOCKED,	/* not armed; records wait for a watermark: check again soon */
	PFQ_WAKE_READY,		/* time to read; armed only if others wait on the descriptor */
};

struct pfq_wake {
	struct pfq_reader *rd;
	struct pfq_doorbell bell;
	int epoll, timer;	/* -1 until pfq_fd() is called */
	/* epoll watches this beside the timer: the doorbell, while the engine is there; -1: none */
	int source;
	bool is_away;		/* the engine has ended and its ring is empty */
	int made_epoll;		/* made ahead for pfq_fd(); -1: none */
	uint32_t wanted;	/* as set, for the next ring */
	uint32_t threshold;
	uint64_t delay_ns;
	uint64_t unread_since;	/* when records were first seen unread; 0: not yet */
	bool is_due;		/* the doorbell rang for the unread records */
	bool was_rung;		/* in the last pfq_wake_prepare() */
	/* records were taken since the doorbell was armed for the descriptor */
	bool has_taken;
	bool is_false;		/* the doorbell had rung, but a read found nothing */
	/* of a call on our own descriptors, such as by a sandbox; 0: none */
	int error;
	enum {
		TIMER_OFF,
		TIMER_PENDING,
		TIMER_RAISED,	/* expired: keeps the descriptor readable */
	} timer_state;
};

/* @rd and the descriptor @doorbell stay the caller's. @is_device: as of pfq_doorbell_init() */
void pfq_wake_init(struct pfq_wake *w, struct pfq_reader *rd, int doorbell, bool is_device);
void pfq_wake_exit(struct pfq_wake *w);	/* does not close the doorbell */

/* pfq_wakeup_set() */
void pfq_wake_policy(struct pfq_wake *w, uint32_t threshold, uint64_t delay_ns);

/* Has pfq_fd() been called? */
static inline bool pfq_wake_is_watched(const struct pfq_wake *w)
{
	return w->epoll >= 0;
}

/* --- while the engine is away --- */

/*
 * From now on nothing that the doorbell reports wakes the program; pfq_wake_source() and
 * pfq_wake_alarm() do.
 */
void pfq_wake_away(struct pfq_wake *w);
/* Let epoll watch @fd instead of what it has watched; -1: nothing. The caller keeps @fd open. */
void pfq_wake_source(struct pfq_wake *w, int fd);
/* Make the descriptor readable after @ns; ~0: not by time. */
void pfq_wake_alarm(struct pfq_wake *w, uint64_t ns);
/* The engine is back: the reader has a new ring, with this doorbell. The descriptor stays. */
void pfq_wake_back(struct pfq_wake *w, int doorbell);

/*
 * Decide what to wait for, and arm the doorbell if it may ring. *again_ns: check again after this
 * time at the latest; ~0: no need.
 */
enum pfq_wake_state pfq_wake_prepare(struct pfq_wake *w, uint64_t *again_ns);

/* pfq_wait() */
int pfq_wake_wait(struct pfq_wake *w, int extra_fd, int timeout_ms);

/* pfq_fd() */
int pfq_wake_fd(struct pfq_wake *w);

/* pfq_fd_prepare() */
int pfq_wake_fd_make(struct pfq_wake *w);

/*
 * Called after a read that found nothing. Finds out whether the engine is gone. Returns true if
 * the caller should read once more.
 */
bool pfq_wake_empty(struct pfq_wake *w);

/*
 * All taken records have been given back, and no thread reads now: bring the descriptor up to
 * date. If records are left, it is readable. If not, no byte is in it and the doorbell is armed.
 */
void pfq_wake_settle(struct pfq_wake *w);

/* Keep the descriptor readable while the program has records and more are left. */
void pfq_wake_keep(struct pfq_wake *w);

/* Called after a read that found records. */
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
