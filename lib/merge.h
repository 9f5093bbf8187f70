/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Takes records in order, as far as the order is known; part of pfq_reader_take(). A damaged lane
 * sets rd->is_damaged. Called by the thread that reads.
 */
#ifndef PFQ_LIB_MERGE_H
#define PFQ_LIB_MERGE_H

#include "reader.h"

#define PFQ_LANE_BIT(i)	(1ULL << (i))

/* The order of all lanes: which may go on, and how far. */
struct pfq_order {
	int first;		/* the lane with the oldest record; -1: there is no record */
	/* the lane with the next oldest record; -1: a watermark is older, or there is none */
	int second;
	uint64_t bound_ns;	/* the oldest record or watermark of all lanes except first */
	uint64_t third_ns;	/* the same of all lanes except first and second */
};

/* Find the order of the lanes from rd->key[] and rd->full. */
struct pfq_order pfq_merge_oldest(const struct pfq_reader *rd);

/*
 * Examine again a lane that had no record. Returns 0 or -EPROTO. The watermark is loaded before
 * prod. So every record published before the watermark was set is seen, and the watermark holds
 * for all later ones.
 */
int pfq_merge_refresh(struct pfq_reader *rd, uint32_t i);

/*
 * Take records from several lanes, all of which have been examined. Returns how many may be taken,
 * at most @max.
 */
uint32_t pfq_merge_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max);

/*
 * Take records of lane @i, which has one, until one is younger than @bound_ns. Returns their
 * number, at most @max. If the bit in rd->full is clear then, the lane must be examined again.
 */
uint32_t pfq_merge_take_run(struct pfq_reader *rd, uint32_t i, uint64_t bound_ns,
			    const struct pfq_rec **recs, uint32_t max);

/* Take records from a ring with one lane, which has no order to keep. */
uint32_t pfq_merge_take_single(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max);

#endif /* PFQ_LIB_MERGE_H */
