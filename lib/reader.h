/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Takes records out of the lanes, in order: the consumer's half of Order in
 * linux/pfq.h. Knows nothing of descriptors or of sleeping.
 */
#ifndef PFQ_LIB_READER_H
#define PFQ_LIB_READER_H

#include "ring.h"

#define READER_BATCH_MAX	4096	/* records of one pfq_read() */

struct pfq_reader {
	struct pfq_ring *ring;
	/*
	 * key[i]: the timestamp of lane i's next record, where bit i of full is
	 * set; else the watermark, ~0 where nobody has to wait for the lane.
	 */
	uint64_t key[PFQ_LANES_MAX];
	uint64_t full;
	uint64_t floor_ns; /* records up to here have been in order before: do not wait again */
	bool order_none, is_final;	/* is_final: the engine is gone, nothing more comes */
	bool is_damaged;
	uint32_t first;		/* order_none: the lane that is next */
	/* the record that waits for a lane, and since when */
	uint32_t waiting_lane;
	uint64_t waiting_pos, waiting_since;	/* since 0: none waits */
	uint32_t batch;		/* records handed out */
	uint8_t batch_lane[READER_BATCH_MAX];
};

void pfq_reader_init(struct pfq_reader *rd, struct pfq_ring *ring, bool order_none);

/* Give back the first @n records of the batch; those behind are handed out again. */
void pfq_reader_release(struct pfq_reader *rd, uint32_t n);

/* Up to @max records; 0: none may be taken now; -EPROTO. The batch before must be released. */
int pfq_reader_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max);

/* Are there records behind those handed out, of those that were seen in the lanes? */
bool pfq_reader_is_left(const struct pfq_reader *rd);

/* Look at every lane's cursor anew: the most bytes unread in a lane; 0: no lane has a record. */
uint64_t pfq_reader_look(struct pfq_reader *rd);

/* After a look that saw records: must the first of them wait for another lane's watermark? */
bool pfq_reader_must_wait(struct pfq_reader *rd);

#endif /* PFQ_LIB_READER_H */
