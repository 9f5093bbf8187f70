/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Lanes that use a table between two steps of another lane. The sources of core are in this file,
 * with a hook in front of each load, store and exchange. The hook lets other lanes do whole calls
 * there, by chance, as often as it would never happen to threads.
 */
#include "tests/unit/fixture/check.h"
#include "core/set.h"

static void hook(void);

#undef READ_ONCE
#undef WRITE_ONCE
#undef smp_load_acquire
#undef smp_store_release
#define READ_ONCE(x)			({ hook(); __atomic_load_n(&(x), __ATOMIC_RELAXED); })
#define WRITE_ONCE(x, v)		({ hook(); __atomic_store_n(&(x), (v), __ATOMIC_RELAXED); })
#define smp_load_acquire(p)		({ hook(); __atomic_load_n((p), __ATOMIC_ACQUIRE); })
#define smp_store_release(p, v)		({ hook(); __atomic_store_n((p), (v), __ATOMIC_RELEASE); })
#define pfq_cmpxchg64(p, old, val)	({ hook(); pfq_cmpxchg64(p, old, val); })

#include "core/core.c"

/* stands for the filters, which the tables do not need */
bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v)
{
	(void)v;
	return !f;
}

#define NOW	1700000000000000000ULL
#define SECOND	1000000000ULL
#define CALLS	200000

static u64 random_state = 77;
static void *table;
static void (*others)(void);	/* one call of another lane */
static bool is_other;
static u32 wait = 1;

static u32 random_below(u32 n)
{
	return (u32)(check_random(&random_state) % n);
}

/* Other lanes do up to three calls. */
static void hook(void)
{
	u32 calls;

	if (is_other || !others || --wait)
		return;
	is_other = true;
	for (calls = 1 + random_below(3); calls; calls--)
		others();
	is_other = false;
	wait = 1 + random_below(20);
}

static void open_table(u64 bytes, void (*calls)(void))
{
	table = aligned_alloc(64, bytes);
	assert_non_null(table);
	memset(table, 0, bytes);
	others = calls;
}

static void close_table(void)
{
	others = NULL;
	free(table);
}

/* --- flows --------------------------------------------------------------------------- */

#define FLOWS	24
static u64 begun[FLOWS], begun_bytes[FLOWS], flows_now = NOW;

static void count_a_flow(void)
{
	u32 f = random_below(FLOWS), len = 60 + random_below(3);
	u64 sum, now = flows_now++;

	begun[f]++;
	begun_bytes[f] += len;
	sum = pfq_flows_count(table, f + 1, len, now);
	assert_true(pfq_flows_packets(sum) <= begun[f]);
	assert_true(pfq_flows_octets(sum) <= begun_bytes[f]);
}

static void no_packet_is_counted_for_another_flow(void **state)
{
	u32 round, n;

	(void)state;
	/* short rounds: later, few flows take another one's place */
	for (round = 0; round < CALLS / 50; round++) {
		memset(begun, 0, sizeof(begun));
		memset(begun_bytes, 0, sizeof(begun_bytes));
		open_table(pfq_flows_bytes(1), count_a_flow);
		pfq_flows_init(table, 1, 60 * SECOND);
		for (n = 0; n < 50; n++)
			count_a_flow();
		close_table();
	}
}

/* --- rates --------------------------------------------------------------------------- */

static u64 rate_now;
static u32 passed;

static void send_a_packet(void)
{
	passed += pfq_rate_within_key(table, 1ULL << 50, 60, rate_now);
}

/* 1000 packets a second, for 2 s, and a burst of 10 ms */
static void lanes_share_a_rate(void **state)
{
	(void)state;
	open_table(pfq_rate_bytes(1), send_a_packet);
	assert_int_equal(pfq_rate_init(table, 1, PFQ_RATE_PACKETS, 1000, 10000000), 0);
	passed = 0;
	for (rate_now = NOW; rate_now < NOW + 2 * SECOND; rate_now += 10000)
		send_a_packet();
	assert_int_equal(passed, 2010);
	close_table();
}

/* --- duplicates ---------------------------------------------------------------------- */

static u64 packet;
static u32 firsts[CALLS + 2];

static void take_a_copy(void)
{
	u64 n = packet + random_below(2);

	firsts[n] += !pfq_dup_seen(table, (n + 1) << 30, NOW + n * 1000);
}

static void one_of_the_copies_is_the_first(void **state)
{
	u32 n;

	(void)state;
	open_table(pfq_dup_bytes(8), take_a_copy);
	pfq_dup_init(table, 8, 64000);
	for (packet = 0; packet < CALLS; packet++)
		for (n = 0; n < 3; n++)
			take_a_copy();
	for (n = 0; n < CALLS; n++)
		assert_in_range(firsts[n], 0, 1);
	close_table();
}

/* --- sets ---------------------------------------------------------------------------- */

static struct pfq_set_key twice(u64 n)
{
	return (struct pfq_set_key){ n, n, PFQ_SET_MAC };
}

/* In one bucket. All have the same time, so that words differ by tag and generation only. */
static void learn_a_key(void)
{
	struct pfq_set_key key = twice(random_below(12));

	pfq_set_learn(table, &key, SECOND, NOW);
}

static void sets_change_under_lookups(void **state)
{
	struct pfq_set_key key = twice(99);
	struct pfq_set_entry e;
	u32 n, added = 0, listed = 0;
	u64 at;

	(void)state;
	open_table(pfq_set_bytes(1), learn_a_key);
	pfq_set_init(table, 1, 7);
	for (n = 0; n < CALLS / 10; n++) {
		if (pfq_set_add(table, &key, 0, NOW))
			continue;
		added++;
		assert_true(pfq_set_has(table, &key, NOW));
		for (at = 0; pfq_set_next(table, &at, &e, NOW); listed++)
			assert_true(e.key.high == e.key.low && e.key.kind == PFQ_SET_MAC);
		assert_true(pfq_set_has(table, &key, NOW));
		assert_int_equal(pfq_set_remove(table, &key), 0);
		assert_false(pfq_set_has(table, &key, NOW));
	}
	assert_true(added > CALLS / 20);
	assert_true(listed > 2 * added);
	close_table();
}

/*
 * Two keys take each other's place. A third one has a half of each, and the tag of the first: no
 * lookup may find it. One of the callers is the control side.
 */
static struct pfq_set_key first, second, third;
static bool is_changing;

static void use_two_keys(void)
{
	assert_false(pfq_set_has(table, &third, NOW));
	if (is_changing)
		return;
	is_changing = true;
	if (pfq_set_remove(table, &first)) {
		pfq_set_remove(table, &second);
		assert_int_equal(pfq_set_add(table, &first, 0, NOW), 0);
	} else {
		assert_int_equal(pfq_set_add(table, &second, 0, NOW), 0);
	}
	is_changing = false;
}

static void no_key_of_two_halves_is_found(void **state)
{
	u32 n;

	(void)state;
	open_table(pfq_set_bytes(1), NULL);
	pfq_set_init(table, 1, 7);
	third = first = twice(1);
	do {
		third.low++;
	} while (set_tag(set_hash(table, &third)) != set_tag(set_hash(table, &first)));
	second = twice(third.low);
	others = use_two_keys;
	for (n = 0; n < CALLS; n++)
		use_two_keys();
	close_table();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_packet_is_counted_for_another_flow),
		cmocka_unit_test(lanes_share_a_rate),
		cmocka_unit_test(one_of_the_copies_is_the_first),
		cmocka_unit_test(sets_change_under_lookups),
		cmocka_unit_test(no_key_of_two_halves_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
