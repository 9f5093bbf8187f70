/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A member of a group: what it wants, its rings, and how packets get into them. */
#ifndef PFQ_CORE_MEMBER_H
#define PFQ_CORE_MEMBER_H

#include "filter.h"
#include "ring.h"
#include "view.h"

#define PFQ_ECHO_MAX	64

/*
 * Frames that an endpoint injected and must not see itself: the injecting
 * thread adds a fingerprint, the lane that meets the frame on its way out
 * takes it away. Entries older than a second are void.
 */
struct pfq_echo {
	u64	entry[PFQ_ECHO_MAX];	/* fingerprint and time, 0: free */
	u32	pending;		/* hint: may be more than there are */
};

void pfq_echo_add(struct pfq_echo *e, const void *frame, u32 len, u64 ts_ns);
bool pfq_echo_take(struct pfq_echo *e, const struct pfq_view *v);

struct pfq_member {
	u32	id;			/* of the endpoint */
	u32	snaplen;
	u64	classes;
	u8	direction;		/* enum pfq_direction */
	const struct pfq_filter *filter;	/* NULL: none */
	struct pfq_echo *echo;
	struct pfq_producer *producer;	/* [lanes] */
};

/* the last filter seen and what it said of the batch's packets: members often share one */
struct pfq_memo {
	const struct pfq_filter *filter;
	u64 known, accepted;	/* a bit for each packet */
};

/*
 * Put the packets run[0..count), indices into @batch, into the member's ring
 * of @lane, but for those that its filter or direction refuses, and publish
 * them. @hash: the flow hashes of the batch. @memo: zeroed before a batch's
 * first call.
 */
void pfq_member_deliver(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
			const u8 *run, u32 count, const u32 *hash, struct pfq_memo *memo);

/* The same of one packet, @hash being its flow hash. @memo: of a batch in which it is the first. */
void pfq_member_deliver_one(const struct pfq_member *m, const struct pfq_view *v, u32 lane,
			    u32 hash, struct pfq_memo *memo);

static inline bool pfq_of_direction(u8 direction, const struct pfq_view *v)
{
	bool out = v->flags & PFQ_REC_F_OUT;

	return direction == PFQ_DIRECTION_INOUT || out == (direction == PFQ_DIRECTION_OUT);
}

/* others read counters at any time */
static inline void pfq_counter_add(u64 *counter, u32 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

#endif /* PFQ_CORE_MEMBER_H */
