/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The producer's side of one lane of a ring. Cursors, size and data pointer are private memory of
 * the engine. The lane header is a copy for the consumer to read. The reader area holds values
 * that the consumer writes and that the engine only takes as hints. See linux/pfq.h, Rings.
 *
 * Only one thread at a time calls these for a lane, pfq_ring_unread() and pfq_ring_doorbell_due()
 * included.
 */
#ifndef PFQ_CORE_RING_H
#define PFQ_CORE_RING_H

#include <pfq_deps.h>
#include <linux/pfq.h>

/* 128 bytes: in an array that begins on a multiple of 64, lanes share no cache line. */
struct pfq_producer {
	u8	*data;		/* the lane's bytes */
	u64	size;		/* bytes, a power of two */
	u64	head;		/* end of the written records, published or not */
	u64	prod;		/* end of the published records */
	u64	cons;		/* the consumer's cursor, as last seen with a possible value */
	u64	limit;		/* there is room from head to here, without a gap */
	/* the caller's clock; unread records are not older than this; 0: unknown */
	u64	unread_since;
	u64	looked;		/* prod at the last check of the doorbell */
	struct pfq_lane_hdr *hdr;
	const struct pfq_reader_lane *reader;
	u64	counters[PFQ_ENDPOINT_COUNTERS_MAX];
	u64	violations;	/* impossible values seen in the consumer's cursor */
	u64	quiet_until;	/* doorbell.c: no ring before this time, of the caller's clock */
};

/* Fill in the ring header in @area for @lanes lanes. @area and @reader_area are zeroed memory. */
void pfq_ring_format(void *area, u32 lanes, u64 lane_size, u32 snaplen, u32 linktype);

/* Bytes of a data area and of a reader area. Data begins page aligned behind the headers. */
u64 pfq_ring_area_bytes(u32 lanes, u64 lane_size);
u64 pfq_ring_reader_bytes(u32 lanes);

/* The smallest lane, in bytes, for packets of @snaplen bytes. */
u64 pfq_ring_lane_min(u32 snaplen);

/*
 * Make the producer of lane @lane. @lanes and @lane_size are those of pfq_ring_format(). Nothing
 * is read from the areas, because the consumer may be able to write there.
 */
void pfq_producer_init(struct pfq_producer *p, void *area, u32 lanes, u64 lane_size,
		       const void *reader_area, u32 lane);

/* pfq_ring_reserve() if the lane's end is reached or the consumer's cursor must be read. */
struct pfq_rec *pfq_ring_reserve_slow(struct pfq_producer *p, u32 caplen);

/*
 * Reserve a record with room for @caplen bytes behind its header. Returns NULL if the ring is
 * full. The caller fills in header and bytes before it publishes.
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
 * For many reservations in a row: a struct pfq_ring_run of the caller's holds what each
 * pfq_ring_reserve() would read from and write to the producer. The run lasts from
 * pfq_ring_begin() to pfq_ring_end().
 */
struct pfq_ring_run {
	u8	*base;	/* address of position 0, if this round of the lane began there */
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

/* pfq_ring_reserve() within a run. Returns false if the ring is full. */
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

/* Publish the records reserved since the last call, and copy the counters for the consumer. */
void pfq_ring_publish(struct pfq_producer *p);

/* The two halves of pfq_ring_publish(), for a caller that knows which counters have changed. */
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

/*
 * Promise that no record published later is older than @ts_ns, in ns of the records' clock.
 * PFQ_LANE_UNFED: no record will come. The call changes nothing while a reserved record is not
 * published, because that record may be older.
 */
void pfq_ring_watermark(struct pfq_producer *p, u64 ts_ns);

/*
 * Bytes that are published and not consumed. Reads the consumer's cursor and ignores impossible
 * values.
 */
u64 pfq_ring_unread(struct pfq_producer *p);

/*
 * Must the doorbell be rung? Called after a publication, and by the caller's timer. @now_ns: any
 * monotonic clock, the same in all calls. @held_ns: the highest age of the packets published since
 * the last call, which counts as part of the consumer's delay. The consumer's threshold counts as
 * half of the lane if it is higher.
 *
 * Returns true if the caller must ring; the consumer's armed word is then cleared. Else, if
 * *next_ns is not ~0, the caller calls again at that time, which is at least 50 us ahead.
 */
bool pfq_ring_doorbell_due(struct pfq_producer *p, struct pfq_reader_hdr *reader, u64 now_ns,
			   u64 held_ns, u64 *next_ns);

#endif /* PFQ_CORE_RING_H */
