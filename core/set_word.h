/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An entry is a word and an exact key, in one of the four ways of one of two buckets. Hash bits of
 * the key choose the buckets. The word:
 *
 *	63-48 tag | 47 busy | 46 used | 44 learnt | 43-32 generation | 31-0 end
 *
 * The end is in units of 2^30 ns of the host's time; 0: never. It is compared by difference, so
 * that it may wrap.
 *
 * A lookup loads the word, the key, and the word again: if tag, state and generation are the same,
 * the key was that of the word. A change makes the word busy by compare-and-exchange, with the next
 * generation; then writes the key; then the final word. A busy entry matches nothing. No lane waits
 * for it: a lane that learns gives up if the busy entry may be its own. To be mistaken, a lookup
 * must be stopped until the entry has had a multiple of 4096 keys.
 *
 * A new entry takes a free place of the bucket that has more of them. If there is none, it takes
 * that of a learnt entry, of these the one whose time ends first.
 *
 * Prefixes: a lookup tries each length of which the set has entries. A learnt entry is a whole
 * address. Only the control side adds and removes prefixes, so that it can count them by length.
 * The length of whole addresses stays once it was used.
 *
 * Known limits:
 * - Two lanes that learn the same key at once may store it twice. Both are removed together; a
 *   listing shows one.
 * - If the clock is set back, entries live longer by as much.
 */
#ifndef PFQ_CORE_SET_WORD_H
#define PFQ_CORE_SET_WORD_H

#include "set.h"

#define SET_END		0xffffffffULL
#define SET_GENERATION	(0xfffULL << 32)
#define SET_LEARNT	(1ULL << 44)
#define SET_USED	(1ULL << 46)
#define SET_BUSY	(1ULL << 47)
#define SET_TAG		(0xffffULL << 48)
#define SET_TAG_SHIFT	46	/* tag, busy and used together */

static inline u32 set_unit(u64 ns)
{
	return (u32)(ns >> PFQ_SET_UNIT_SHIFT);
}

static inline bool set_is_over(u64 word, u32 now)
{
	return (u32)word && (s32)((u32)word - now) <= 0;
}

static inline u64 set_hash(const struct pfq_set *t, const struct pfq_set_key *key)
{
	u64 h = pfq_mul_fold(key->high ^ t->secret, key->low ^ ~t->secret);

	return pfq_mul_fold(h, 0xa0761d6478bd642fULL ^ key->kind);
}

static inline struct pfq_set_bucket *set_bucket(const struct pfq_set *t, u64 hash, u32 i)
{
	return (struct pfq_set_bucket *)&t->bucket[(u32)(hash >> 24 * i) & t->mask];
}

static inline u64 set_tag(u64 hash)
{
	return (hash & SET_TAG) | SET_USED;
}

static inline bool set_is_addr(const struct pfq_set_key *key)
{
	return key->kind >> 8;
}

static inline bool set_is_prefix(const struct pfq_set_key *key)
{
	return set_is_addr(key) && key->kind != PFQ_SET_ADDR(4, 32) &&
	       key->kind != PFQ_SET_ADDR(6, 128);
}

/* Is @key that of the entry, whose word was @word? */
static inline bool set_is_key(const struct pfq_set_bucket *b, u32 way, u64 word,
				const struct pfq_set_key *key)
{
	if (READ_ONCE(b->key[way][0]) != key->high || READ_ONCE(b->key[way][1]) != key->low ||
	    READ_ONCE(b->kind[way]) != key->kind)
		return false;
	smp_rmb();
	return !((READ_ONCE(b->word[way]) ^ word) & ~(SET_END | SET_LEARNT));
}

#endif /* PFQ_CORE_SET_WORD_H */
