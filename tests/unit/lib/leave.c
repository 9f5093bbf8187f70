/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the descriptor after each way to end a read. If no record is left, nothing wakes
 * the program. If a record is left, all ways of waiting return. The next record wakes it
 * again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_watched.h"

/*
 * --- ways to end a read: each takes one of two records and ends, then the other
 * ---------------
 */

static void by_count_twice_released(void)
{
	by_count();
	pfq_release(q, 0);
	pfq_release(q, 1);
}

static void by_release_in_parts(void)
{
	int n = pfq_read(q, recs, 10);

	assert_true(n > 0);
	pfq_release(q, 1);
}

static void by_release_of_none(void)
{
	assert_true(pfq_read(q, recs, 10) > 0);
	pfq_release(q, 0);
	assert_woken("released none");
	by_release_in_parts();
}

/* The next read releases the record; it finds another one, or none. */
static void by_next_read(void)
{
	int n;

	by_count();
	assert_woken("before the next read");
	n = pfq_read(q, recs, 10);
	assert_true(n > 0);
	pfq_release(q, 0);
}

static void by_wait(void)
{
	assert_int_equal(pfq_wait(q, -1, 1000), 1);
	by_count();
}

static void by_policy(void)
{
	by_count();
	pfq_wakeup_set(q, 2, 0);
	pfq_wakeup_set(q, 1, 0);
}

static const struct way {
	const char *name;
	void (*take_one)(void);
} ways[] = {
	{ "count reached", by_count },
	{ "count reached, released again", by_count_twice_released },
	{ "released in parts", by_release_in_parts },
	{ "released none, then one", by_release_of_none },
	{ "waited first", by_wait },
	{ "policy set anew", by_policy },
};

static void run_way(const struct way *way)
{
	put(2);
	assert_woken(way->name);
	way->take_one();
	assert_woken(way->name);
	way->take_one();
	assert_quiet(way->name);
	put(1);
	assert_woken(way->name);
	by_count();
	assert_quiet(way->name);
	/* Another empty read changes nothing. */
	assert_int_equal(pfq_read(q, recs, 1), 0);
	assert_quiet(way->name);
	put(1);
	assert_woken(way->name);
	by_count();
}

static void each_way(void **state)
{
	unsigned int i, lanes;

	for (lanes = 1; lanes < 4; lanes += 2) {
		open_watched(lanes, 0);
		for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
			run_way(&ways[i]);
		put(3);
		by_next_read();
		assert_woken("two left");
		by_count();
		assert_woken("one left");
		by_count();
		assert_quiet("none left");
		leave(state);
	}
}

/* Checks what else shows after each way to end a read: the statistics, and the reader area. */
static void statistics(void **state)
{
	struct pfq_stats stats;

	(void)state;
	open_watched(1, 0);
	put(3);
	by_count();
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 1);
	assert_int_equal(stats.unread, 2);
	by_release_in_parts();
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 2);
	by_count();
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 3);
	assert_int_equal(stats.unread, 0);
	assert_int_equal(f->producer[0].prod, f->producer[0].reader->cons);
}

/*
 * With a policy that waits for several records: a record left over is due, a new one is not
 * yet.
 */
static void left_over_is_due(void **state)
{
	(void)state;
	open_watched(1, 0);
	pfq_wakeup_set(q, 32000, ~0ULL);
	put(2);
	assert_quiet("too little");
	by_count();
	assert_woken("one left over");
	by_count();
	assert_quiet("none left");
	put(1);
	assert_quiet("too little again");
}

static void full_ring(void **state)
{
	unsigned int n = 0, round;

	(void)state;
	open_watched(1, 4096);
	for (round = 0; round < 3; round++) {
		for (n = 0; fake_record(f, 0, n, n, 64); n++)
			;
		assert_int_equal(n, 4096 / 96);
		fake_publish(f, 0);
		for (; n; n--) {
			assert_woken("full ring");
			by_count();
		}
		assert_quiet("emptied ring");
	}
}

/*
 * Wait too long for a lane: the second of two records may not be taken before the other
 * lane's watermark. Returns true if the reader gave up on the lane.
 */
static bool lags_too_long(void)
{
	bool is_given_up;

	join(2, 0, false);
	fd = pfq_fd(q);
	fake_watermark(f, 1, 1);
	fake_put(f, 0, 1, 1);
	fake_put(f, 0, 9, 2);
	by_count();
	assert_true(fake_is_readable(fd, 1000));
	is_given_up = pfq_read(q, recs, 1) == 1;
	if (!is_given_up) {
		fake_watermark(f, 1, 9);
		assert_true(fake_is_readable(fd, 1000));
		by_count();
		assert_quiet("lagging lane");
	}
	leave(NULL);
	return is_given_up;
}

/* This thread may be late by as much as a lane may lag, so the test tries several times. */
static void lagging_lane(void **state)
{
	unsigned int try = 0;

	(void)state;
	while (lags_too_long())
		assert_true(++try < 10);
}

/* --- a fork ----------------------------------------------------------------------------------- */

static int in_child(void)
{
	if (!fake_is_readable(fd, 0) || pfq_read(q, recs, 1) != 1)
		return 1;
	pfq_release(q, 1);
	if (fake_is_readable(fd, QUIET_MS))
		return 2;
	put(1);
	if (!fake_is_readable(fd, 0) || pfq_read(q, recs, 1) != 1)
		return 3;
	pfq_release(q, 1);
	return fake_is_readable(fd, QUIET_MS) ? 4 : 0;
}

static void child_goes_on(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	open_watched(1, 0);
	put(2);
	by_count();
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(in_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way),
		cmocka_unit_test_teardown(statistics, leave),
		cmocka_unit_test_teardown(left_over_is_due, leave),
		cmocka_unit_test_teardown(full_ring, leave),
		cmocka_unit_test(lagging_lane),
		cmocka_unit_test_teardown(child_goes_on, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
