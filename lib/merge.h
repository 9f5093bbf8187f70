/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Records in order, as far as they are known: what pfq_reader_take() is made of. A damaged
 * lane sets rd->is_damaged.
 */
#ifndef PFQ_LIB_MERGE_H
#define PFQ_LIB_MERGE_H

#include "reader.h"

#define PFQ_LANE_BIT(i)	(1ULL << (i))

/* Of all lanes: which may go on, and how far. */
struct pfq_order {
	int first;		/* the lane with the oldest record; -1: no record */
	int second;		/* the one with the next oldest; -1: that is a watermark, or nothing */
	uint64_t bound_ns;	/* the oldest record or watermark but the first's */
	uint64_t third_ns;	/* the same but the first's and the second's */
};

struct pfq_order pfq_merge_oldest(const struct pfq_reader *rd);

/*
 * A lane that had no record: look again. The watermark is loaded before prod:
 * what was published before the watermark was set is then seen, and of all
 * that is published later the watermark speaks.
 */
int pfq_merge_refresh(struct pfq_reader *rd, uint32_t i);

/* Of several lanes, all of which were looked at; as many as may be taken, at most @max. */
uint32_t pfq_merge_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max);

/* Of a ring with one lane: no order to keep, and none to remember. */
uint32_t pfq_merge_take_single(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max);

#endif /* PFQ_LIB_MERGE_H */
