/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Lookups; set_word.h explains the table, set_change.c changes it. */
#include "set_word.h"
#include "words.h"

/*
 * In a table of twice its size, a set that becomes as full as its size says may have no room for
 * its last entries. Programs come with items of sets, some 2500 at most, and are refused without
 * room for them: small sets have four times their size.
 */
#define SET_SMALL	4096

static u32 set_buckets(u32 size)
{
	u32 entries = pfq_words_power(size <= SET_SMALL ? 4 * size : 2 * size);

	return entries > PFQ_SET_WAYS ? entries / PFQ_SET_WAYS : 1;
}

u64 pfq_set_bytes(u32 size)
{
	return sizeof(struct pfq_set) + (u64)set_buckets(size) * sizeof(struct pfq_set_bucket);
}

void pfq_set_init(struct pfq_set *t, u32 size, u32 seed)
{
	t->mask = set_buckets(size) - 1;
	t->secret = pfq_hash_key(seed);
}

static __always_inline bool set_bucket_has(const struct pfq_set_bucket *b, u64 tag,
					   const struct pfq_set_key *key, u32 now)
{
	u64 word;

#define SET_LOOK(n)								\
	word = smp_load_acquire(&b->word[n]);					\
	if (unlikely(!((word ^ tag) >> SET_TAG_SHIFT)) &&			\
	    set_is_key(b, n, word, key) && !set_is_over(word, now))		\
		return true;
	SET_LOOK(0)
	SET_LOOK(1)
	SET_LOOK(2)
	SET_LOOK(3)
#undef SET_LOOK
	return false;
}

bool pfq_set_has(const struct pfq_set *t, const struct pfq_set_key *key, u64 now_ns)
{
	u64 hash = set_hash(t, key), tag = set_tag(hash);
	u32 now = set_unit(now_ns);

	return set_bucket_has(set_bucket(t, hash, 0), tag, key, now) ||
	       set_bucket_has(set_bucket(t, hash, 1), tag, key, now);
}

bool pfq_set_has_addr(const struct pfq_set *t, u32 version, const u8 *addr, u64 now_ns)
{
	u64 lengths = READ_ONCE(t->lengths[version == 6]);
	struct pfq_set_key key;

	for (; lengths; lengths >>= 8) {
		if (!(lengths & 0xff))
			continue;
		key = pfq_set_key_addr(version, addr, (u32)(lengths & 0xff) - 1);
		if (pfq_set_has(t, &key, now_ns))
			return true;
	}
	return false;
}

u32 pfq_set_key_bytes(const struct pfq_set_key *key, u8 bytes[16])
{
	u32 n = key->kind == PFQ_SET_MAC ? 6 : key->kind >> 8 == 4 ? 4 : 16, i;
	u64 high = n == 16 ? key->high : n == 6 ? key->low << 16 : key->low;

	for (i = 0; i < n; i++)
		bytes[i] = (u8)((i < 8 ? high : key->low) >> (56 - i % 8 * 8));
	return n;
}
