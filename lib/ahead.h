/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Lanes that are ahead: the host's clock was set back, and their next records are from before. By
 * time, these would come after everything that the other lanes get until the clock is there again,
 * and their lanes would be full for as long. So the reader takes them first. Called by the thread
 * that reads, for rings that are merged by time.
 */
#ifndef PFQ_LIB_AHEAD_H
#define PFQ_LIB_AHEAD_H

#include "reader.h"

struct pfq_ahead {
	uint64_t lanes;		/* a bit for each lane that is ahead */
	uint64_t limit_ns;	/* records after this time are from before the clock was set */
};

/*
 * Find the lanes that are ahead; all lanes have been examined. Returns false if there is none, or
 * if all are: then their times have an order.
 */
bool pfq_ahead_find(const struct pfq_reader *rd, struct pfq_ahead *a);

/* Take records of these lanes. Returns how many may be taken, at most @max. */
uint32_t pfq_ahead_take(struct pfq_reader *rd, struct pfq_ahead *a, const struct pfq_rec **recs,
			uint32_t max);

#endif /* PFQ_LIB_AHEAD_H */
