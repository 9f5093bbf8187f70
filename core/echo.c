/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Fingerprints of injected frames. An entry is one word: 40 bits of fingerprint above 24 bits of
 * time. Time counts units of 2^20 ns (about 1 ms) and wraps after 4.9 hours. The fingerprint is
 * taken from the frame as its view will be: without the outer VLAN tag, which is hashed
 * separately.
 */
#include "group.h"

#define ECHO_UNIT_SHIFT	20
#define ECHO_TIME_BITS	24
#define ECHO_TIME_MASK	((1ULL << ECHO_TIME_BITS) - 1)
#define ECHO_LIFE_UNITS	(1000000000ULL >> ECHO_UNIT_SHIFT)
#define PRINT_BYTES	128	/* bytes of a frame that its fingerprint covers */
#define MACS_BYTES	12
#define TAG_BYTES	4

static u64 print_bytes(u64 h, const u8 *data, u32 bytes)
{
	u64 word;

	for (; bytes >= sizeof(word); bytes -= sizeof(word), data += sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, data, bytes);
	h = (h ^ word ^ (u64)bytes << 56) * 0xd6e8feb86659fd93ULL;
	return h ^ h >> 29;
}

/*
 * The fingerprint in its place in an entry; never 0. @data is without the outer tag. @tag is tpid
 * and tci in one word, or 0 for no tag.
 */
static u64 print(const u8 *data, u32 len, u32 tag)
{
	u32 bytes = min_t(u32, len, PRINT_BYTES);
	u64 h = (u64)tag << 32 | len;

	h = print_bytes(h, data, min_t(u32, bytes, MACS_BYTES));
	if (bytes > MACS_BYTES)
		h = print_bytes(h, data + MACS_BYTES, bytes - MACS_BYTES);
	return (h | 1ULL << ECHO_TIME_BITS) & ~ECHO_TIME_MASK;
}

/* The same for a frame that may have its outer tag among its bytes. */
static u64 print_frame(const u8 *frame, u32 len)
{
	u8 bare[PRINT_BYTES];
	u16 tpid = len >= MACS_BYTES + TAG_BYTES ? get_unaligned_be16(frame + MACS_BYTES) : 0;
	u32 bytes;

	if (tpid != 0x8100 && tpid != 0x88a8)
		return print(frame, len, 0);
	bytes = min_t(u32, len - TAG_BYTES, PRINT_BYTES);
	memcpy(bare, frame, MACS_BYTES);
	memcpy(bare + MACS_BYTES, frame + MACS_BYTES + TAG_BYTES, bytes - MACS_BYTES);
	return print(bare, len - TAG_BYTES, get_unaligned_be32(frame + MACS_BYTES));
}

/* Older than a second, or more than a second ahead: lanes' clocks differ by less. */
static bool is_void(u64 entry, u64 now)
{
	return ((now - entry + ECHO_LIFE_UNITS) & ECHO_TIME_MASK) > 2 * ECHO_LIFE_UNITS;
}

void pfq_echo_add(struct pfq_echo *e, const void *frame, u32 len, u64 ts_ns)
{
	u64 now = (ts_ns >> ECHO_UNIT_SHIFT) & ECHO_TIME_MASK;
	u64 entry = print_frame(frame, len) | now;
	u32 i, place, tries;
	u64 was;

	/* Counted before it is stored, so that pending is never too low. */
	pfq_add32(&e->pending, 1);
	for (tries = 0; tries < PFQ_ECHO_MAX; tries++) {
		u64 age, age_max = 0;

		/* a free or void entry, else the oldest */
		for (i = 0, place = 0; i < PFQ_ECHO_MAX; i++) {
			was = READ_ONCE(e->entry[i]);
			age = !was || is_void(was, now) ? ECHO_TIME_MASK + 1
							: (now - was) & ECHO_TIME_MASK;
			if (age > age_max) {
				age_max = age;
				place = i;
			}
			if (age > ECHO_TIME_MASK)
				break;
		}
		was = READ_ONCE(e->entry[place]);
		if (pfq_cmpxchg64(&e->entry[place], was, entry) == was) {
			if (was)
				pfq_add32(&e->pending, -1U);
			return;
		}
	}
	pfq_add32(&e->pending, -1U);
}

/* Remove @entry. Returns false if it was no longer there. */
static bool entry_drop(struct pfq_echo *e, u32 i, u64 entry)
{
	if (pfq_cmpxchg64(&e->entry[i], entry, 0) != entry)
		return false;
	pfq_add32(&e->pending, -1U);
	return true;
}

bool pfq_echo_take(struct pfq_echo *e, const struct pfq_view *v)
{
	u64 now = (v->ts_ns >> ECHO_UNIT_SHIFT) & ECHO_TIME_MASK;
	u64 want, entry;
	u32 i;

	if (likely(!READ_ONCE(e->pending)) || v->caplen < min_t(u32, v->len, PRINT_BYTES))
		return false;
	want = v->flags & PFQ_REC_F_VLAN ? print(v->data, v->len, (u32)v->tpid << 16 | v->tci) :
					   print_frame(v->data, v->len);
	for (i = 0; i < PFQ_ECHO_MAX; i++) {
		entry = READ_ONCE(e->entry[i]);
		if (!entry)
			continue;
		if (is_void(entry, now))
			entry_drop(e, i, entry);
		else if ((entry & ~ECHO_TIME_MASK) == want && entry_drop(e, i, entry))
			return true;
	}
	return false;
}
