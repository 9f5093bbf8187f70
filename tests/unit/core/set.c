/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Live sets, against a sorted array. tables_threads.c has several lanes. */
#include "tests/unit/fixture/check.h"
#include "core/set.h"

#define NOW		1700000000000000000ULL
#define SECOND		1000000000ULL
#define HOUR		(3600 * SECOND)
#define SEED		42
/* an entry goes at most so much later than its time is over */
#define LATE		(11 * SECOND / 10)

static struct pfq_set *set_of(u32 size)
{
	u64 bytes = pfq_set_bytes(size);
	struct pfq_set *t = aligned_alloc(64, bytes);

	assert_non_null(t);
	memset(t, 0, bytes);
	pfq_set_init(t, size, SEED);
	return t;
}

static u32 count_of(const struct pfq_set *t, u64 now)
{
	struct pfq_set_entry e;
	u64 at = 0;
	u32 n;

	for (n = 0; pfq_set_next(t, &at, &e, now);)
		n++;
	return n;
}

/* --- the model: an array, sorted by key ---------------------------------------------- */

struct item {
	struct pfq_set_key key;
	u64 end_ns;		/* ~0: never */
};

static struct item model[1000];
static u32 items;

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct pfq_set_key));
}

static struct item *model_find(const struct pfq_set_key *key)
{
	return bsearch(key, model, items, sizeof(*model), by_key);
}

static void model_add(const struct pfq_set_key *key, u64 end_ns)
{
	struct item *i = model_find(key);

	if (!i) {
		assert_true(items < ARRAY_SIZE(model));
		i = &model[items++];
		i->key = *key;
		i->end_ns = end_ns;
		qsort(model, items, sizeof(*model), by_key);
		return;
	}
	i->end_ns = end_ns;
}

static void model_remove(struct item *i)
{
	memmove(i, i + 1, (size_t)(&model[--items] - i) * sizeof(*i));
}

/* -1: an entry that goes within LATE */
static int model_has(const struct item *i, u64 now)
{
	if (!i || (i->end_ns != ~0ULL && now > i->end_ns + LATE))
		return 0;
	return i->end_ns == ~0ULL || now <= i->end_ns ? 1 : -1;
}

/* --- addresses ------------------------------------------------------------------------- */

static const u8 lengths[2][7] = { { 0, 1, 8, 17, 24, 31, 32 }, { 0, 3, 32, 63, 65, 127, 128 } };

/* An address of few different ones, so that prefixes contain others. */
static void random_addr(u64 *random, u8 *addr)
{
	u32 i;

	for (i = 0; i < 16; i++)
		addr[i] = (u8)(check_random(random) % 5 ? 10 : check_random(random) % 4);
}

/* Is the address in the model, by any of the lengths? -1: it may be. */
static int model_has_addr(u32 version, const u8 *addr, u64 now)
{
	struct pfq_set_key key;
	int is = 0, one;
	u32 plen;

	for (plen = 0; plen <= (version == 4 ? 32 : 128); plen++) {
		key = pfq_set_key_addr(version, addr, plen);
		one = model_has(model_find(&key), now);
		if (one > 0)
			return 1;
		is = one ? one : is;
	}
	return is;
}

static void change(struct pfq_set *t, u64 *random, u64 now)
{
	u32 version = check_random(random) % 2 ? 4 : 6;
	u8 addr[16], plen = lengths[version == 6][check_random(random) % 7];
	u64 timeout = check_random(random) % 3 * 20 * SECOND;
	struct pfq_set_key key;
	struct item *i;

	random_addr(random, addr);
	key = pfq_set_key_addr(version, addr, plen);
	i = model_find(&key);
	if (check_random(random) % 3 == 0 && i) {
		/* its place may be freed already */
		if (model_has(i, now) > 0)
			assert_int_equal(pfq_set_remove(t, &key), 0);
		else
			pfq_set_remove(t, &key);
		assert_int_equal(pfq_set_remove(t, &key), -ENOENT);
		model_remove(i);
		return;
	}
	if (items > 150)
		return;
	assert_int_equal(pfq_set_add(t, &key, timeout, now), 0);
	model_add(&key, timeout ? now + timeout : ~0ULL);
}

static void sets_are_as_a_sorted_array(void **state)
{
	struct pfq_set *t = set_of(1000);
	u64 random = 5, now = NOW;
	u32 n, k, from = 0, present = 0, version, i;
	u8 addr[16];
	int is;

	(void)state;
	items = 0;
	for (n = 0; n < 4000; n++) {
		now += check_random(&random) % SECOND;
		change(t, &random, now);
		if (n % 100 == 0)
			pfq_set_sweep(t, &from, t->mask + 1, now);
		for (i = 0; n % 100 == 0 && i < items;)
			if (model_has(&model[i], now))
				i++;
			else
				model_remove(&model[i]);
		for (k = 0; k < 20; k++) {
			version = k % 2 ? 4 : 6;
			random_addr(&random, addr);
			is = model_has_addr(version, addr, now);
			if (is >= 0)
				assert_int_equal(pfq_set_has_addr(t, version, addr, now), is);
			present += is > 0;
		}
	}
	assert_in_range(present, 1000, 79000);
	free(t);
}

static void a_listing_has_each_entry_once(void **state)
{
	struct pfq_set *t = set_of(1000);
	u64 random = 6, at = 0, now = NOW;
	struct pfq_set_entry e;
	struct item *i;
	u32 n, found = 0;
	u8 bytes[16];

	(void)state;
	items = 0;
	for (n = 0; n < 500; n++)
		change(t, &random, now);
	while (pfq_set_next(t, &at, &e, now)) {
		i = model_find(&e.key);
		assert_non_null(i);
		assert_false(e.is_learnt);
		if (i->end_ns == ~0ULL)
			assert_int_equal(e.left_ns, 0);
		else
			assert_in_range(e.left_ns, i->end_ns - now, i->end_ns - now + 2 * LATE);
		/* the key is that of its bytes */
		assert_int_equal(pfq_set_key_bytes(&e.key, bytes), e.key.kind >> 8 == 4 ? 4 : 16);
		e.key = pfq_set_key_addr((u32)(e.key.kind >> 8), bytes, e.key.kind & 0xff);
		assert_ptr_equal(model_find(&e.key), i);
		found++;
	}
	assert_int_equal(found, items);
	pfq_set_flush(t);
	assert_int_equal(count_of(t, now), 0);
	free(t);
}

static void versions_do_not_match_each_other(void **state)
{
	static const u8 all[16], addr[16] = { 10, 1, 2, 3 };
	struct pfq_set *t = set_of(16);
	struct pfq_set_key six = pfq_set_key_addr(6, all, 0), four = pfq_set_key_addr(4, all, 0);

	(void)state;
	assert_int_equal(pfq_set_add(t, &six, 0, NOW), 0);
	assert_false(pfq_set_has_addr(t, 4, addr, NOW));
	assert_true(pfq_set_has_addr(t, 6, addr, NOW));
	assert_int_equal(pfq_set_remove(t, &six), 0);
	assert_int_equal(pfq_set_add(t, &four, 0, NOW), 0);
	assert_true(pfq_set_has_addr(t, 4, addr, NOW));
	assert_false(pfq_set_has_addr(t, 6, addr, NOW));
	free(t);
}

static void a_set_has_eight_lengths(void **state)
{
	static const u8 addr[16] = { 0xff, 0xff, 0xff, 0xff };
	struct pfq_set *t = set_of(100);
	struct pfq_set_key key;
	u32 n;

	(void)state;
	for (n = 0; n < 8; n++) {
		key = pfq_set_key_addr(4, addr, 10 + n);
		assert_int_equal(pfq_set_add(t, &key, 0, NOW), 0);
		assert_int_equal(pfq_set_add(t, &key, 0, NOW), 0);
	}
	key = pfq_set_key_addr(4, addr, 32);
	assert_int_equal(pfq_set_add(t, &key, 0, NOW), -E2BIG);
	assert_false(pfq_set_learn(t, &key, SECOND, NOW));
	key = pfq_set_key_addr(6, addr, 32);
	assert_int_equal(pfq_set_add(t, &key, 0, NOW), 0);
	/* a length that nothing has any more makes room for another */
	key = pfq_set_key_addr(4, addr, 13);
	assert_int_equal(pfq_set_remove(t, &key), 0);
	key = pfq_set_key_addr(4, addr, 32);
	assert_true(pfq_set_learn(t, &key, SECOND, NOW));
	pfq_set_flush(t);
	assert_false(pfq_set_has_addr(t, 4, addr, NOW));
	/* seven others: that of whole addresses stays */
	for (n = 0; n < 7; n++) {
		key = pfq_set_key_addr(4, addr, 20 + n % 4 + n / 4 * 5);
		assert_int_equal(pfq_set_add(t, &key, 0, NOW), 0);
	}
	free(t);
}

/* --- other keys ------------------------------------------------------------------------ */

static void macs_and_flows_are_exact(void **state)
{
	static const u8 mac[6] = { 2, 3, 4, 5, 6, 7 }, addrs[8] = { 10, 0, 0, 1, 10, 0, 0, 2 },
			back[8] = { 10, 0, 0, 2, 10, 0, 0, 1 };
	struct pfq_set_key f = pfq_set_key_flow(4, addrs, 80, 99, 6, SEED);
	struct pfq_set_key r = pfq_set_key_flow(4, back, 99, 80, 6, SEED);
	struct pfq_set_key m = pfq_set_key_mac(mac);
	struct pfq_set *t = set_of(16);
	u8 bytes[16];

	(void)state;
	assert_int_equal(pfq_set_add(t, &m, 0, NOW), 0);
	assert_true(pfq_set_has(t, &m, NOW));
	assert_int_equal(pfq_set_key_bytes(&m, bytes), 6);
	assert_memory_equal(bytes, mac, 6);
	m.low ^= 1;
	assert_false(pfq_set_has(t, &m, NOW));
	assert_int_equal(pfq_set_add(t, &f, 0, NOW), 0);
	assert_true(pfq_set_has(t, &r, NOW));
	r = pfq_set_key_flow(4, back, 99, 80, 17, SEED);
	assert_false(pfq_set_has(t, &r, NOW));
	free(t);
}

/* --- room ------------------------------------------------------------------------------ */

static struct pfq_set_key number(u32 n)
{
	return (struct pfq_set_key){ 0, n, PFQ_SET_MAC };
}

/* Programs come with the items of small sets, which must not find a place by luck only. */
static void a_small_set_takes_as_many_as_it_says(void **state)
{
	static const u32 sizes[] = { 1, 4, 6, 8, 16, 32, 100, 128, 1000, 1024, 2500, 4096 };
	u32 n, i, seed;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(sizes); n++)
		for (seed = 1; seed <= 200000 / sizes[n] && seed <= 2000; seed++) {
			struct pfq_set *t = set_of(sizes[n]);

			pfq_set_init(t, sizes[n], seed * 2654435761U);
			for (i = 0; i < sizes[n]; i++) {
				struct pfq_set_key key = number(i);

				if (pfq_set_add(t, &key, 0, NOW))
					fail_msg("size %u, seed %u: no room for entry %u",
						 sizes[n], seed, i + 1);
			}
			free(t);
		}
}

/* A set takes as many entries as its size says. 1 of 65536 may find no room. */
static void a_set_has_room_as_promised(void **state)
{
	struct pfq_set *t = set_of(65536);
	struct pfq_set_key key;
	u32 n, full = 0;

	(void)state;
	for (n = 0; n < 65536; n++) {
		key = number(n);
		full += pfq_set_add(t, &key, 0, NOW) == -ENOSPC;
	}
	print_message("%u of 65536 entries found no room\n", full);
	assert_true(full <= 4);
	assert_int_equal(count_of(t, NOW), 65536 - full);
	for (n = 0; n < 65536; n++) {
		key = number(n + 65536);
		assert_false(pfq_set_has(t, &key, NOW));
	}
	assert_int_equal(pfq_set_bytes(65536), 128 + (4 << 20));
	free(t);
}

/* Learning fills the set, over and over. The operator's entries stay. */
static void learning_displaces_what_was_learnt(void **state)
{
	struct pfq_set *t = set_of(64);
	struct pfq_set_key key;
	struct pfq_set_entry e;
	u64 at = 0;
	u32 n, mine = 0, learnt = 0;

	(void)state;
	for (n = 0; n < 50; n++) {
		key = number(n);
		assert_int_equal(pfq_set_add(t, &key, n % 2 ? HOUR : 0, NOW), 0);
	}
	for (n = 1000; n < 20000; n++) {
		key = number(n);
		learnt += pfq_set_learn(t, &key, 60 * SECOND, NOW + n * SECOND / 100);
		assert_int_equal(pfq_set_learn(t, &key, 60 * SECOND, NOW + n * SECOND / 100),
				 pfq_set_has(t, &key, NOW + n * SECOND / 100));
	}
	assert_true(learnt > 18000);
	while (pfq_set_next(t, &at, &e, NOW + 200 * SECOND)) {
		assert_int_equal(e.is_learnt, e.key.low >= 1000);
		mine += !e.is_learnt;
	}
	assert_int_equal(mine, 50);
	/* the operator takes places of the learnt; then the set is full */
	for (n = 50; n < 1000; n++) {
		key = number(n);
		if (pfq_set_add(t, &key, 0, NOW + 200 * SECOND) == -ENOSPC)
			break;
	}
	assert_in_range(n, 64, 256);
	free(t);
}

/* Of the learnt, the one that would go first goes. */
static void the_next_to_go_goes_first(void **state)
{
	struct pfq_set *t = set_of(1);
	struct pfq_set_key key;
	u32 n;

	(void)state;
	assert_int_equal(t->mask, 0);
	for (n = 0; n < 4; n++) {
		key = number(n);
		assert_true(pfq_set_learn(t, &key, n ? (10 + (n * 3) % 4) * 60 * SECOND : 0, NOW));
	}
	/* 0: never; 1: 13; 2: 12; 3: 11 minutes */
	for (n = 3; n; n--) {
		key = number(10 + n);
		assert_true(pfq_set_learn(t, &key, 100 * 60 * SECOND, NOW));
		key = number(n);
		assert_false(pfq_set_has(t, &key, NOW));
		key = number(0);
		assert_true(pfq_set_has(t, &key, NOW));
	}
	free(t);
}

/* --- time ------------------------------------------------------------------------------ */

static void entries_end(void **state)
{
	struct pfq_set_key a = number(1), b = number(2);
	struct pfq_set *t = set_of(16);
	u64 now = NOW;
	u32 n, from = 0;

	(void)state;
	for (n = 0; n < 50; n++, now += SECOND * 97 / 10) {
		assert_int_equal(pfq_set_add(t, &a, SECOND, now), 0);
		assert_true(pfq_set_learn(t, &b, 2 * SECOND, now));
		assert_true(pfq_set_has(t, &a, now + SECOND));
		assert_false(pfq_set_has(t, &a, now + SECOND + LATE));
		assert_true(pfq_set_has(t, &b, now + 2 * SECOND));
		/* learning again moves the end */
		assert_true(pfq_set_learn(t, &b, 2 * SECOND, now + 2 * SECOND));
		assert_true(pfq_set_has(t, &b, now + 4 * SECOND));
		assert_false(pfq_set_has(t, &b, now + 4 * SECOND + LATE));
		pfq_set_sweep(t, &from, t->mask + 1, now + 9 * SECOND);
		assert_int_equal(pfq_set_remove(t, &a), -ENOENT);
	}
	/* the operator's end counts, whatever was learnt before or after */
	assert_true(pfq_set_learn(t, &a, SECOND, now));
	assert_int_equal(pfq_set_add(t, &a, 0, now), 0);
	assert_true(pfq_set_learn(t, &a, SECOND, now));
	assert_true(pfq_set_has(t, &a, now + HOUR));
	free(t);
}

/* The clock goes back by an hour, and forth; and the end wraps, in 146 years. */
static void clocks_jump_and_wrap(void **state)
{
	static const u64 begin[] = { NOW, (1ULL << 62) - HOUR / 2, 0 };
	struct pfq_set_key a = number(1), b = number(2);
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(begin); i++) {
		struct pfq_set *t = set_of(16);
		u64 now = begin[i] + HOUR;

		assert_int_equal(pfq_set_add(t, &a, 600 * SECOND, now), 0);
		assert_int_equal(pfq_set_add(t, &b, 0, now), 0);
		assert_true(pfq_set_has(t, &a, now - HOUR));
		assert_true(pfq_set_has(t, &a, now + 600 * SECOND));
		assert_false(pfq_set_has(t, &a, now + 602 * SECOND));
		assert_false(pfq_set_has(t, &a, now + 10000 * HOUR));
		assert_true(pfq_set_has(t, &b, now + 10000 * HOUR));
		free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_as_a_sorted_array),
		cmocka_unit_test(a_listing_has_each_entry_once),
		cmocka_unit_test(versions_do_not_match_each_other),
		cmocka_unit_test(a_set_has_eight_lengths),
		cmocka_unit_test(macs_and_flows_are_exact),
		cmocka_unit_test(a_small_set_takes_as_many_as_it_says),
		cmocka_unit_test(a_set_has_room_as_promised),
		cmocka_unit_test(learning_displaces_what_was_learnt),
		cmocka_unit_test(the_next_to_go_goes_first),
		cmocka_unit_test(entries_end),
		cmocka_unit_test(clocks_jump_and_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
