/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "ring.h"

#define LANE_HDR_OFFSET	256
#define PAGE_BYTES	4096

/*
 * A consumer may change its words between two checks, to make the engine set timers that never
 * ring. So no check is requested sooner than this.
 */
#define LOOK_MIN_NS	50000

static u64 data_offset(u32 lanes)
{
	u64 headers = LANE_HDR_OFFSET + (u64)lanes * PFQ_LANE_HDR_BYTES;

	return (headers + PAGE_BYTES - 1) & ~(u64)(PAGE_BYTES - 1);
}

u64 pfq_ring_area_bytes(u32 lanes, u64 lane_size)
{
	return data_offset(lanes) + lanes * lane_size;
}

u64 pfq_ring_reader_bytes(u32 lanes)
{
	return PFQ_READER_LANE_OFFSET(lanes);
}

/* Twice the largest record, so that one fits an empty lane with any padding before it. */
u64 pfq_ring_lane_min(u32 snaplen)
{
	u64 size = PAGE_BYTES;

	while (size < 2 * PFQ_REC_BYTES(snaplen))
		size *= 2;
	return size;
}

void pfq_ring_format(void *area, u32 lanes, u64 lane_size, u32 snaplen, u32 linktype)
{
	struct pfq_ring_hdr *hdr = area;

	hdr->magic = PFQ_RING_MAGIC;
	hdr->abi = PFQ_ABI_VERSION;
	hdr->lanes = lanes;
	hdr->lane_hdr_offset = LANE_HDR_OFFSET;
	hdr->data_offset = data_offset(lanes);
	hdr->lane_size = lane_size;
	hdr->total_bytes = pfq_ring_area_bytes(lanes, lane_size);
	hdr->snaplen = snaplen;
	hdr->linktype = linktype;
}

void pfq_producer_init(struct pfq_producer *p, void *area, u32 lanes, u64 lane_size,
		       const void *reader_area, u32 lane)
{
	u8 *base = area;

	memset(p, 0, sizeof(*p));
	p->size = lane_size;
	p->data = base + data_offset(lanes) + lane * lane_size;
	p->hdr = (struct pfq_lane_hdr *)(base + LANE_HDR_OFFSET) + lane;
	p->reader = (const void *)((const u8 *)reader_area + PFQ_READER_LANE_OFFSET(lane));
}

/*
 * Read the consumer's cursor. A possible value replaces p->cons; an impossible one is counted. No
 * other function reads that cursor.
 */
static void look_at_cons(struct pfq_producer *p)
{
	/* acquire: the consumer has finished reading these bytes before we write there */
	u64 cons = smp_load_acquire(&p->reader->cons);

	/* is cons within [p->cons, p->prod]? By differences, since positions wrap. */
	if (likely(cons - p->cons <= p->prod - p->cons))
		p->cons = cons;
	else
		p->violations++;
}

/*
 * Are @bytes free behind head? The consumer may have freed more bytes since its cursor was last
 * read.
 */
static inline bool has_room(const struct pfq_producer *p, u64 bytes)
{
	return p->size - (p->head - p->cons) >= bytes;
}

static void write_pad(struct pfq_producer *p, u64 off, u64 bytes)
{
	struct pfq_rec *rec = (struct pfq_rec *)(p->data + off);

	memset(rec, 0, sizeof(*rec));
	rec->caplen = (u32)(bytes - sizeof(*rec));
	rec->flags = PFQ_REC_F_PAD;
}

struct pfq_rec *pfq_ring_reserve_slow(struct pfq_producer *p, u32 caplen)
{
	u64 bytes = PFQ_REC_BYTES(caplen);
	u64 off = p->head & (p->size - 1);
	u64 pad = bytes <= p->size - off ? 0 : p->size - off;

	if (!has_room(p, pad + bytes)) {
		look_at_cons(p);
		if (!has_room(p, pad + bytes))
			return NULL;
	}
	if (pad) {
		write_pad(p, off, pad);
		p->head += pad;
		off = 0;
	}
	/* up to the end of this round of the lane, or to the end of the room */
	p->limit = min_t(u64, p->head - off + p->size, p->cons + p->size);
	p->head += bytes;
	return (struct pfq_rec *)(p->data + off);
}

void pfq_ring_publish(struct pfq_producer *p)
{
	unsigned int i;

	pfq_ring_advance(p);
	for (i = 0; i < PFQ_ENDPOINT_COUNTERS_MAX; i++)
		pfq_ring_mirror(p, i);
}

void pfq_ring_watermark(struct pfq_producer *p, u64 ts_ns)
{
	/* a record that is written but not published may be older */
	if (p->head != p->prod)
		return;
	/* release: a consumer that sees this watermark sees the records before it */
	smp_store_release(&p->hdr->watermark, ts_ns);
}

u64 pfq_ring_unread(struct pfq_producer *p)
{
	look_at_cons(p);
	return p->prod - p->cons;
}

/*
 * Has the oldest unread record, published at @since, waited for @delay_ns? If not, *next_ns says
 * when.
 */
static bool is_late(u64 since, u64 delay_ns, u64 now_ns, u64 *next_ns)
{
	if (delay_ns >= ~0ULL - since)
		return false;
	if (now_ns >= since + delay_ns)
		return true;
	*next_ns = max_t(u64, since + delay_ns, now_ns + LOOK_MIN_NS);
	return false;
}

bool pfq_ring_doorbell_due(struct pfq_producer *p, struct pfq_reader_hdr *reader, u64 now_ns,
			   u64 held_ns, u64 *next_ns)
{
	u64 looked = p->looked, unread, threshold;
	u64 since = now_ns > held_ns ? now_ns - held_ns : 1;

	*next_ns = ~0ULL;
	p->looked = p->prod;
	if (!p->unread_since)
		p->unread_since = since;
	/* prod before armed; the consumer has a full fence between its armed and its prod */
	smp_mb();
	/*
	 * Acquire: an honest consumer stored threshold and delay before armed. armed is read
	 * before the cursor: a busy consumer does not set armed, and it writes the cursor's line
	 * all the time.
	 */
	if (smp_load_acquire(&reader->armed) != 1)
		return false;
	unread = pfq_ring_unread(p);
	if (!unread) {
		p->unread_since = 0;
		return false;
	}
	/* everything that was there at the last check is read: the unread records came after it */
	if (p->cons >= looked)
		p->unread_since = since;
	threshold = READ_ONCE(reader->threshold);
	/* long before a lane is full to the last byte, a record may not fit */
	threshold = min_t(u64, max_t(u64, threshold, 1), p->size / 2);
	if (unread < threshold &&
	    !is_late(p->unread_since, READ_ONCE(reader->delay_ns), now_ns, next_ns))
		return false;
	return pfq_xchg32(&reader->armed, 0) == 1;
}
