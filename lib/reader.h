/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Takes records out of the lanes, in order: the consumer's part of Order in linux/pfq.h. It uses
 * no descriptors and never sleeps. One thread at a time uses a reader.
 */
#ifndef PFQ_LIB_READER_H
#define PFQ_LIB_READER_H

#include "ring.h"

#define READER_BATCH_MAX	4096	/* records of one pfq_read() */

struct pfq_reader {
	struct pfq_ring *ring;
	/*
	 * If bit i of full is set, key[i] is the timestamp of lane i's next record. Else it is the
	 * lane's watermark, or ~0 if no lane has to wait for this one.
	 */
	uint64_t key[PFQ_LANES_MAX];
	uint64_t full;
	/* records up to this time were in order before: do not wait for lanes again */
	uint64_t floor_ns;
	bool order_none, is_final;	/* is_final: the engine is gone, no more records come */
	bool is_damaged;
	uint32_t first;		/* with order_none: the lane that is next */
	/* the record that waits for other lanes, and since when */
	uint32_t waiting_lane;
	uint64_t waiting_pos, waiting_since;	/* waiting_since 0: none waits */
	uint32_t batch;		/* records handed out */
	uint8_t batch_lane[READER_BATCH_MAX];
};

/* @ring stays the caller's. @order_none: return records lane by lane, not merged by time. */
void pfq_reader_init(struct pfq_reader *rd, struct pfq_ring *ring, bool order_none);

/*
 * Give back the first @n records of the batch: the engine may overwrite them. The next
 * pfq_reader_take() returns the other records again.
 */
void pfq_reader_release(struct pfq_reader *rd, uint32_t n);

/*
 * Take up to @max records. Returns their number, 0 if none may be taken now, or -EPROTO if the
 * ring is damaged. The batch before must have been released.
 */
int pfq_reader_take(struct pfq_reader *rd, const struct pfq_rec **recs, uint32_t max);

/* Are there records after those handed out, among those already seen in the lanes? */
bool pfq_reader_is_left(const struct pfq_reader *rd);

/*
 * Load the engine's cursor of every lane. Returns the most unread bytes of a lane. 0: no lane has a
 * record. ~0: the ring is damaged.
 */
uint64_t pfq_reader_look(struct pfq_reader *rd);

/* After pfq_reader_look() saw records: must the first of them wait for another lane's watermark? */
bool pfq_reader_must_wait(struct pfq_reader *rd);

#endif /* PFQ_LIB_READER_H */
