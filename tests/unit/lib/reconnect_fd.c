/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the selectable descriptor over the end of an engine: it keeps its number and its place in
 * an epoll, and wakes the program only when there is something to do.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"
#include "tests/unit/fixture/lib_watched.h"

#define LONG_MS	5000
#define TRIES	10

static int loop;

static void act_return(void) { fake_return(f, NULL); }
static void act_die(void) { fake_die(f); }
static void act_put(void) { put(1); }

static void loop_open(uint32_t events)
{
	struct epoll_event ev = { .events = events };

	open_watched(1, 0);
	loop = epoll_create1(EPOLL_CLOEXEC);
	assert_int_equal(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &ev), 0);
}

static int loop_leave(void **state)
{
	close(loop);
	return leave(state);
}

static bool is_woken(int ms)
{
	struct epoll_event ev;

	return epoll_wait(loop, &ev, 1, ms) == 1;
}

/* Read until there is nothing, as a program does that was woken. Returns the number of records. */
static int read_all(void)
{
	int n, sum = 0;

	while ((n = pfq_read(q, recs, 16)) > 0)
		sum += n;
	assert_int_equal(n, 0);
	return sum;
}

/* The wake-ups of a program until @act has passed, and nothing happens any more. */
static unsigned int wakes_of(void (*act)(void), int *records)
{
	unsigned int wakes = 0;
	struct later l;

	later(&l, 20, act);
	*records = 0;
	while (is_woken(wakes ? 150 : LONG_MS)) {
		wakes++;
		*records += read_all();
		assert_true(wakes < 100);
	}
	later_done(&l);
	return wakes;
}

/*
 * One wake-up when the engine goes, none while it is away, one when it is back. The threads of the
 * next engine may be late on a busy machine, so the test tries several times.
 */
static void one_wake_each(void **state)
{
	unsigned int try, gone, back = 0;
	int records;

	for (try = 0; try < TRIES; try++) {
		loop_open(try % 2 ? EPOLLIN : EPOLLIN | EPOLLET);
		gone = wakes_of(act_die, &records);
		assert_int_equal(gone, 1);
		assert_int_equal(records, 0);
		assert_false(is_woken(300));
		back = wakes_of(act_return, &records);
		assert_int_equal(records, 0);
		assert_null(pfq_engine_away(q));
		/* The descriptor and its place in the epoll are the same. */
		assert_int_equal(pfq_fd(q), fd);
		assert_int_equal(wakes_of(act_put, &records), 1);
		assert_int_equal(records, 1);
		assert_false(is_woken(QUIET_MS));
		loop_leave(state);
		if (back == 1 && try)
			return;
	}
	fail_msg("%u wake-ups when the engine is back", back);
}

/* Records that are left when the engine ends are read first, and the descriptor says so. */
static void records_left(void **state)
{
	(void)state;
	loop_open(EPOLLIN);
	put(3);
	fake_die(f);
	assert_true(is_woken(0));
	by_count();
	assert_true(is_woken(0));
	assert_int_equal(read_all(), 2);
	assert_false(is_woken(50));
	fake_return(f, NULL);
	while (pfq_engine_away(q)) {
		assert_true(is_woken(LONG_MS));
		assert_int_equal(read_all(), 0);
	}
	put(2);
	assert_true(is_woken(0));
	assert_int_equal(read_all(), 2);
	assert_false(is_woken(QUIET_MS));
}

/* The records that come with the ring are found by the read that changes to it, or wake. */
static void act_return_full(void)
{
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	put(3);
	fake_answer_join(f);
}

static void comes_with_records(void **state)
{
	int records, sum = 0;

	(void)state;
	loop_open(EPOLLIN | EPOLLET);
	assert_int_equal(wakes_of(act_die, &records), 1);
	wakes_of(act_return_full, &sum);
	assert_int_equal(sum, 3);
	assert_int_equal(wakes_of(act_put, &records), 1);
	assert_int_equal(records, 1);
}

/* The program reads less than there is: the descriptor stays readable for the rest. */
static void reads_one_by_one(void **state)
{
	unsigned int got = 0;
	struct later l;

	(void)state;
	loop_open(EPOLLIN);
	fake_die(f);
	assert_int_equal(read_all(), 0);
	later(&l, 10, act_return_full);
	while (got < 3 && is_woken(LONG_MS)) {
		if (pfq_read(q, recs, 1) == 1) {
			got++;
			pfq_release(q, 1);
		}
	}
	later_done(&l);
	assert_int_equal(got, 3);
	assert_false(is_woken(QUIET_MS));
}

/* A program asks for the descriptor while the engine is away. */
static void first_asked_while_away(void **state)
{
	int prepared;

	(void)state;
	for (prepared = 0; prepared < 2; prepared++) {
		join(1, 0, false);
		sent = 0;
		if (prepared)
			assert_int_equal(pfq_fd_prepare(q), 0);
		fake_die(f);
		assert_int_equal(pfq_read(q, recs, 1), 0);
		fd = pfq_fd(q);
		assert_true(fd >= 0);
		assert_false(fake_is_readable(fd, 50));
		fake_return(f, NULL);
		while (pfq_engine_away(q)) {
			assert_true(fake_is_readable(fd, LONG_MS));
			assert_int_equal(read_all(), 0);
		}
		assert_quiet("back");
		put(1);
		assert_woken("back");
		leave(NULL);
	}
}

/* The wake-up policy goes on. */
static void policy_goes_on(void **state)
{
	(void)state;
	open_watched(1, 0);
	pfq_wakeup_set(q, 3 * 96, ~0ULL);
	fake_die(f);
	assert_int_equal(read_all(), 0);
	fake_return(f, NULL);
	while (pfq_engine_away(q)) {
		assert_true(fake_is_readable(fd, LONG_MS));
		assert_int_equal(read_all(), 0);
	}
	put(2);
	assert_false(fake_is_readable(fd, QUIET_MS));
	put(1);
	assert_woken("three records");
}

/* At the end of its time the descriptor is readable, for the error. */
static void readable_at_the_limit(void **state)
{
	uint64_t t;

	(void)state;
	f = fake_start(&(struct fake_config){ .reconnect_s = 1 });
	q = fake_join(f, false);
	fd = pfq_fd(q);
	fake_die(f);
	assert_int_equal(read_all(), 0);
	t = fake_now_ns();
	/* other calls meanwhile leave the timer as it is */
	pfq_wakeup_set(q, 1, 0);
	pfq_release(q, 0);
	assert_true(fake_is_readable(fd, LONG_MS));
	assert_in_range(elapsed_ms(t), 900, 3000);
	assert_int_equal(pfq_read(q, recs, 1), -EPIPE);
	assert_true(fake_is_readable(fd, 0));
}

static int child(void)
{
	while (pfq_engine_away(q)) {
		if (!is_woken(LONG_MS))
			return 1;
		if (pfq_read(q, recs, 1))
			return 2;
	}
	put(1);
	if (!is_woken(LONG_MS))
		return 3;
	return pfq_read(q, recs, 10) == 1 && fake_seq(recs[0]) == 1 ? 0 : 4;
}

/* The child of a fork goes on, although the parent has the old descriptors open. */
static void forked(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	loop_open(EPOLLIN);
	fake_die(f);
	fake_return(f, NULL);
	pid = fork();
	if (!pid) {
		if (pfq_read(q, recs, 1))
			_exit(9);
		_exit(child());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_wake_each),
		cmocka_unit_test_teardown(records_left, loop_leave),
		cmocka_unit_test_teardown(comes_with_records, loop_leave),
		cmocka_unit_test_teardown(reads_one_by_one, loop_leave),
		cmocka_unit_test(first_asked_while_away),
		cmocka_unit_test_teardown(policy_goes_on, leave),
		cmocka_unit_test_teardown(readable_at_the_limit, leave),
		cmocka_unit_test_teardown(forked, loop_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
