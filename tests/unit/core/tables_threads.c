/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Lanes that use one bucket of a table at the same time. tables_tsan is this, under TSan. */
#include <pthread.h>
#include "tests/unit/fixture/check.h"
#include "core/dup.h"
#include "core/flows.h"
#include "core/rate.h"
#include "core/set.h"

#define LANES		4
#define NOW		1700000000000000000ULL
#define SECOND		1000000000ULL
#define ROUNDS		2

struct lane {
	pthread_t thread;
	u32 number;
	u64 random;
	u64 done[2];	/* results, by test */
};

static struct lane lanes[LANES];
static pthread_barrier_t barrier;
static void *table;

/* Run @body in all lanes at once. */
static void run(void *(*body)(void *lane))
{
	u32 n;

	assert_int_equal(pthread_barrier_init(&barrier, NULL, LANES), 0);
	for (n = 0; n < LANES; n++) {
		lanes[n].number = n;
		lanes[n].random = lanes[n].random * 8 + n + 1;
		memset(lanes[n].done, 0, sizeof(lanes[n].done));
		assert_int_equal(pthread_create(&lanes[n].thread, NULL, body, &lanes[n]), 0);
	}
	for (n = 0; n < LANES; n++)
		pthread_join(lanes[n].thread, NULL);
	pthread_barrier_destroy(&barrier);
}

static u64 done(u32 i)
{
	u64 sum = 0;
	u32 n;

	for (n = 0; n < LANES; n++)
		sum += lanes[n].done[i];
	return sum;
}

static void *table_of(u64 bytes)
{
	table = aligned_alloc(64, bytes);
	assert_non_null(table);
	memset(table, 0, bytes);
	return table;
}

/* --- flows --------------------------------------------------------------------------- */

#define FLOWS_PACKETS	20000
#define TWO		2	/* with an entry for each lane, they fill the bucket */
#define FEW		4
#define MANY		24

/* packets and bytes that lanes have begun to count */
static u64 begun[MANY], begun_bytes[MANY];

/*
 * Count packets of @flows flows. done[0]: answers "the first packet"; done[1]: answers that are too
 * high.
 */
static void count_flows(struct lane *l, u32 flows)
{
	u64 sum;
	u32 n, f, len;

	pthread_barrier_wait(&barrier);
	for (n = 0; n < FLOWS_PACKETS; n++) {
		f = (u32)(check_random(&l->random) % flows);
		len = 60 + (u32)(check_random(&l->random) % 1455);
		__atomic_fetch_add(&begun[f], 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&begun_bytes[f], len, __ATOMIC_SEQ_CST);
		sum = pfq_flows_count(table, f + 1, len, NOW + l->number * SECOND / 2);
		l->done[0] += pfq_flows_packets(sum) == 1;
		l->done[1] += pfq_flows_packets(sum) > __atomic_load_n(&begun[f], __ATOMIC_SEQ_CST);
		l->done[1] += pfq_flows_octets(sum) >
			      __atomic_load_n(&begun_bytes[f], __ATOMIC_SEQ_CST);
	}
}

static void *count_two(void *lane)
{
	count_flows(lane, TWO);
	return NULL;
}

static void *count_few(void *lane)
{
	count_flows(lane, FEW);
	return NULL;
}

static void *count_many(void *lane)
{
	count_flows(lane, MANY);
	return NULL;
}

static struct pfq_flows *open_flows(void)
{
	struct pfq_flows *t = table_of(pfq_flows_bytes(1));

	memset(begun, 0, sizeof(begun));
	memset(begun_bytes, 0, sizeof(begun_bytes));
	pfq_flows_init(t, 1, 60 * SECOND);
	assert_int_equal(t->mask, 0);
	return t;
}

/* The sums of all entries; @entries: how many there are. */
static u64 packets_in(const struct pfq_flows *t, u64 *entries)
{
	u64 packets = 0;
	u32 way;

	for (*entries = 0, way = 0; way < PFQ_FLOWS_WAYS; way++) {
		packets += pfq_flows_packets(t->bucket[0].sum[way] & ~(3ULL << 62));
		*entries += t->bucket[0].key[way] != 0;
	}
	return packets;
}

/* Once a flow has its entry, each packet of each lane is in its sum. */
static void no_packet_of_a_flow_is_lost(void **state)
{
	u32 round, f;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct pfq_flows *t = open_flows();
		u64 entries;

		for (f = 0; f < FEW; f++) {
			begun[f] = 1;
			begun_bytes[f] = 60;
			pfq_flows_count(t, f + 1, 60, NOW);
		}
		run(count_few);
		assert_int_equal(packets_in(t, &entries), FEW + LANES * FLOWS_PACKETS);
		assert_int_equal(entries, FEW);
		assert_int_equal(done(0), 0);
		assert_int_equal(done(1), 0);
		free(t);
	}
}

/*
 * Lanes may take an entry each for a flow that is new to all. A packet that is in no sum was
 * answered as the first one of its flow.
 */
static void new_flows_are_begun_by_several_lanes(void **state)
{
	u32 round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct pfq_flows *t = open_flows();
		u64 entries, packets;

		run(count_two);
		packets = packets_in(t, &entries);
		assert_in_range(packets, LANES * FLOWS_PACKETS - done(0) + entries,
				LANES * FLOWS_PACKETS);
		assert_in_range(entries, TWO, TWO * LANES);
		assert_int_equal(done(1), 0);
		free(t);
	}
}

static void no_packet_is_counted_for_another_flow(void **state)
{
	u32 round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct pfq_flows *t = open_flows();

		run(count_many);
		assert_int_equal(done(1), 0);
		assert_true(done(0) > MANY);
		free(t);
	}
}

/* --- rates --------------------------------------------------------------------------- */

#define KEYS		5
#define RATE_STEPS	20000
#define STEP_NS		10000ULL	/* a lane's packets: 100,000 a second, for each key */

/* done[0]: packets within the limit for all. */
static void *pass_all(void *lane)
{
	struct lane *l = lane;
	u32 n;

	pthread_barrier_wait(&barrier);
	for (n = 0; n < RATE_STEPS; n++)
		l->done[0] += pfq_rate_within(table, 60, NOW + n * STEP_NS);
	return NULL;
}

/* done[0]: packets within the limits of their keys, all in one bucket. */
static void *pass_keys(void *lane)
{
	struct lane *l = lane;
	u64 key;
	u32 n;

	pthread_barrier_wait(&barrier);
	for (n = 0; n < RATE_STEPS; n++)
		for (key = 0; key < KEYS; key++)
			l->done[0] += pfq_rate_within_key(table, key << 40, 60, NOW + n * STEP_NS);
	return NULL;
}

/*
 * In 200 ms, at 10,000 packets a second and with a burst of 50 ms, 2501 packets pass, whichever
 * lane is first. A lane that is behind takes part of the future that others have used up: it passes
 * no more than the burst, each time that all have waited for it.
 */
static void lanes_share_a_rate(void **state)
{
	u32 round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		pfq_rate_init(table_of(pfq_rate_bytes(0)), 0, PFQ_RATE_PACKETS, 10000, 50000000);
		run(pass_all);
		assert_in_range(done(0), 2495, 2501);
		free(table);
		pfq_rate_init(table_of(pfq_rate_bytes(1)), 1, PFQ_RATE_PACKETS, 10000, 50000000);
		run(pass_keys);
		assert_in_range(done(0), 2495 * KEYS, 2501 * KEYS);
		free(table);
	}
}

/* --- duplicates ---------------------------------------------------------------------- */

#define COPIES_STEPS	5000
#define COPIES_WORDS	8	/* one bucket */

/* Each lane has a copy of each packet. done[0]: packets that are no copy. */
static void *take_copies(void *lane)
{
	struct lane *l = lane;
	u64 n;

	pthread_barrier_wait(&barrier);
	for (n = 1; n <= COPIES_STEPS; n++) {
		if (n % COPIES_WORDS == 0)
			pthread_barrier_wait(&barrier);
		l->done[0] += !pfq_dup_seen(table, n << 30, NOW + n * 1000);
	}
	return NULL;
}

/* Lanes are no more than eight packets apart, so that the bucket forgets none too early. */
static void one_of_the_copies_is_the_first(void **state)
{
	u32 round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		pfq_dup_init(table_of(pfq_dup_bytes(COPIES_WORDS)), COPIES_WORDS, 64000);
		run(take_copies);
		assert_int_equal(done(0), COPIES_STEPS);
		free(table);
	}
}

/* --- sets ---------------------------------------------------------------------------- */

#define SET_STEPS	20000
#define LEARNT		12	/* for the three ways that the operator leaves */

static struct pfq_set_key twice(u64 n)
{
	return (struct pfq_set_key){ n, n, PFQ_SET_MAC };
}

/* The operator's entry is there until it is removed. No listed key is of two halves. */
static void operate(struct lane *l)
{
	struct pfq_set_key key = twice(99);
	struct pfq_set_entry e;
	u64 at = 0;

	if (pfq_set_add(table, &key, 0, NOW))
		return;
	l->done[1]++;
	l->done[0] += !pfq_set_has(table, &key, NOW);
	while (pfq_set_next(table, &at, &e, NOW))
		l->done[0] += e.key.high != e.key.low || e.key.kind != PFQ_SET_MAC;
	l->done[0] += !pfq_set_has(table, &key, NOW);
	l->done[0] += pfq_set_remove(table, &key) != 0;
	l->done[0] += pfq_set_has(table, &key, NOW);
}

/* Lane 0 is the control side, the others learn. done[0]: wrong answers; done[1]: additions. */
static void *change_set(void *lane)
{
	struct lane *l = lane;
	struct pfq_set_key key;
	u32 n;

	pthread_barrier_wait(&barrier);
	for (n = 0; n < SET_STEPS; n++) {
		if (!l->number) {
			operate(l);
			continue;
		}
		key = twice(check_random(&l->random) % LEARNT);
		l->done[1] += pfq_set_learn(table, &key, SECOND, NOW);
		key.high += 100;
		l->done[0] += pfq_set_has(table, &key, NOW);
	}
	return NULL;
}

static void sets_change_under_lookups(void **state)
{
	u32 round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		pfq_set_init(table_of(pfq_set_bytes(1)), 1, 7);
		run(change_set);
		assert_int_equal(done(0), 0);
		assert_true(lanes[0].done[1] > 0);
		assert_true(lanes[1].done[1] > 0);
		free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_packet_of_a_flow_is_lost),
		cmocka_unit_test(new_flows_are_begun_by_several_lanes),
		cmocka_unit_test(no_packet_is_counted_for_another_flow),
		cmocka_unit_test(lanes_share_a_rate),
		cmocka_unit_test(one_of_the_copies_is_the_first),
		cmocka_unit_test(sets_change_under_lookups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
