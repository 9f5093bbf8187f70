/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LIB_CLIENT_H
#define PFQ_LIB_CLIENT_H

#include <stdatomic.h>
#include "conn.h"
#include "member.h"
#include "reader.h"
#include "reconnect.h"
#include "ring.h"
#include "wake.h"
#include "wish.h"

struct pfq {
	struct pfq_conn conn;
	/* only the reading thread changes it; pfq_stats_get() loads it in any thread */
	struct pfq_member *_Atomic member;
	struct pfq_reader reader;
	struct pfq_wake wake;
	bool is_started;
	uint64_t lost_base;	/* drop_socket of our group's ingests at the JOIN */
	uint64_t lost_before;	/* lost in earlier stays */
	uint64_t lost;		/* the last sum that the engine has told */
	/* a thread uses conn, lost_* or the member's devices */
	atomic_flag is_asking;
	atomic_uint counting;	/* threads within pfq_stats_get() */
	struct pfq_member *ended;	/* earlier stays that pfq_stats_get() may still look at */
	struct pfq_wish wish;
	struct pfq_reconnect reconnect;
};

/* Store the value that pfq_ingest_lost() counts from. Returns 0 or -errno. */
int pfq_lost_begin(struct pfq *q, struct pfq_error *err);
/* The sum of drop_socket in an answer to STATUS_GET, over the devices of @m. */
int pfq_lost_sum(const struct pfq_conn *c, const struct pfq_answer *answer,
		 const struct pfq_member *m, uint64_t *packets, struct pfq_error *err);

/*
 * Requests and the change to another engine exclude each other, because another thread may ask for
 * pfq_ingest_lost(). try: false if it is taken. begin: waits up to 2 s; returns 0 or -EBUSY.
 */
bool pfq_request_try(struct pfq *q);
int pfq_request_begin(struct pfq *q, struct pfq_error *err);
void pfq_request_end(struct pfq *q);

/* Free the stays that have ended, unless a thread may still look at one. */
void pfq_ended_free(struct pfq *q);

#endif /* PFQ_LIB_CLIENT_H */
