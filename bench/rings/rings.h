/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Ring designs for comparison: several producers of 64-byte packets, and one consumer that
 * gets them in order of time. A design is a table of functions.
 */
#ifndef PFQ_BENCH_RINGS_H
#define PFQ_BENCH_RINGS_H

#include "core/ring.h"

#define RINGS_PRODUCERS_MAX	4
#define RINGS_FRAME_BYTES	64

enum rings_pages {
	RINGS_PAGES_ORDINARY,
	RINGS_PAGES_TRANSPARENT,	/* madvise(MADV_HUGEPAGE) */
	RINGS_PAGES_HUGETLB,
	RINGS_PAGES_MAX
};

/*
 * The records that the consumer has seen. Each producer's count up from 0. sum: of their
 * first words and lengths. disorder: records older than the one before. lost: records
 * that do not follow the one before of the same producer.
 */
struct rings_seen {
	u32 next[RINGS_PRODUCERS_MAX];
	u64 last_ts, sum, disorder, lost;
};

struct rings_design {
	const char *name;
	/* Make a ring with @bytes for each producer. NULL: such memory does not exist. */
	void *(*create)(u32 producers, u64 bytes, enum rings_pages pages);
	void (*destroy)(void *ring);
	/* Write @count records numbered from @first. Returns how many had room. */
	u32 (*put)(void *ring, u32 producer, u64 ts_ns, u32 first, u32 count);
	void (*end)(void *ring, u32 producer);	/* no more records will come */
	/* Read about @max records, and note them in @seen. Returns their number; 0: none now. */
	u32 (*get)(void *ring, struct rings_seen *seen, u32 max);
};

extern const struct rings_design rings_lanes, rings_shared;

/* Get memory, zeroed and faulted in. NULL: none of this kind exists. */
void *rings_memory(u64 bytes, enum rings_pages pages);
void rings_memory_free(void *memory, u64 bytes);

static inline void rings_record_write(struct pfq_rec *rec, u32 producer, u64 ts_ns, u32 number)
{
	static const u8 frames[64][RINGS_FRAME_BYTES];

	*rec = (struct pfq_rec){ .ts_ns = ts_ns, .len = RINGS_FRAME_BYTES,
				 .caplen = RINGS_FRAME_BYTES, .hash = number,
				 .ifindex = producer };
	memcpy(rec + 1, frames[number % ARRAY_SIZE(frames)], RINGS_FRAME_BYTES);
}

static inline void rings_record_read(struct rings_seen *seen, const struct pfq_rec *rec)
{
	u64 word;

	memcpy(&word, rec + 1, sizeof(word));
	seen->sum += word + rec->caplen;
	seen->lost += rec->hash != seen->next[rec->ifindex];
	seen->next[rec->ifindex] = rec->hash + 1;
	seen->disorder += rec->ts_ns < seen->last_ts;
	seen->last_ts = rec->ts_ns;
}

#endif /* PFQ_BENCH_RINGS_H */
