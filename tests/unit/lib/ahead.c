/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the order of records around a step back of the host's clock: lane 0 has records of before
 * the step, while the other lanes get records of after it.
 */
#include <time.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_joined.h"

#define DAY_NS	(86400 * 1000000000ULL)
#define STEP_NS	(PFQ_LAG_MAX_NS / 2)	/* no step of the clock, but packets of different ages */

static uint64_t now;

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void begin(uint32_t lanes)
{
	join(lanes, 0, false);
	now = clock_now();
}

/* Put a record with this time and number, as a device's adapter has stamped it. */
static void put_by_adapter(uint32_t lane, uint64_t ts_ns, uint64_t seq)
{
	struct pfq_rec *rec = pfq_ring_reserve(&f->producer[lane], 64);

	assert_non_null(rec);
	memset(rec, 0, sizeof(*rec));
	rec->ts_ns = ts_ns;
	rec->len = rec->caplen = 64;
	rec->flags = PFQ_REC_F_HWTS;
	memcpy(rec + 1, &seq, sizeof(seq));
	pfq_ring_publish(&f->producer[lane]);
}

static void before_comes_first(void **state)
{
	(void)state;
	begin(2);
	fake_put(f, 0, now + DAY_NS, 1);
	fake_put(f, 0, now + DAY_NS + 1, 2);
	fake_put(f, 1, now, 3);
	assert_read(2, 1, 2);
	fake_watermark(f, 0, now + 1);
	assert_read(1, 3);
	assert_read(0);
}

/* The other lane always has a record, so that no read finds nothing. */
static void beside_a_busy_lane(void **state)
{
	enum { BEFORE = 300, READS = 400 };
	uint64_t next[2] = { 0, 1000 }, seq;
	int i, n, k;

	(void)state;
	begin(2);
	fake_watermark(f, 0, PFQ_LANE_UNFED);
	for (i = 0; i < BEFORE; i++)
		fake_put(f, 0, now + DAY_NS + (uint64_t)i, (uint64_t)i);
	for (; i < BEFORE + 50; i++)
		fake_put(f, 0, now + (uint64_t)i, (uint64_t)i);
	for (k = 0; k < READS; k++) {
		fake_put(f, 1, now + (uint64_t)k, 1000 + (uint64_t)k);
		n = pfq_read(q, recs, 20);
		assert_true(n > 0);
		for (i = 0; i < n; i++) {
			seq = fake_seq(recs[i]);
			assert_int_equal(seq, next[seq >= 1000]++);
		}
	}
	assert_int_equal(next[0], BEFORE + 50);
}

static void among_themselves_by_time(void **state)
{
	(void)state;
	begin(3);
	fake_put(f, 0, now + DAY_NS, 1);
	fake_put(f, 1, now + DAY_NS + 1, 2);
	fake_put(f, 0, now + DAY_NS + 2, 3);
	fake_put(f, 2, now, 4);
	assert_read(3, 1, 2, 3);
	fake_watermark(f, 0, now + 1);
	fake_watermark(f, 1, now + 1);
	assert_read(1, 4);
}

/* A lane that has published nothing since may still publish records of before. */
static void waits_for_older_ones(void **state)
{
	(void)state;
	begin(3);
	fake_watermark(f, 1, now + DAY_NS - 1);
	fake_put(f, 0, now + DAY_NS, 2);
	fake_put(f, 2, now, 9);
	assert_read(1, 9);
	fake_put(f, 2, now + 1, 10);
	fake_put(f, 1, now + DAY_NS - 1, 1);
	assert_read(2, 1, 2);
}

static void is_worth_a_wake_up(void **state)
{
	(void)state;
	begin(2);
	fake_watermark(f, 1, now);
	fake_put(f, 0, now + DAY_NS, 1);
	assert_int_equal(pfq_wait(q, -1, 0), 1);
	assert_read(1, 1);
}

static void nothing_is_ahead(void **state)
{
	static const struct {
		const char *name;
		uint64_t first_ns, second_ns;
	} cases[] = {
		{ "packets of different ages",	0,		STEP_NS },
		{ "a reader that is behind",	0 - DAY_NS,	0 },
		{ "a clock ahead of all",	DAY_NS,		2 * DAY_NS },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(2);
		fake_put(f, 0, now + cases[i].second_ns, 2);
		fake_put(f, 1, now + cases[i].first_ns, 1);
		fake_watermark(f, 1, PFQ_LANE_UNFED);
		if (pfq_read(q, recs, 1) != 1 || fake_seq(recs[0]) != 1)
			fail_msg("%s: the younger record is first", cases[i].name);
		leave(state);
	}
	begin(2);
}

/* Adapters have clocks of their own. */
static void adapters_are_not_ahead(void **state)
{
	(void)state;
	begin(2);
	put_by_adapter(0, now + DAY_NS, 2);
	put_by_adapter(1, now, 1);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	assert_read(2, 1, 2);
}

#define TEST(name)	cmocka_unit_test_teardown(name, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(before_comes_first),
		TEST(beside_a_busy_lane),
		TEST(among_themselves_by_time),
		TEST(waits_for_older_ones),
		TEST(is_worth_a_wake_up),
		TEST(nothing_is_ahead),
		TEST(adapters_are_not_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
