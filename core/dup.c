/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A packet that was seen is one word, tag 40 | time 24, in a bucket of eight. A unit of time is
 * between 1/128 and 1/64 of the window. A word with the packet's tag and a time within the window
 * says that this is a copy; its time becomes the copy's, if that is later. Else the packet replaces
 * the oldest word of the bucket. Times are compared in both directions, since lanes' clocks differ.
 *
 * A lane that is late has an older time than the words of other lanes. Words that are up to a
 * second ahead of it, or a quarter of the time's range, are young for it, however short the window
 * is. A word that is further ahead is old: the clock has gone back.
 *
 * Two lanes may have the two copies at the same time. Both choose the oldest word of the bucket.
 * The exchange of one of them fails; it looks again and finds the other one's word. This order of
 * words by time is the same for all lanes, whatever their clocks are. No lane waits.
 *
 * Known limits:
 * - A copy is missed if eight other packets have taken the places of the bucket since.
 * - Of words with the same unit of time the first one counts as the oldest.
 * - Words wrap after 2^17 to 2^18 windows. A packet that is the same byte for byte then, and comes
 *   within the window, counts as a copy.
 * - Other packets with the same 40 bits count as copies: 2^-37 each.
 */
#include "dup.h"
#include "hash.h"
#include "parse.h"
#include "words.h"

#define DUP_TIME_BITS	24
#define DUP_TIME_MASK	((1U << DUP_TIME_BITS) - 1)
#define DUP_WINDOW_MIN	64
#define DUP_AHEAD_NS	1000000000ULL

static u32 dup_buckets(u32 size)
{
	u32 words = pfq_words_power(size);

	return words > PFQ_WORDS ? words / PFQ_WORDS : 1;
}

u64 pfq_dup_bytes(u32 size)
{
	return sizeof(struct pfq_dup) + (u64)dup_buckets(size) * PFQ_WORDS * sizeof(u64);
}

void pfq_dup_init(struct pfq_dup *t, u32 size, u64 window_ns)
{
	u64 window = min_t(u64, max_t(u64, window_ns, 1), PFQ_DUP_WINDOW_MAX_NS);

	t->mask = dup_buckets(size) - 1;
	t->shift = 0;
	while (window >> t->shift >= 2 * DUP_WINDOW_MIN)
		t->shift++;
	t->window = (u32)((window + (1ULL << t->shift) - 1) >> t->shift);
	t->ahead = (u32)min_t(u64, DUP_AHEAD_NS >> t->shift, DUP_TIME_MASK / 4);
	t->ahead = max_t(u32, t->ahead, t->window);
}

struct dup_wanted {
	u64	tag;
	u32	now, window, ahead;
};

/* The time since the word, plus @ahead: a word from the future has less than that. */
static inline u32 dup_age(u64 word, const struct dup_wanted *w)
{
	return (w->now - (u32)word + w->ahead) & DUP_TIME_MASK;
}

static __always_inline u32 dup_judge(u64 word, const void *of)
{
	const struct dup_wanted *w = of;
	u32 age = dup_age(word, w);

	if (unlikely(!((word ^ w->tag) >> DUP_TIME_BITS)) &&
	    age - (w->ahead - w->window) <= 2 * w->window)
		age |= PFQ_WORDS_MATCH;
	return age;
}

bool pfq_dup_seen(struct pfq_dup *t, u64 key, u64 now_ns)
{
	u64 *bucket = &t->word[((u32)key & t->mask) * PFQ_WORDS];
	struct dup_wanted w = { key >> DUP_TIME_BITS << DUP_TIME_BITS,
				(u32)(now_ns >> t->shift) & DUP_TIME_MASK, t->window, t->ahead };
	struct pfq_words_place p;
	u32 tries;

	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		p = pfq_words_find(bucket, dup_judge, &w);
		if (p.worth & PFQ_WORDS_MATCH) {
			/* If the exchange fails, another lane has seen one more. */
			if ((p.worth & DUP_TIME_MASK) > w.ahead)
				pfq_cmpxchg64(&bucket[p.way], p.word, w.tag | w.now);
			return true;
		}
		if (likely(pfq_cmpxchg64(&bucket[p.way], p.word, w.tag | w.now) == p.word))
			break;
	}
	return false;
}

static inline u64 dup_load(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* A factor is 0 only for a sender that knows the key. */
static inline u64 dup_mix(u64 h, u64 a, u64 b, u64 key)
{
	return pfq_mul_fold(a ^ key, b ^ h ^ ~key);
}

static u64 dup_bytes(u64 h, const u8 *p, u32 bytes, u64 key)
{
	u64 rest[2] = { 0, 0 };

	for (; bytes >= 16; bytes -= 16, p += 16)
		h = dup_mix(h, dup_load(p), dup_load(p + 8), key);
	if (bytes) {
		memcpy(rest, p, bytes);
		h = dup_mix(h, rest[0], rest[1], key);
	}
	return h;
}

/* Copy the fixed part of the IP header, without what changes on the way. Returns its bytes. */
static u32 dup_header(u8 *header, const u8 *ip, u32 version)
{
	if (version == 4) {
		memcpy(header, ip, PFQ_IP4_BYTES);
		header[1] = header[8] = header[10] = header[11] = 0;
		return PFQ_IP4_BYTES;
	}
	memcpy(header, ip, PFQ_IP6_BYTES);
	memset(header, 0, 4);
	header[7] = 0;
	return PFQ_IP6_BYTES;
}

/* The bytes of the IP packet, without the frame's padding; at most @room. */
static u32 dup_ip_bytes(const u8 *ip, u32 version, u32 room)
{
	u32 bytes = version == 4 ? get_unaligned_be16(ip + 2) :
				   get_unaligned_be16(ip + 4) + PFQ_IP6_BYTES;

	/* 0: a packet of more than 64 KiB, which the kernel has put together */
	if (bytes == (version == 4 ? 0 : PFQ_IP6_BYTES))
		return room;
	return min_t(u32, bytes, room);
}

u64 pfq_dup_key(struct pfq_view *v, bool by_frame, u32 bytes, u32 seed)
{
	u64 key = pfq_hash_key(seed), h = seed;
	u32 fixed, from = 0, end = v->caplen;
	u8 header[PFQ_IP6_BYTES];

	pfq_parse(v);
	fixed = v->flow.version == 4 ? PFQ_IP4_BYTES : PFQ_IP6_BYTES;
	if (by_frame || !v->flow.version || v->caplen < v->flow.l3_offset + fixed) {
		h = dup_mix(h, v->len, 1, key);
		fixed = 0;
	} else {
		from = v->flow.l3_offset;
		end = from + dup_ip_bytes(v->data + from, v->flow.version, end - from);
		fixed = dup_header(header, v->data + from, v->flow.version);
		h = dup_bytes(h, header, fixed, key);
	}
	if (end > from + bytes)
		end = from + bytes;
	if (end > from + fixed)
		h = dup_bytes(h, v->data + from + fixed, end - from - fixed, key);
	return pfq_mul_fold(h ^ key, 0xa0761d6478bd642fULL);
}
