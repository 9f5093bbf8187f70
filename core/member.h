/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A member of a group: the packets it wants, its rings, and how packets get into them. */
#ifndef PFQ_CORE_MEMBER_H
#define PFQ_CORE_MEMBER_H

#include <linux/pfq_lang.h>
#include "filter.h"
#include "ring.h"
#include "view.h"

#define PFQ_ECHO_MAX	64

/*
 * Frames that an endpoint injected and must not get back. The injecting thread adds a fingerprint.
 * The lane that meets the frame on its way out removes it. An entry is void after a second.
 */
struct pfq_echo {
	u64	entry[PFQ_ECHO_MAX];	/* fingerprint and time; 0: free */
	u32	pending;		/* a hint: never too low, may be too high for a moment */
};

/* Remember @frame of @len bytes, injected at @ts_ns. Any thread. */
void pfq_echo_add(struct pfq_echo *e, const void *frame, u32 len, u64 ts_ns);
/* Returns true if @v is a remembered frame, and forgets it. Any lane. */
bool pfq_echo_take(struct pfq_echo *e, const struct pfq_view *v);

struct pfq_member {
	u32	id;			/* the endpoint's */
	u32	snaplen;
	u64	classes;	/* mask: bit c is set for a member of steering class c */
	u8	direction;		/* enum pfq_direction */
	const struct pfq_filter *filter;	/* NULL: none */
	struct pfq_echo *echo;		/* NULL: the member injects no frames */
	struct pfq_producer *producer;	/* [lanes] */
};

/* The result of the last filter for the packets of a batch: members often share a filter. */
struct pfq_memo {
	const struct pfq_filter *filter;
	u64 known, accepted;	/* one bit for each packet */
};

/*
 * Put the packets run[0..count), indices into @batch, into the member's ring of @lane, and publish
 * them. The function leaves out and counts packets that the member's filter or direction refuses,
 * and packets for which the ring has no room. @hash: the flow hashes of the batch, by the same
 * index. @memo: the caller zeroes it before the first member of a batch. Only the thread of @lane
 * calls this.
 */
void pfq_member_deliver(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
			const u8 *run, u32 count, const u32 *hash, struct pfq_memo *memo);

/* The same for one packet. @hash: its flow hash. @memo: used for this packet only, as index 0. */
void pfq_member_deliver_one(const struct pfq_member *m, const struct pfq_view *v, u32 lane,
			    u32 hash, struct pfq_memo *memo);

/*
 * How much members get of the packets of a batch, by output: index into the batch, plus
 * PFQ_BATCH_MAX times the number of the output.
 */
struct pfq_cuts {
	u32	bytes[PFQ_BATCH_MAX * (1 + PFQ_LANG_ALSO_MAX)];	/* at most */
	u8	label[PFQ_BATCH_MAX * (1 + PFQ_LANG_ALSO_MAX)];	/* of the record; 0: none */
};

/* The same two for cut packets. @run has indices into @cuts, @tag is one. */
void pfq_member_deliver_cut(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
			    const u8 *run, u32 count, const u32 *hash, const struct pfq_cuts *cuts,
			    struct pfq_memo *memo);
void pfq_member_deliver_one_cut(const struct pfq_member *m, const struct pfq_view *v, u32 lane,
				u32 hash, const struct pfq_cuts *cuts, u8 tag,
				struct pfq_memo *memo);

/* Does @direction (enum pfq_direction) include the packet? */
static inline bool pfq_of_direction(u8 direction, const struct pfq_view *v)
{
	bool out = v->flags & PFQ_REC_F_OUT;

	return direction == PFQ_DIRECTION_INOUT || out == (direction == PFQ_DIRECTION_OUT);
}

/* Only the owner of a counter writes it; others read it at any time. */
static inline void pfq_counter_add(u64 *counter, u32 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

#endif /* PFQ_CORE_MEMBER_H */
