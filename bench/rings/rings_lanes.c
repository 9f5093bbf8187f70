/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A lane for each producer, as the engine has them; the reader merges them by time. */
#include <stdlib.h>
#include "rings.h"

struct lane {
	u64 cons, prod;
	u64 ts_ns;	/* of the record at cons; without one, the watermark */
	const u8 *data;
	const struct pfq_lane_hdr *hdr;
	struct pfq_reader_lane *reader;
};

struct lanes {
	struct pfq_producer producer[RINGS_PRODUCERS_MAX];
	struct lane lane[RINGS_PRODUCERS_MAX];
	u64 bytes, area_bytes;
	u32 count;
	void *area, *reader_area;
};

static void destroy(void *ring)
{
	struct lanes *l = ring;

	rings_memory_free(l->area, l->area_bytes);
	free(l->reader_area);
	free(l);
}

static void *create(u32 producers, u64 bytes, enum rings_pages pages)
{
	struct lanes *l = aligned_alloc(128, (sizeof(*l) + 127) & ~127UL);
	u64 reader_bytes = pfq_ring_reader_bytes(producers);
	u32 i;

	if (!l)
		return NULL;
	memset(l, 0, sizeof(*l));
	l->bytes = bytes;
	l->count = producers;
	l->area_bytes = pfq_ring_area_bytes(producers, bytes);
	l->area = rings_memory(l->area_bytes, pages);
	l->reader_area = aligned_alloc(64, reader_bytes);
	if (!l->area || !l->reader_area) {
		destroy(l);
		return NULL;
	}
	memset(l->reader_area, 0, reader_bytes);
	pfq_ring_format(l->area, producers, bytes, 2048, 1);
	for (i = 0; i < producers; i++) {
		u8 *reader = (u8 *)l->reader_area + PFQ_READER_LANE_OFFSET(i);

		pfq_producer_init(&l->producer[i], l->area, producers, bytes, l->reader_area, i);
		l->lane[i].data = l->producer[i].data;
		l->lane[i].hdr = l->producer[i].hdr;
		l->lane[i].reader = (struct pfq_reader_lane *)reader;
	}
	return l;
}

static u32 put(void *ring, u32 producer, u64 ts_ns, u32 first, u32 count)
{
	struct pfq_producer *p = &((struct lanes *)ring)->producer[producer];
	struct pfq_ring_run run = pfq_ring_begin(p);
	struct pfq_rec *rec;
	u32 i;

	for (i = 0; i < count; i++) {
		if (!pfq_ring_run_reserve(p, &run, RINGS_FRAME_BYTES, &rec))
			break;
		rings_record_write(rec, producer, ts_ns, first + i);
	}
	pfq_ring_end(p, &run);
	pfq_ring_publish(p);
	pfq_ring_watermark(p, ts_ns);
	return i;
}

static void end(void *ring, u32 producer)
{
	pfq_ring_watermark(&((struct lanes *)ring)->producer[producer], PFQ_LANE_UNFED);
}

static const struct pfq_rec *at(const struct lanes *l, const struct lane *lane)
{
	return (const struct pfq_rec *)(lane->data + (lane->cons & (l->bytes - 1)));
}

/* Is there a record? Then ts_ns is its time; otherwise it is the watermark. */
static bool look(const struct lanes *l, struct lane *lane)
{
	u64 watermark;

	for (;;) {
		if (lane->cons == lane->prod) {
			/*
			 * Load the watermark before prod: then every record that it covers
			 * is visible.
			 */
			watermark = smp_load_acquire(&lane->hdr->watermark);
			lane->prod = smp_load_acquire(&lane->hdr->prod);
			if (lane->cons == lane->prod) {
				lane->ts_ns = watermark;
				return false;
			}
		}
		if (!(at(l, lane)->flags & PFQ_REC_F_PAD))
			break;
		lane->cons += PFQ_REC_BYTES(at(l, lane)->caplen);
	}
	lane->ts_ns = at(l, lane)->ts_ns;
	return true;
}

/* Find the lane that may be read, and until which time. NULL: not known yet. */
static struct lane *pick(struct lanes *l, u64 *until)
{
	struct lane *best = NULL;
	u64 waits = ~0ULL, next = ~0ULL;
	u32 i;

	for (i = 0; i < l->count; i++) {
		struct lane *lane = &l->lane[i];

		if (!look(l, lane)) {
			waits = min_t(u64, waits, lane->ts_ns);
		} else if (!best || lane->ts_ns < best->ts_ns) {
			next = best ? min_t(u64, next, best->ts_ns) : next;
			best = lane;
		} else {
			next = min_t(u64, next, lane->ts_ns);
		}
	}
	*until = min_t(u64, waits, next);
	return best && best->ts_ns <= waits ? best : NULL;
}

static u32 get(void *ring, struct rings_seen *seen, u32 max)
{
	struct lanes *l = ring;
	u32 n = 0, i;
	u64 until;

	while (n < max) {
		struct lane *lane = pick(l, &until);

		if (!lane)
			break;
		do {
			const struct pfq_rec *rec = at(l, lane);

			if (rec->flags & PFQ_REC_F_PAD || rec->ts_ns > until)
				break;
			rings_record_read(seen, rec);
			lane->cons += PFQ_REC_BYTES(rec->caplen);
			n++;
		} while (n < max && lane->cons != lane->prod);
	}
	for (i = 0; i < l->count; i++)
		smp_store_release(&l->lane[i].reader->cons, l->lane[i].cons);
	return n;
}

const struct rings_design rings_lanes = { "lanes", create, destroy, put, end, get };
