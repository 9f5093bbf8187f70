/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Changes of a set: by lanes that learn, and by the control side. set_word.h explains the table. */
#include "set_word.h"

static u32 set_end(u64 timeout_ns, u64 now_ns)
{
	u32 end = set_unit(now_ns + timeout_ns) + 1;

	if (!timeout_ns)
		return 0;
	return end ? end : 1;
}

/* A place in the table, and the word that was found there. */
struct set_place {
	struct pfq_set_bucket *b;	/* NULL: there is none */
	u32	way;
	u64	word;
};

/*
 * How little is lost by taking the place: 0 is not to be taken. A prefix whose time is over stays:
 * only the control side knows that it counts one less.
 */
static u64 set_worth(const struct pfq_set_bucket *b, u32 way, u64 word, u32 now, u32 free)
{
	struct pfq_set_key key = { 0, 0, READ_ONCE(b->kind[way]) };

	if (word & SET_BUSY)
		return 0;
	if (!(word & SET_USED))
		return (1ULL << 33) + free;
	if (!(word & SET_LEARNT))
		return set_is_over(word, now) && !set_is_prefix(&key) ? 1ULL << 33 : 0;
	return (u32)word ? (1ULL << 32) - ((u32)word - now + (1U << 31)) : 1;
}

static u32 set_free_ways(const struct pfq_set_bucket *b)
{
	u32 way, free = 0;

	for (way = 0; way < PFQ_SET_WAYS; way++)
		free += !(READ_ONCE(b->word[way]) & (SET_USED | SET_BUSY));
	return free;
}

/* Find the entry of a key, whether its time is over or not. */
static struct set_place set_find(const struct pfq_set *t, const struct pfq_set_key *key)
{
	u64 hash = set_hash(t, key), tag = set_tag(hash), word;
	u32 i, way;

	for (i = 0; i < 2; i++) {
		struct pfq_set_bucket *b = set_bucket(t, hash, i);

		for (way = 0; way < PFQ_SET_WAYS; way++) {
			word = smp_load_acquire(&b->word[way]);
			if (!((word ^ tag) >> SET_TAG_SHIFT) && set_is_key(b, way, word, key))
				return (struct set_place){ b, way, word };
		}
	}
	return (struct set_place){ NULL, 0, 0 };
}

/* Find a place for a new entry. *is_busy: another lane may be adding it. */
static struct set_place set_find_room(const struct pfq_set *t, const struct pfq_set_key *key,
				      u32 now, bool *is_busy)
{
	u64 hash = set_hash(t, key), tag = set_tag(hash), word, best = 0, worth;
	struct set_place p = { NULL, 0, 0 };
	u32 i, way, free;

	*is_busy = false;
	for (i = 0; i < 2; i++) {
		struct pfq_set_bucket *b = set_bucket(t, hash, i);

		free = set_free_ways(b);
		for (way = 0; way < PFQ_SET_WAYS; way++) {
			word = READ_ONCE(b->word[way]);
			*is_busy |= word & SET_BUSY && !((word ^ tag) & SET_TAG);
			worth = set_worth(b, way, word, now, free);
			if (worth > best) {
				best = worth;
				p = (struct set_place){ b, way, word };
			}
		}
	}
	return p;
}

/* Write a new entry to the place. Returns false if another lane was faster. */
static bool set_write(const struct pfq_set *t, const struct set_place *p,
		      const struct pfq_set_key *key, u64 end)
{
	u64 generation = (p->word + (1ULL << 32)) & SET_GENERATION;
	u64 word = set_tag(set_hash(t, key)) | generation | end;
	u32 way = p->way;

	if (pfq_cmpxchg64(&p->b->word[way], p->word, word | SET_BUSY) != p->word)
		return false;
	smp_wmb();
	WRITE_ONCE(p->b->key[way][0], key->high);
	WRITE_ONCE(p->b->key[way][1], key->low);
	WRITE_ONCE(p->b->kind[way], key->kind);
	smp_store_release(&p->b->word[way], word);
	return true;
}

/* The place of the length in t->lengths, which gets it if it lacks it; -E2BIG if that is full. */
static int set_length(struct pfq_set *t, const struct pfq_set_key *key)
{
	u64 *lengths = &t->lengths[key->kind >> 8 == 6], was, plen = (key->kind & 0xff) + 1;
	int i, free;

	do {
		was = READ_ONCE(*lengths);
		for (i = 0, free = -E2BIG; i < PFQ_SET_LENGTHS; i++) {
			if ((was >> 8 * i & 0xff) == plen)
				return i;
			if (free < 0 && !(was >> 8 * i & 0xff))
				free = i;
		}
	} while (free >= 0 && pfq_cmpxchg64(lengths, was, was | plen << 8 * free) != was);
	return free;
}

/* Learn an entry that is there: move its end. Returns false if its word has changed. */
static bool set_learn_again(const struct set_place *p, u64 end, u32 now)
{
	u64 word = (p->word & ~SET_END) | SET_LEARNT | end;

	/* the operator's end stays */
	if (!(p->word & SET_LEARNT) && !set_is_over(p->word, now))
		return true;
	return p->word == word || pfq_cmpxchg64(&p->b->word[p->way], p->word, word) == p->word;
}

bool pfq_set_learn(struct pfq_set *t, const struct pfq_set_key *key, u64 timeout_ns, u64 now_ns)
{
	u64 end = set_end(timeout_ns, now_ns);
	u32 tries, now = set_unit(now_ns);
	struct set_place p;
	bool is_busy;

	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		p = set_find(t, key);
		if (p.b) {
			if (set_learn_again(&p, end, now))
				return true;
			continue;
		}
		p = set_find_room(t, key, now, &is_busy);
		if (is_busy || !p.b || (set_is_addr(key) && set_length(t, key) < 0))
			return false;
		if (set_write(t, &p, key, end | SET_LEARNT))
			return true;
	}
	return false;
}

/* One prefix of the length in place @i of t->lengths is there no more, or was not added. */
static void set_length_drop(struct pfq_set *t, const struct pfq_set_key *key, int i)
{
	u32 six = key->kind >> 8 == 6;
	u64 was;

	if (t->count[six][i])
		return;
	do {
		was = READ_ONCE(t->lengths[six]);
	} while (pfq_cmpxchg64(&t->lengths[six], was, was & ~(0xffULL << 8 * i)) != was);
}

int pfq_set_add(struct pfq_set *t, const struct pfq_set_key *key, u64 timeout_ns, u64 now_ns)
{
	int length = set_is_addr(key) ? set_length(t, key) : 0, ret = -EAGAIN;
	u64 end = set_end(timeout_ns, now_ns), word;
	struct set_place p;
	bool is_busy;
	u32 tries;

	if (length < 0)
		return length;
	for (tries = 0; ret == -EAGAIN && tries < PFQ_LANES_MAX; tries++) {
		p = set_find(t, key);
		if (p.b) {
			word = (p.word & ~(SET_END | SET_LEARNT)) | end;
			if (pfq_cmpxchg64(&p.b->word[p.way], p.word, word) == p.word)
				return 0;
			continue;
		}
		p = set_find_room(t, key, set_unit(now_ns), &is_busy);
		if (!p.b) {
			ret = -ENOSPC;
		} else if (set_write(t, &p, key, end)) {
			t->count[key->kind >> 8 == 6][length] += set_is_prefix(key);
			return 0;
		}
	}
	if (set_is_prefix(key))
		set_length_drop(t, key, length);
	return ret;
}

static struct pfq_set_key set_key_at(const struct pfq_set_bucket *b, u32 way)
{
	return (struct pfq_set_key){ READ_ONCE(b->key[way][0]), READ_ONCE(b->key[way][1]),
				     READ_ONCE(b->kind[way]) };
}

/* Free a place. Returns false if its word is not @word any more. */
static bool set_free(struct pfq_set *t, struct pfq_set_bucket *b, u32 way, u64 word)
{
	struct pfq_set_key key = set_key_at(b, way);
	int length;

	if (pfq_cmpxchg64(&b->word[way], word, word & SET_GENERATION) != word)
		return false;
	if (!(word & SET_LEARNT) && set_is_prefix(&key)) {
		length = set_length(t, &key);
		t->count[key.kind >> 8 == 6][length]--;
		set_length_drop(t, &key, length);
	}
	return true;
}

int pfq_set_remove(struct pfq_set *t, const struct pfq_set_key *key)
{
	int ret = -ENOENT;
	struct set_place p;
	u32 tries;

	/* Again: lanes may have stored it twice, or change its end, or learn it anew. */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		p = set_find(t, key);
		if (!p.b)
			break;
		if (set_free(t, p.b, p.way, p.word))
			ret = 0;
	}
	return ret;
}

/* Free the entries of a bucket, all or those whose time is over. */
static void set_clear(struct pfq_set *t, struct pfq_set_bucket *b, bool all, u32 now)
{
	u32 way;
	u64 word;

	for (way = 0; way < PFQ_SET_WAYS; way++) {
		word = smp_load_acquire(&b->word[way]);
		if (word & SET_USED && !(word & SET_BUSY) && (all || set_is_over(word, now)))
			set_free(t, b, way, word);
	}
}

void pfq_set_flush(struct pfq_set *t)
{
	u32 i;

	for (i = 0; i <= t->mask; i++)
		set_clear(t, &t->bucket[i], true, 0);
}

void pfq_set_sweep(struct pfq_set *t, u32 *from, u32 buckets, u64 now_ns)
{
	for (; buckets; buckets--)
		set_clear(t, &t->bucket[(*from)++ & t->mask], false, set_unit(now_ns));
}

bool pfq_set_next(const struct pfq_set *t, u64 *at, struct pfq_set_entry *entry, u64 now_ns)
{
	u32 now = set_unit(now_ns), way;
	struct set_place first;
	u64 word;

	for (; *at < ((u64)t->mask + 1) * PFQ_SET_WAYS; (*at)++) {
		const struct pfq_set_bucket *b = &t->bucket[*at / PFQ_SET_WAYS];

		way = (u32)*at % PFQ_SET_WAYS;
		word = smp_load_acquire(&b->word[way]);
		if (!(word & SET_USED) || word & SET_BUSY || set_is_over(word, now))
			continue;
		entry->key = set_key_at(b, way);
		first = set_find(t, &entry->key);
		/* changed meanwhile, or there twice */
		if (first.b != b || first.way != way || !set_is_key(b, way, word, &entry->key))
			continue;
		entry->is_learnt = word & SET_LEARNT;
		entry->left_ns = (u32)word ? (u64)((u32)word - now) << PFQ_SET_UNIT_SHIFT : 0;
		(*at)++;
		return true;
	}
	return false;
}
