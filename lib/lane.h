/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * One lane, consumer's side: steps from record to record, none of which leaves
 * the lane or what was published, whatever the memory holds.
 */
#ifndef PFQ_LIB_LANE_H
#define PFQ_LIB_LANE_H

#include <errno.h>
#include "ring.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

struct pfq_step {
	const struct pfq_rec *rec;
	uint64_t bytes;		/* to the record behind; 0: the lane is damaged here */
	bool is_pad;
};

/*
 * What lies at @pos, before @end. Positions are multiples of PFQ_REC_ALIGN, as
 * is the lane's size, so that a header is always whole.
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

/* Load prod: 0, or -EPROTO: it is no position that a producer can have reached. */
static inline int pfq_lane_load(struct pfq_lane *lane, uint64_t lane_size)
{
	uint64_t prod = load_acquire(&lane->hdr->prod);
	uint64_t unread = prod - lane->cons;

	/* one that went backwards is far away, too: the difference is unsigned */
	if (unlikely(unread > lane_size || unread < lane->prod - lane->cons ||
		     prod % PFQ_REC_ALIGN))
		return -EPROTO;
	lane->prod = prod;
	return 0;
}

/* Step over padding: 1: a record is next, of *ts_ns; 0: nothing; -EPROTO. */
int pfq_lane_peek(struct pfq_lane *lane, uint64_t lane_size, uint64_t *ts_ns);

/* Give back all that was handed out. */
void pfq_lane_release(struct pfq_lane *lane);

/*
 * Give back the first @keep of the records handed out and stand before the
 * next one again; *floor_ns becomes at least the time of each of the others.
 */
int pfq_lane_rewind(struct pfq_lane *lane, uint64_t lane_size, uint32_t keep, uint64_t *floor_ns);

#endif /* PFQ_LIB_LANE_H */
