/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sleeping and being woken: the consumer's half of Doorbell in linux/pfq.h. */
#ifndef PFQ_LIB_WAKE_H
#define PFQ_LIB_WAKE_H

#include "reader.h"

enum pfq_wake_state {
	PFQ_WAKE_IDLE,		/* armed; nothing to do before the doorbell rings */
	PFQ_WAKE_LATER,		/* armed; look again after again_ns, for records are there */
	PFQ_WAKE_BLOCKED,	/* not armed: records wait for a watermark; look again soon */
	PFQ_WAKE_READY,		/* not armed: read */
};

struct pfq_wake {
	struct pfq_reader *rd;
	int doorbell;
	int epoll, timer;	/* -1 until pfq_fd() is asked for */
	uint32_t threshold;
	uint64_t delay_ns;
	uint64_t unread_since;	/* when records were first seen unread; 0: not yet */
	bool is_due;		/* of the records unread, somebody said that it is time */
	bool is_armed;		/* by us; the engine may have taken it back since */
	bool is_hot;		/* poll said that the doorbell is readable */
	bool is_gone;		/* the engine */
	bool is_device;		/* the doorbell is one, not a socket */
	enum {
		TIMER_OFF,
		TIMER_PENDING,
		TIMER_RAISED,	/* expired: keeps the descriptor readable */
	} timer_state;
};

void pfq_wake_init(struct pfq_wake *w, struct pfq_reader *rd, int doorbell);
void pfq_wake_exit(struct pfq_wake *w);	/* the doorbell stays the caller's */

void pfq_wake_policy(struct pfq_wake *w, uint32_t threshold, uint64_t delay_ns);

/*
 * Decide what to wait for, and arm the doorbell where it may ring. *again_ns:
 * when to look again at the latest, ~0: no need.
 */
enum pfq_wake_state pfq_wake_prepare(struct pfq_wake *w, uint64_t *again_ns);

/* pfq_wait() */
int pfq_wake_wait(struct pfq_wake *w, int extra_fd, int timeout_ms);

/* pfq_fd() */
int pfq_wake_fd(struct pfq_wake *w);

/* A read found nothing: learn whether the engine is gone. true: read once more. */
bool pfq_wake_empty(struct pfq_wake *w);

void pfq_wake_disarm(struct pfq_wake *w);

/* A read found something. */
static inline void pfq_wake_taken(struct pfq_wake *w)
{
	w->unread_since = 0;
	w->is_due = false;
	if (w->is_armed)
		pfq_wake_disarm(w);
}

#endif /* PFQ_LIB_WAKE_H */
