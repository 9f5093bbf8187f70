/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests when the doorbell rings for a waiting consumer, whether the consumer is honest or not,
 * and when rings cost too much.
 */
#include "core/doorbell.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lane.h"

static void arm(u32 threshold, u64 delay_ns)
{
	lane.reader->threshold = threshold;
	lane.reader->delay_ns = delay_ns;
	lane.reader->armed = 1;
}

static bool due(u64 now_ns, u64 *next_ns)
{
	return pfq_ring_doorbell_due(&lane.p, lane.reader, now_ns, 0, next_ns);
}

static void publish(u32 caplen)
{
	assert_non_null(lane_put(caplen, 1));
	pfq_ring_publish(&lane.p);
}

#define MS	1000000ULL

static void nobody_waits_nobody_is_rung(void **state)
{
	u64 next;

	(void)state;
	lane_open(65536, 0);
	arm(1, 0);
	assert_false(due(5 * MS, &next));	/* no record is unread */
	assert_true(next == ~0ULL);
	assert_int_equal(lane.reader->armed, 1);
	lane.reader->armed = 0;
	publish(10);
	assert_false(due(6 * MS, &next));	/* the consumer is awake */
	assert_true(next == ~0ULL);
}

static void a_waiting_reader_is_rung_once(void **state)
{
	u64 next;

	(void)state;
	lane_open(65536, 0);
	arm(1, ~0ULL);
	publish(10);
	assert_true(due(5 * MS, &next));
	assert_int_equal(lane.reader->armed, 0);
	publish(10);
	assert_false(due(6 * MS, &next));
	arm(0, ~0ULL);	/* 0 counts as 1 */
	assert_true(due(7 * MS, &next));
}

static void the_threshold_is_in_bytes_unread(void **state)
{
	u64 next;

	(void)state;
	lane_open(65536, 0);
	arm(192, ~0ULL);
	publish(32);
	assert_false(due(1 * MS, &next));
	assert_true(next == ~0ULL);	/* no delay is set */
	publish(32);
	assert_false(due(2 * MS, &next));
	/* Records already read do not count. */
	lane.reader_lane->cons = 64;
	publish(32);
	assert_false(due(3 * MS, &next));
	publish(32);
	assert_true(due(4 * MS, &next));
}

static void the_delay_counts_from_the_first_unread(void **state)
{
	u64 next;

	(void)state;
	lane_open(65536, 0);
	arm(60000, 10 * MS);
	publish(32);
	assert_false(due(100 * MS, &next));
	assert_true(next == 110 * MS);
	publish(32);
	assert_false(due(105 * MS, &next));
	assert_true(next == 110 * MS);
	assert_false(due(110 * MS - 1, &next));
	assert_true(due(110 * MS, &next));
	assert_int_equal(lane.reader->armed, 0);
}

/* The delay includes the time for which a source held a packet back. */
static void the_delay_counts_what_was_held_back(void **state)
{
	u64 next;

	(void)state;
	lane_open(65536, 0);
	arm(60000, 10 * MS);
	publish(32);
	assert_false(pfq_ring_doorbell_due(&lane.p, lane.reader, 100 * MS, 3 * MS, &next));
	assert_true(next == 107 * MS);
	/* A later call is not told of the time held back. */
	assert_false(due(107 * MS - 1, &next));
	assert_true(due(107 * MS, &next));
	/* The packet was held back as long as the delay, or since before the clock's start. */
	lane.reader_lane->cons = lane.p.prod;
	arm(60000, 10 * MS);
	publish(32);
	assert_true(pfq_ring_doorbell_due(&lane.p, lane.reader, 200 * MS, 10 * MS, &next));
	lane.reader_lane->cons = lane.p.prod;
	arm(60000, 10 * MS);
	publish(32);
	assert_true(pfq_ring_doorbell_due(&lane.p, lane.reader, 201 * MS, 900 * MS, &next));
}

/* A consumer that keeps up is not rung early because of records that it has already read. */
static void reading_all_begins_the_delay_anew(void **state)
{
	u64 next;

	(void)state;
	lane_open(65536, 0);
	publish(32);
	assert_false(due(100 * MS, &next));
	lane.reader_lane->cons = lane.p.prod;
	arm(60000, 10 * MS);
	publish(32);
	assert_false(due(109 * MS, &next));
	assert_true(next == 119 * MS);
	/* The consumer reads a part: the rest has waited since it was published. */
	publish(32);
	assert_false(due(112 * MS, &next));
	lane.reader_lane->cons += 64;
	publish(32);
	assert_false(due(113 * MS, &next));
	assert_true(next <= 122 * MS);
	/* The engine sees the lane empty in between: the delay begins anew. */
	lane.reader_lane->cons = lane.p.prod;
	assert_false(due(114 * MS, &next));
	assert_true(next == ~0ULL);
	publish(32);
	assert_false(due(200 * MS, &next));
	assert_true(next == 210 * MS);
}

/* A consumer was awake for long and then sleeps. The time before does not count. */
static void a_busy_time_does_not_count(void **state)
{
	u64 next, now;

	(void)state;
	lane_open(65536, 0);
	for (now = 100 * MS; now < 200 * MS; now += MS) {
		publish(32);
		assert_false(due(now, &next));
		assert_true(next == ~0ULL);
		lane.reader_lane->cons = lane.p.prod;
	}
	arm(60000, 10 * MS);
	publish(32);
	assert_false(due(200 * MS, &next));
	assert_true(next == 210 * MS);
	/*
	 * A record that it left unread before it slept has waited at least since the engine
	 * saw it.
	 */
	lane.reader->armed = 0;
	publish(32);
	assert_false(due(204 * MS, &next));
	arm(60000, 10 * MS);
	publish(32);
	assert_true(due(214 * MS, &next));
	/*
	 * The engine saw the lane empty. A later record counts from then, although the
	 * consumer is awake.
	 */
	lane.reader_lane->cons = lane.p.prod;
	arm(60000, 10 * MS);
	assert_false(due(220 * MS, &next));
	lane.reader->armed = 0;
	publish(32);
	assert_false(due(300 * MS, &next));
	arm(60000, 10 * MS);
	publish(32);
	assert_false(due(305 * MS, &next));
	assert_true(next == 310 * MS);
}

static void any_threshold_rings_before_the_lane_is_full(void **state)
{
	u64 next, n = 0;

	(void)state;
	lane_open(65536, 0);
	arm(0xffffffff, ~0ULL);
	for (;;) {
		assert_non_null(lane_put(1000, 1));
		pfq_ring_publish(&lane.p);
		n++;
		if (due(MS, &next))
			break;
	}
	assert_in_range(n * PFQ_REC_BYTES(1000), 65536 / 2, 65536 / 2 + PFQ_REC_BYTES(1000));
}

/*
 * Values of a hostile consumer cannot keep the shell busy: false comes with a later time,
 * true clears armed.
 */
static void hostile_words_cost_little(void **state)
{
	u64 random = 5, next, now = 1;
	u32 n, rung = 0, kept = 0;

	(void)state;
	lane_open(65536, 0);
	for (n = 0; n < 500000; n++) {
		now += check_random(&random) % 100000;
		lane.reader->armed = check_random(&random) % 3 ? 1 : (u32)check_random(&random);
		lane.reader->threshold = (u32)(check_random(&random) << check_random(&random) % 32);
		lane.reader->delay_ns = check_random(&random) << check_random(&random) % 64;
		lane.reader_lane->cons = check_random(&random) % 2 ? lane.p.prod :
					      check_random(&random) << check_random(&random) % 64;
		if (lane_put((u32)(check_random(&random) % 200), 1))
			pfq_ring_publish(&lane.p);
		if (due(now, &next)) {
			rung++;
			assert_int_equal(lane.reader->armed, 0);
		} else {
			kept++;
			assert_true(next >= now + 50000);
		}
	}
	assert_true(rung > 1000 && kept > 1000);
	/* A delay of 1 us: the shell need not look again before 50 us have passed. */
	lane.reader_lane->cons = lane.p.prod;
	assert_false(due(now, &next));
	publish(10);
	arm(60000, 1000);
	assert_false(due(now, &next));
	assert_true(next == now + 50000);
	/* a delay up to the end of time */
	lane.reader_lane->cons = lane.p.prod;
	pfq_ring_unread(&lane.p);
	publish(10);
	arm(60000, ~0ULL - 1);
	assert_false(due(now, &next));
	assert_true(next == ~0ULL);
	/* armed has another value than 0 or 1 */
	arm(1, 0);
	lane.reader->armed = 2;
	assert_false(due(now, &next));
	assert_int_equal(lane.reader->armed, 2);
}

/* --- the policy: core/doorbell.h ----------------------------------------------- */

#define DEAR	PFQ_DOORBELL_DEAR_NS

static bool look(u64 now_ns, u64 *timer_ns)
{
	*timer_ns = ~0ULL;
	return pfq_doorbell_look(&lane.p, lane.reader, now_ns, 0, timer_ns);
}

/* Ring once, at a cost of @cost_ns. */
static void ring_at(u64 now_ns, u64 cost_ns)
{
	u64 timer;

	publish(10);
	arm(1, ~0ULL);
	assert_true(look(now_ns, &timer));
	assert_true(timer == ~0ULL);
	pfq_doorbell_rung(&lane.p, now_ns, cost_ns);
}

static void a_timer_is_neither_too_near_nor_too_far(void **state)
{
	u64 timer = ~0ULL;

	(void)state;
	lane_open(65536, 0);
	arm(60000, 10 * MS);
	publish(32);
	assert_false(look(100 * MS, &timer));
	assert_true(timer == 110 * MS);
	/* The timer changes only if the doorbell is due earlier. */
	timer = 105 * MS;
	assert_false(pfq_doorbell_look(&lane.p, lane.reader, 101 * MS, 0, &timer));
	assert_true(timer == 105 * MS);
	/* The delay ends almost at once. */
	assert_false(look(110 * MS - 1, &timer));
	assert_true(timer == 110 * MS - 1 + PFQ_DOORBELL_TIMER_MIN_NS);
	/* The delay ends in a thousand years. */
	lane.reader->delay_ns = ~0ULL / 2;
	assert_false(look(120 * MS, &timer));
	assert_true(timer == 120 * MS + PFQ_DOORBELL_TIMER_MAX_NS);
	/* No ring because of time alone. */
	lane.reader->delay_ns = ~0ULL;
	assert_false(look(130 * MS, &timer));
	assert_true(timer == ~0ULL);
	/* The time for which a source held the packet back counts here, too. */
	lane.reader_lane->cons = lane.p.prod;
	pfq_ring_unread(&lane.p);
	arm(60000, 10 * MS);
	publish(32);
	timer = ~0ULL;
	assert_false(pfq_doorbell_look(&lane.p, lane.reader, 200 * MS, 3 * MS, &timer));
	assert_true(timer == 207 * MS);
}

static void one_dear_ring_is_an_accident(void **state)
{
	(void)state;
	lane_open(65536, 0);
	ring_at(10 * MS, DEAR);
	/* A cheap ring between two expensive ones resets the count. */
	ring_at(11 * MS, DEAR - 1);
	ring_at(12 * MS, DEAR);
	ring_at(13 * MS, DEAR - 1);
}

static void dear_rings_are_followed_by_quiet(void **state)
{
	u64 timer, quiet = 10 * MS + DEAR + DEAR * PFQ_DOORBELL_QUIET_FACTOR;

	(void)state;
	lane_open(65536, 0);
	ring_at(9 * MS, DEAR);
	ring_at(10 * MS, DEAR);
	/* Until the quiet time is over no value of the consumer makes it ring; then it rings. */
	publish(10);
	arm(1, 0);
	assert_false(look(11 * MS, &timer));
	assert_true(timer == quiet);
	assert_false(look(quiet - 1, &timer));
	assert_int_equal(lane.reader->armed, 1);
	assert_true(look(quiet, &timer));
	/* The ring is still expensive: a quiet time follows at once, of a second at most. */
	pfq_doorbell_rung(&lane.p, quiet, 500 * MS);
	quiet += 500 * MS + PFQ_DOORBELL_QUIET_MAX_NS;
	arm(1, 0);
	assert_false(look(quiet - 1, &timer));
	assert_true(timer == quiet);
	/* No record is unread: no timer is set for the end of the quiet time. */
	lane.reader_lane->cons = lane.p.prod;
	assert_false(look(quiet - 1, &timer));
	assert_true(timer == ~0ULL);
	/* A cheap ring resets everything. */
	ring_at(quiet, DEAR - 1);
	ring_at(quiet + 1, DEAR);
	ring_at(quiet + 2, DEAR - 1);
}

/* A ring that fails is tried again until it succeeds, whatever the consumer writes meanwhile. */
static void a_failed_ring_is_owed(void **state)
{
	u64 timer = ~0ULL, again = 10 * MS + PFQ_DOORBELL_AGAIN_NS;

	(void)state;
	lane_open(65536, 0);
	publish(10);
	arm(1, ~0ULL);
	assert_true(look(10 * MS, &timer));
	pfq_doorbell_failed(&lane.p, 10 * MS, &timer);
	assert_true(timer == again);
	assert_int_equal(lane.reader->armed, 0);
	assert_false(look(again - 1, &timer));
	assert_true(timer == again);
	assert_true(look(again, &timer));
	/* The second attempt fails, too, behind an earlier timer. */
	timer = again + 1;
	pfq_doorbell_failed(&lane.p, again, &timer);
	assert_true(timer == again + 1);
	again += PFQ_DOORBELL_AGAIN_NS;
	publish(10);
	assert_false(look(again - 1, &timer));
	assert_true(look(again, &timer));
	pfq_doorbell_rung(&lane.p, again, DEAR - 1);
	/* Now it rings as usual: not for a consumer that does not wait. */
	assert_false(look(again + 1, &timer));
	assert_true(timer == ~0ULL);
	ring_at(again + 2, DEAR - 1);
}

/* Rings at any cost, as often as possible, take 1 % of the time, and the first ring. */
static void ringing_takes_a_percent_at_most(void **state)
{
	u64 random = 7, now = 10 * MS, spent = 0, cost, timer, begun = now;

	(void)state;
	lane_open(65536, 0);
	while (now < 60000 * MS) {
		publish(0);
		lane.reader_lane->cons = lane.p.prod - PFQ_REC_BYTES(0);
		arm(1, 0);
		if (!look(now, &timer)) {
			assert_true(timer > now && timer != ~0ULL);
			now = timer;
			continue;
		}
		cost = DEAR + check_random(&random) % (9 * MS);
		pfq_doorbell_rung(&lane.p, now, cost);
		now += cost;
		spent += cost;
	}
	assert_true(spent > 100 * MS);
	assert_true(spent < (now - begun) / 100 + 20 * MS);
}

#define LANE_TEST(name)	cmocka_unit_test_teardown(name, lane_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LANE_TEST(nobody_waits_nobody_is_rung),
		LANE_TEST(a_waiting_reader_is_rung_once),
		LANE_TEST(the_threshold_is_in_bytes_unread),
		LANE_TEST(the_delay_counts_from_the_first_unread),
		LANE_TEST(the_delay_counts_what_was_held_back),
		LANE_TEST(reading_all_begins_the_delay_anew),
		LANE_TEST(a_busy_time_does_not_count),
		LANE_TEST(any_threshold_rings_before_the_lane_is_full),
		LANE_TEST(hostile_words_cost_little),
		LANE_TEST(a_timer_is_neither_too_near_nor_too_far),
		LANE_TEST(one_dear_ring_is_an_accident),
		LANE_TEST(dear_rings_are_followed_by_quiet),
		LANE_TEST(a_failed_ring_is_owed),
		LANE_TEST(ringing_takes_a_percent_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
