/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests which records pfq_read() returns, and in which order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_clock.h"
#include "tests/unit/fixture/lib_joined.h"

static void one_lane(void **state)
{
	uint64_t position;

	(void)state;
	join(1, 0, false);
	assert_read(0);
	assert_int_equal(pfq_read(q, recs, 0), -EINVAL);
	assert_int_equal(f->starts, 1);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 9, 2);	/* older, but within a lane the lane's order counts */
	assert_true(fake_record(f, 0, 11, 3, 64));
	assert_read(2, 1, 2);
	assert_int_equal(pfq_rec_lane(q, recs[1], &position), 0);
	assert_int_equal(position, 96);
	fake_publish(f, 0);
	assert_read(1, 3);
	assert_read(0);
}

/* The lane wraps many times, with sizes that need padding at its end. */
static void wraps(void **state)
{
	uint64_t next = 0, seen = 0, i, position, expected = 0;
	int n, k;

	(void)state;
	join(1, 8192, false);
	while (seen < 20000) {
		for (i = 0; i < 1 + next % 7; i++) {
			if (!fake_record(f, 0, next, next, 8 + (uint32_t)(next * 37 % 1500)))
				break;
			next++;
		}
		fake_publish(f, 0);
		n = pfq_read(q, recs, 3);
		assert_true(n > 0);
		for (k = 0; k < n; k++, seen++) {
			assert_int_equal(fake_seq(recs[k]), seen);
			assert_int_equal(recs[k]->caplen, 8 + seen * 37 % 1500);
			pfq_rec_lane(q, recs[k], &position);
			/* Positions grow with each record, and by padding. */
			assert_true(position >= expected && position - expected < 2048);
			expected = position + PFQ_REC_BYTES(recs[k]->caplen);
		}
	}
}

/* A consumer that stops reading loses packets. Later its ring works again. */
static void full_ring(void **state)
{
	struct pfq_stats stats;
	uint64_t seq = 0, put;

	(void)state;
	join(1, 8192, false);
	while (fake_record(f, 0, seq, seq, 200))
		seq++;
	put = seq;
	fake_publish(f, 0);
	assert_int_equal(pfq_read(q, recs, 4096), (int)put);
	/* The program still holds the records. */
	assert_false(fake_record(f, 0, seq, seq, 200));
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.unread, put);
	assert_read(0);
	assert_true(fake_record(f, 0, seq, 4711, 200));
	fake_publish(f, 0);
	assert_read(1, 4711);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], put + 1);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_drop_ring_full], 2);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_offered], put + 3);
	assert_int_equal(stats.read, put);
	assert_int_equal(stats.unread, 1);
}

static void merge(void **state)
{
	(void)state;
	join(3, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 1, 11, 2);
	fake_put(f, 2, 12, 3);
	fake_put(f, 1, 13, 4);
	fake_put(f, 1, 14, 5);
	fake_put(f, 0, 15, 6);
	fake_put(f, 2, 15, 7);	/* equal times: the lower lane comes first */
	fake_put(f, 1, 16, 8);
	fake_watermark(f, 0, 100);
	fake_watermark(f, 1, 100);
	fake_watermark(f, 2, 100);
	assert_read(8, 1, 2, 3, 4, 5, 6, 7, 8);
	assert_read(0);
}

static void watermarks(void **state)
{
	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 20, 2);
	fake_put(f, 0, 30, 3);
	/* Lane 1 may still bring an older record. */
	assert_read(0);
	fake_watermark(f, 1, 9);
	assert_read(0);
	fake_watermark(f, 1, 10);
	assert_read(1, 1);
	fake_watermark(f, 1, 29);
	assert_read(1, 2);
	fake_put(f, 1, 29, 4);
	assert_read(1, 4);
	fake_watermark(f, 1, 40);
	assert_read(1, 3);
}

static void unfed_lanes(void **state)
{
	uint32_t i;

	(void)state;
	join(64, 0, false);
	for (i = 0; i < 64; i++)
		fake_watermark(f, i, PFQ_LANE_UNFED);
	fake_put(f, 63, ~0ULL, 1);
	assert_read(1, 1);
	fake_put(f, 0, 7, 2);
	fake_put(f, 63, 6, 3);
	assert_read(2, 3, 2);
}

static void lagging_lane(void **state)
{
	(void)state;
	join(3, 0, false);
	fake_watermark(f, 2, PFQ_LANE_UNFED);
	fake_watermark(f, 1, 5);
	fake_put(f, 0, 10, 1);
	now_ns += 100 * MS;	/* the reader was not called while it waited */
	assert_read(0);
	now_ns += PFQ_LAG_MAX_NS;
	assert_read(0);
	now_ns++;
	assert_read(1, 1);
	/* The reader does not wait for this lane again at each packet. */
	fake_put(f, 0, 20, 2);
	assert_read(1, 2);
	/* The reader waits for the lane again once it shows progress. */
	fake_watermark(f, 1, 25);
	fake_put(f, 0, 30, 3);
	assert_read(0);
	fake_watermark(f, 1, 30);
	assert_read(1, 3);
	fake_put(f, 0, 40, 4);
	assert_read(0);
	fake_put(f, 1, 35, 5);
	assert_read(1, 5);
	/* Another record: the wait begins again. */
	now_ns += PFQ_LAG_MAX_NS;
	assert_read(0);
	now_ns += PFQ_LAG_MAX_NS + 1;
	assert_read(1, 4);
}

/* Stop the reader for longer than it waits for a lane; the producers run on. */
static void stop_reader(void)
{
	clock_read = NULL;
	now_ns += PFQ_LAG_MAX_NS + 1;
	fake_put(f, 1, 7, 1);
	fake_watermark(f, 1, 8);
}

static void late_reader(void **state)
{
	(void)state;
	join(2, 0, false);
	fake_watermark(f, 1, 5);
	fake_put(f, 0, 10, 2);
	assert_read(0);
	clock_read = stop_reader;
	assert_read(1, 1);
	assert_null(clock_read);
	fake_watermark(f, 1, 10);
	assert_read(1, 2);
}

static void order_none(void **state)
{
	int n, i;
	unsigned int sum = 0;

	(void)state;
	join(3, 0, true);
	fake_put(f, 1, 30, 1);
	fake_put(f, 0, 20, 2);
	fake_put(f, 2, 10, 4);
	fake_put(f, 2, 11, 8);
	n = pfq_read(q, recs, 10);
	assert_int_equal(n, 4);
	for (i = 0; i < n; i++)
		sum += (unsigned int)fake_seq(recs[i]);
	assert_int_equal(sum, 15);
	/* A busy lane does not keep back the others. */
	for (i = 0; i < 100; i++)
		fake_put(f, 0, 1, 100);
	fake_put(f, 1, 1, 5);
	for (i = 0; i < 3; i++) {
		n = pfq_read(q, recs, 1);
		assert_int_equal(n, 1);
		if (fake_seq(recs[0]) == 5)
			return;
	}
	fail_msg("lane 1 was starved");
}

/*
 * With devices' timestamps no lane has a watermark, so no record waits, whatever order was
 * asked for.
 */
static void adapter_time(void **state)
{
	(void)state;
	f = fake_start(&(struct fake_config){ .lanes = 2, .adapter_time = true });
	q = fake_join(f, false);
	assert_int_equal(pfq_adapter_time(q), 1);
	fake_put(f, 0, 1700000000 * (1000 * MS), 1);
	assert_read(1, 1);
	fake_put(f, 1, 20, 2);
	assert_read(1, 2);
	fake_put(f, 1, 10, 3);
	assert_read(1, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_lane, leave),
		cmocka_unit_test_teardown(wraps, leave),
		cmocka_unit_test_teardown(full_ring, leave),
		cmocka_unit_test_teardown(merge, leave),
		cmocka_unit_test_teardown(watermarks, leave),
		cmocka_unit_test_teardown(unfed_lanes, leave),
		cmocka_unit_test_teardown(lagging_lane, leave),
		cmocka_unit_test_teardown(late_reader, leave),
		cmocka_unit_test_teardown(order_none, leave),
		cmocka_unit_test_teardown(adapter_time, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
