/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * One lane, consumer's side: walks from record to record. No step leaves the lane or the published
 * part, whatever bytes the memory holds.
 */
#ifndef PFQ_LIB_LANE_H
#define PFQ_LIB_LANE_H

#include <errno.h>
#include "ring.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

struct pfq_step {
	const struct pfq_rec *rec;
	uint64_t bytes;		/* to the next record; 0: the lane is damaged here */
	bool is_pad;
};

/*
 * Read the record at @pos, which is before @end. Positions and the lane's size are multiples of
 * PFQ_REC_ALIGN, so that a header never wraps.
 */
static inline struct pfq_step pfq_lane_step(const struct pfq_lane *lane, uint64_t lane_size,
					    uint64_t pos, uint64_t end)
{
	uint64_t offset = pos & (lane_size - 1);
	uint64_t rest = lane_size - offset;
	struct pfq_step s;

	s.rec = (const void *)(lane->data + offset);
	s.is_pad = load_relaxed(&s.rec->flags) & PFQ_REC_F_PAD;
	s.bytes = unlikely(s.is_pad) ? rest : PFQ_REC_BYTES(load_relaxed(&s.rec->caplen));
	if (unlikely(s.bytes > rest || s.bytes > end - pos))
		s.bytes = 0;
	return s;
}

/* Load prod. Returns 0, or -EPROTO for a position that a producer cannot have reached. */
static inline int pfq_lane_load(struct pfq_lane *lane, uint64_t lane_size)
{
	uint64_t prod = load_acquire(&lane->hdr->prod);
	uint64_t unread = prod - lane->cons;

	/* The differences are unsigned, so that a position that went backwards is refused too. */
	if (unlikely(unread > lane_size || unread < lane->prod - lane->cons ||
		     prod % PFQ_REC_ALIGN))
		return -EPROTO;
	lane->prod = prod;
	return 0;
}

/*
 * Skip padding. Returns 1 if a record is next, with its time in *ts_ns, 0 if there is none, or
 * -EPROTO.
 */
int pfq_lane_peek(struct pfq_lane *lane, uint64_t lane_size, uint64_t *ts_ns);

/* Give all records that were handed out back to the engine. */
void pfq_lane_release(struct pfq_lane *lane);

/*
 * Give back the first @keep of the records that were handed out, and go back to the one after
 * them. Raises *floor_ns to the latest time of the others. Returns 0 or -EPROTO.
 */
int pfq_lane_rewind(struct pfq_lane *lane, uint64_t lane_size, uint32_t keep, uint64_t *floor_ns);

/*
 * Give back unseen the records before position @end, which the engine has published. No record was
 * handed out. Returns 0 or -EPROTO.
 */
int pfq_lane_skip(struct pfq_lane *lane, uint64_t lane_size, uint64_t end);

#endif /* PFQ_LIB_LANE_H */
