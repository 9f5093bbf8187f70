/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * One ring for all producers. A producer reserves a batch by one compare-and-exchange on a
 * common position and writes it. Then it marks the batch as ready: at the place of its
 * beginning it stores the position of its end. No producer waits for another; the reader
 * waits for the first batch that is not ready. The marks lie beside the data, so no byte of
 * a packet can look like one.
 */
#include <stdlib.h>
#include "rings.h"

#define MARK_PAD	1	/* no records here; positions are multiples of PFQ_REC_ALIGN */
#define RECORD_BYTES	PFQ_REC_BYTES(RINGS_FRAME_BYTES)

struct shared {
	u64 head __attribute__((aligned(128)));		/* written by producers */
	u64 cons_seen __attribute__((aligned(128)));	/* cons as the producers last saw it */
	u64 cons __attribute__((aligned(128)));		/* written by the reader */
	u8 *data __attribute__((aligned(128)));		/* read-only from here on */
	u64 *ready;					/* a mark for each PFQ_REC_ALIGN bytes */
	u64 bytes, ready_bytes;
};

static void destroy(void *ring)
{
	struct shared *s = ring;

	rings_memory_free(s->data, s->bytes);
	rings_memory_free(s->ready, s->ready_bytes);
	free(s);
}

static void *create(u32 producers, u64 bytes, enum rings_pages pages)
{
	struct shared *s = aligned_alloc(128, (sizeof(*s) + 127) & ~127UL);

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	for (s->bytes = bytes; s->bytes < bytes * producers; s->bytes *= 2)
		;
	s->ready_bytes = s->bytes / PFQ_REC_ALIGN * sizeof(u64);
	s->data = rings_memory(s->bytes, pages);
	s->ready = rings_memory(s->ready_bytes, pages);
	if (!s->data || !s->ready) {
		destroy(s);
		return NULL;
	}
	return s;
}

/* The mark of the batch that begins at @position. */
static u64 *mark(const struct shared *s, u64 position)
{
	return &s->ready[(position & (s->bytes - 1)) / PFQ_REC_ALIGN];
}

/* Reserve @bytes in one piece. *pad: the bytes left unused before it. ~0: the ring is full. */
static u64 reserve(struct shared *s, u64 bytes, u64 *pad)
{
	u64 head = READ_ONCE(s->head), off, was;

	for (;;) {
		off = head & (s->bytes - 1);
		*pad = off + bytes <= s->bytes ? 0 : s->bytes - off;
		if (head + *pad + bytes - READ_ONCE(s->cons_seen) > s->bytes) {
			WRITE_ONCE(s->cons_seen, smp_load_acquire(&s->cons));
			if (head + *pad + bytes - READ_ONCE(s->cons_seen) > s->bytes)
				return ~0ULL;
		}
		was = pfq_cmpxchg64(&s->head, head, head + *pad + bytes);
		if (was == head)
			return head + *pad;
		head = was;
	}
}

static u32 put(void *ring, u32 producer, u64 ts_ns, u32 first, u32 count)
{
	struct shared *s = ring;
	u64 pad, start = reserve(s, count * RECORD_BYTES, &pad);
	u8 *to;
	u32 i;

	if (start == ~0ULL)
		return 0;
	if (pad)
		smp_store_release(mark(s, start - pad), start | MARK_PAD);
	to = s->data + (start & (s->bytes - 1));
	for (i = 0; i < count; i++, to += RECORD_BYTES)
		rings_record_write((struct pfq_rec *)to, producer, ts_ns, first + i);
	smp_store_release(mark(s, start), start + count * RECORD_BYTES);
	return count;
}

static void end(void *ring, u32 producer)
{
	(void)ring;
	(void)producer;
}

static u32 get(void *ring, struct rings_seen *seen, u32 max)
{
	struct shared *s = ring;
	u64 cons = s->cons, until;
	u32 n = 0;

	while (n < max) {
		/* A mark of an earlier lap is at most cons. */
		until = smp_load_acquire(mark(s, cons));
		if (until <= cons)
			break;
		if (until & MARK_PAD) {
			cons = until & ~(u64)MARK_PAD;
			continue;
		}
		for (; cons != until; cons += RECORD_BYTES, n++)
			rings_record_read(seen, (struct pfq_rec *)(s->data +
								   (cons & (s->bytes - 1))));
	}
	smp_store_release(&s->cons, cons);
	return n;
}

const struct rings_design rings_shared = { "shared", create, destroy, put, end, get };
