/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The producer's side of one lane. Cursors, size and data pointer are private
 * memory of the engine; the lane header is a mirror that the consumer reads,
 * the reader area a hint that it writes. See linux/pfq.h, Rings.
 *
 * One thread at a time calls these for a lane (pfq_ring_unread() and
 * pfq_ring_doorbell_due() included).
 */
#ifndef PFQ_CORE_RING_H
#define PFQ_CORE_RING_H

#include <pfq_deps.h>
#include <linux/pfq.h>

/* 128 bytes: in an array that begins on a multiple of 64, lanes share no cache line */
struct pfq_producer {
	u8	*data;		/* the lane's bytes */
	u64	size;		/* power of two */
	u64	head;		/* written up to here, not all published */
	u64	prod;		/* published */
	u64	cons;		/* the last credible value of the consumer's cursor */
	u64	limit;		/* from head to here there is room, without a gap */
	u64	unread_since;	/* clock of the shell: what is unread is no older; 0: not known */
	u64	looked;		/* prod at the last look for the doorbell */
	struct pfq_lane_hdr *hdr;
	const struct pfq_reader_lane *reader;
	u64	counters[PFQ_ENDPOINT_COUNTERS_MAX];
	u64	violations;	/* incredible cursors seen */
	u64	quiet_until;	/* the shell's: its clock; no doorbell before */
};

/* @area, @reader_area: zeroed; fills the ring header for @lanes lanes */
void pfq_ring_format(void *area, u32 lanes, u64 lane_size, u32 snaplen, u32 linktype);

/* bytes of a data area, a reader area; data begins page aligned behind the headers */
u64 pfq_ring_area_bytes(u32 lanes, u64 lane_size);
u64 pfq_ring_reader_bytes(u32 lanes);

/* the smallest lane that holds packets of @snaplen bytes with room to spare */
u64 pfq_ring_lane_min(u32 snaplen);

/* @lanes, @lane_size: as the area was formatted for. Nothing is read there: it may be the consumer's. */
void pfq_producer_init(struct pfq_producer *p, void *area, u32 lanes, u64 lane_size,
		       const void *reader_area, u32 lane);

/* pfq_ring_reserve() where the lane's end or the consumer's cursor must be looked at */
struct pfq_rec *pfq_ring_reserve_slow(struct pfq_producer *p, u32 caplen);

/*
 * Room for a record with @caplen bytes behind it, header not filled;
 * NULL: the ring is full.
 */
static inline struct pfq_rec *pfq_ring_reserve(struct pfq_producer *p, u32 caplen)
{
	u64 head = p->head, next = head + PFQ_REC_BYTES(caplen);

	if (unlikely(next > p->limit))
		return pfq_ring_reserve_slow(p, caplen);
	p->head = next;
	return (struct pfq_rec *)(p->data + (head & (p->size - 1)));
}

/*
 * Many reservations in a row: what pfq_ring_reserve() would read and write for
 * each of them is held in a struct pfq_ring_run of the caller's between
 * pfq_ring_begin() and pfq_ring_end().
 */
struct pfq_ring_run {
	u8	*base;	/* position 0 would be here, in this round of the lane */
	u64	head, limit;
};

static inline struct pfq_ring_run pfq_ring_begin(const struct pfq_producer *p)
{
	u64 off = p->head & (p->size - 1);

	return (struct pfq_ring_run){ p->data + off - p->head, p->head, p->limit };
}

static inline void pfq_ring_end(struct pfq_producer *p, const struct pfq_ring_run *run)
{
	p->head = run->head;
}

/* false: the ring is full */
static __always_inline bool pfq_ring_run_reserve(struct pfq_producer *p, struct pfq_ring_run *run,
						 size_t caplen, struct pfq_rec **rec)
{
	u64 head = run->head, next = head + PFQ_REC_BYTES(caplen);

	if (unlikely(next > run->limit)) {
		p->head = head;
		*rec = pfq_ring_reserve_slow(p, (u32)caplen);
		*run = pfq_ring_begin(p);
		return *rec != NULL;
	}
	run->head = next;
	*rec = (struct pfq_rec *)(run->base + head);
	return true;
}

/* Publish what was reserved since the last call, and mirror the counters. */
void pfq_ring_publish(struct pfq_producer *p);

/* the two halves of it, for who knows which counters have changed */
static inline void pfq_ring_advance(struct pfq_producer *p)
{
	if (p->head != p->prod) {
		p->prod = p->head;
		smp_store_release(&p->hdr->prod, p->prod);
	}
}

static inline void pfq_ring_mirror(struct pfq_producer *p, u32 counter)
{
	WRITE_ONCE(p->hdr->counters[counter], p->counters[counter]);
}

/* No record published later will be older than @ts_ns (PFQ_LANE_UNFED: there will be none). */
void pfq_ring_watermark(struct pfq_producer *p, u64 ts_ns);

/* bytes published and not consumed, as far as the consumer can be believed */
u64 pfq_ring_unread(struct pfq_producer *p);

/*
 * After a publication, and on the shell's timer: must the doorbell be rung?
 * @now_ns: any monotonic clock, the same in all calls. @held_ns: so old may be
 * what was published since the last call; it counts as part of the reader's delay.
 * When true, the armed word has been taken: the caller rings. When false and
 * *next_ns is not ~0, ask again at that time, which is 50 us ahead at least. A
 * threshold above half of the lane counts as half.
 */
bool pfq_ring_doorbell_due(struct pfq_producer *p, struct pfq_reader_hdr *reader, u64 now_ns,
			   u64 held_ns, u64 *next_ns);

#endif /* PFQ_CORE_RING_H */
