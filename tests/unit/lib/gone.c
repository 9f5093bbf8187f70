/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the end of the engine for a handle that does not wait for the next one, and a handle in a
 * forked child.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_away.h"
#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"

static void act_put_2(void) { fake_put(f, 1, 100, 1); }
static void act_die(void) { fake_die(f); }

/* --- the engine's end ------------------------------------------------------------------- */

static void gone_while_waiting(void **state)
{
	struct pfq_stats stats;
	struct later l;

	(void)state;
	join_once(1, 0, false);
	later(&l, 20, act_die);
	assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
	later_done(&l);
	assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
	assert_int_equal(pfq_read(q, recs, 10), -EPIPE);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 0);
}

/* A handle that does not wait has the reason of the engine, and otherwise only the error. */
static void gone_group(void **state)
{
	const struct fake_config config = { .reconnect_s = PFQ_RECONNECT_NO };

	(void)state;
	away_join(&config);
	away_remove();
	assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
	away_assert(": group ids is no more");
	assert_int_equal(pfq_read(q, recs, 10), -EPIPE);
	away_assert(": group ids is no more");
	leave(state);
	away_join(&config);
	fake_die(f);
	assert_int_equal(pfq_read(q, recs, 10), -EPIPE);
	assert_null(pfq_engine_away(q));
}

/*
 * Published records are read, also those that waited for a watermark, which cannot come any
 * more.
 */
static void gone_with_records_left(void **state)
{
	struct pfq_stats stats;
	int way;

	for (way = 0; way < 3; way++) {
		join_once(3, 0, false);
		fake_put(f, 0, 10, 1);
		fake_put(f, 1, 9, 2);
		fake_put(f, 0, 11, 3);
		if (way == 2)
			assert_int_equal(pfq_read(q, recs, 10), 0);
		fake_die(f);
		if (way == 1)
			assert_int_equal(pfq_wait(q, -1, 5000), 1);
		assert_int_equal(pfq_read(q, recs, 2), 2);
		assert_int_equal(fake_seq(recs[0]), 2);
		assert_int_equal(fake_seq(recs[1]), 1);
		assert_int_equal(pfq_wait(q, -1, 5000), 1);
		assert_int_equal(pfq_read(q, recs, 2), 1);
		assert_int_equal(fake_seq(recs[0]), 3);
		assert_int_equal(pfq_read(q, recs, 2), -EPIPE);
		assert_int_equal(pfq_wait(q, -1, 5000), -EPIPE);
		pfq_stats_get(q, &stats);
		assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 3);
		assert_int_equal(stats.read, 3);
		leave(state);
	}
}

static void gone_by_fd(void **state)
{
	struct later l;
	int fd;

	(void)state;
	join_once(2, 0, false);
	fd = pfq_fd(q);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 11, 2);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 0);
	fake_die(f);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
	assert_true(fake_is_readable(fd, 0));
	leave(state);

	join_once(1, 0, false);
	fd = pfq_fd(q);
	later(&l, 20, act_die);
	assert_true(fake_is_readable(fd, 5000));
	later_done(&l);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
	assert_true(fake_is_readable(fd, 0));
}

/* A program that only reads sees the end of file, although the doorbell has bytes before it. */
static void gone_after_a_ring(void **state)
{
	(void)state;
	join_once(1, 0, false);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	fake_put(f, 0, 1, 1);
	fake_die(f);
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
}

/* --- fork -------------------------------------------------------------------------------- */

static int child(int fd)
{
	struct later l;

	if (pfq_read(q, recs, 10) != 1 || fake_seq(recs[0]) != 1)
		return 1;
	if (pfq_read(q, recs, 10) || fake_is_readable(fd, 0))
		return 2;
	later(&l, 10, act_put_2);
	if (!fake_is_readable(fd, 5000))
		return 3;
	later_done(&l);
	if (pfq_wait(q, -1, 1000) != 1 || pfq_read(q, recs, 10) != 1)
		return 4;
	if (pfq_filter_set(q, NULL, 0, NULL, NULL))
		return 5;
	return 0;
}

static void forked(void **state)
{
	int fd, status;
	pid_t pid;

	(void)state;
	join(2, 0, false);
	fake_watermark(f, 0, PFQ_LANE_UNFED);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	fd = pfq_fd(q);
	fake_put(f, 0, 1, 1);
	pid = fork();
	if (!pid)
		_exit(child(fd));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(gone_while_waiting, leave),
		cmocka_unit_test_teardown(gone_group, leave),
		cmocka_unit_test(gone_with_records_left),
		cmocka_unit_test_teardown(gone_by_fd, leave),
		cmocka_unit_test_teardown(gone_after_a_ring, leave),
		cmocka_unit_test_teardown(forked, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
