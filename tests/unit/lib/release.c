/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests releasing a part of the records, and the order of lanes with running producers. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_clock.h"
#include "tests/unit/fixture/lib_joined.h"

static void release_some(void **state)
{
	struct pfq_stats stats;
	uint64_t position;

	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 1, 11, 2);
	fake_put(f, 0, 12, 3);
	fake_put(f, 0, 13, 4);
	fake_put(f, 1, 14, 5);
	fake_watermark(f, 0, 14);
	assert_read(5, 1, 2, 3, 4, 5);
	assert_int_equal(pfq_rec_lane(q, recs[3], &position), 0);
	assert_int_equal(position, 192);
	pfq_release(q, 3);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 3);
	assert_int_equal(stats.unread, 2);
	assert_read(2, 4, 5);
	assert_int_equal(pfq_rec_lane(q, recs[0], &position), 0);
	assert_int_equal(position, 192);
	pfq_release(q, 0);
	pfq_release(q, 0);
	assert_read(2, 4, 5);
	pfq_release(q, 1);
	assert_read(1, 5);
	pfq_release(q, 1);
	assert_read(0);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 5);
	assert_int_equal(stats.unread, 0);
	pfq_release(q, 7);
	assert_read(0);
}

/* A record that has been handed out once does not wait for a lane again. */
static void release_after_giving_up(void **state)
{
	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 11, 2);
	assert_read(0);
	now_ns += PFQ_LAG_MAX_NS + 1;
	assert_read(2, 1, 2);
	fake_watermark(f, 1, 3);	/* the lane has progressed, but is still behind */
	pfq_release(q, 1);
	assert_read(1, 2);
	/* A new record has to wait as usual. */
	fake_put(f, 0, 12, 3);
	assert_read(0);
	/* An older record that has come meanwhile comes first. */
	fake_put(f, 1, 9, 4);
	fake_watermark(f, 1, 12);
	assert_read(2, 4, 3);
}

static void released_in_part_across_the_end(void **state)
{
	uint64_t next = 0, seen = 0;
	unsigned int seed = 1;
	int n, keep, i;
	uint32_t lane;

	(void)state;
	join(2, 4096, false);
	while (seen < 30000) {
		for (;;) {
			lane = (uint32_t)rand_r(&seed) % 2;
			if (!fake_record(f, lane, next, next, 8 + (uint32_t)rand_r(&seed) % 900))
				break;
			next++;
		}
		for (lane = 0; lane < 2; lane++) {
			fake_publish(f, lane);
			fake_watermark(f, lane, next);
		}
		n = pfq_read(q, recs, 1 + rand_r(&seed) % 16);
		assert_true(n > 0);
		keep = rand_r(&seed) % (n + 1);
		for (i = 0; i < n; i++)
			assert_int_equal(fake_seq(recs[i]), seen + (uint64_t)i);
		pfq_release(q, keep);
		seen += (uint64_t)keep;
	}
}

/* --- with producers that run ----------------------------------------------------- */

#define RACERS		3
#define RACE_RECORDS	200000ULL

static uint64_t race_clock;	/* one clock for all: it defines the order */
static pthread_mutex_t race_lock = PTHREAD_MUTEX_INITIALIZER;

struct racer {
	uint32_t lane;
	unsigned int seed;
};

/* Take a range of the clock for records. The watermark is the clock's value before. */
static void *race(void *arg)
{
	struct racer *r = arg;
	uint64_t from, to, mark;

	for (;;) {
		pthread_mutex_lock(&race_lock);
		from = race_clock;
		to = from + (uint64_t)rand_r(&r->seed) % 6;
		to = to > RACE_RECORDS ? RACE_RECORDS : to;
		race_clock = to;
		mark = race_clock;
		pthread_mutex_unlock(&race_lock);
		for (; from < to; from++) {
			while (!fake_record(f, r->lane, from, from, 8 + (uint32_t)from % 100)) {
				fake_publish(f, r->lane);
				usleep(50);
			}
		}
		fake_publish(f, r->lane);
		fake_watermark(f, r->lane, mark);
		if (mark == RACE_RECORDS)
			break;
		if (rand_r(&r->seed) % 64 == 0)
			usleep(20);
	}
	fake_watermark(f, r->lane, PFQ_LANE_UNFED);
	return NULL;
}

static void order_under_race(void **state)
{
	struct racer racer[RACERS];
	pthread_t thread[RACERS];
	uint64_t seen = 0;
	uint32_t i;
	int n, k;

	(void)state;
	race_clock = 0;
	join(RACERS, 16384, false);
	for (i = 0; i < RACERS; i++) {
		racer[i] = (struct racer){ i, i + 1 };
		assert_int_equal(pthread_create(&thread[i], NULL, race, &racer[i]), 0);
	}
	while (seen < RACE_RECORDS) {
		n = pfq_read(q, recs, 1 + (int)(seen % 200));
		assert_true(n >= 0);
		for (k = 0; k < n; k++, seen++) {
			/* Each record comes once, in the order of the clock. */
			if (fake_seq(recs[k]) != seen || recs[k]->ts_ns != seen)
				fail_msg("%llu instead of %llu",
					 (unsigned long long)fake_seq(recs[k]),
					 (unsigned long long)seen);
		}
		if (!n && pfq_wait(q, -1, 1000) < 0)
			fail_msg("pfq_wait failed at %llu", (unsigned long long)seen);
	}
	for (i = 0; i < RACERS; i++)
		pthread_join(thread[i], NULL);
}

/*
 * Records come by several lanes, in any turns and sizes, wrap around the lanes, and are
 * released in parts. They come out in the order of their times.
 */
static void lanes_in_any_turns(void **state)
{
	uint32_t lanes, lane, random = 1;
	uint64_t next, seen;
	int n, i, keep;

	for (lanes = 2; lanes <= 4; lanes++) {
		join(lanes, 8192, false);
		for (next = seen = 0; seen < 20000;) {
			for (i = 0; i < 12; i++) {
				random = random * 1103515245 + 12345;
				lane = (random >> 16) % lanes;
				if (!fake_record(f, lane, next, next, 8 + (random >> 20) % 900))
					break;
				next++;
			}
			for (lane = 0; lane < lanes; lane++) {
				fake_publish(f, lane);
				fake_watermark(f, lane, next);
			}
			n = pfq_read(q, recs, 1 + (int)(random >> 24) % 40);
			if (n <= 0)
				fail_msg("%u lanes: %d", lanes, n);
			keep = random & 1U << 18 ? n : (n + 1) / 2;
			for (i = 0; i < keep; i++)
				assert_int_equal(fake_seq(recs[i]), seen++);
			pfq_release(q, keep);
		}
		leave(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(release_some, leave),
		cmocka_unit_test_teardown(release_after_giving_up, leave),
		cmocka_unit_test_teardown(released_in_part_across_the_end, leave),
		cmocka_unit_test_teardown(order_under_race, leave),
		cmocka_unit_test(lanes_in_any_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
