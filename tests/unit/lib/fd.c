/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the selectable descriptor: whatever a program waits with, it misses no ring. */
/* Alone: it measures how long a reader waits. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"

static void act_put(void) { fake_put(f, 0, 100, 1); }

static int by_poll(int fd, int ms)
{
	return fake_is_readable(fd, ms);
}

static int by_select(int fd, int ms)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &t);
}

static int by_epoll(int fd, int ms)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int e = epoll_create1(0), n;

	assert_int_equal(epoll_ctl(e, EPOLL_CTL_ADD, fd, &ev), 0);
	n = epoll_wait(e, &ev, 1, ms);
	close(e);
	return n;
}

static int (*const readable_by[])(int fd, int ms) = { by_poll, by_select, by_epoll };

static void fd_readable(void **state)
{
	struct later l;
	unsigned int i;
	int fd;

	for (i = 0; i < 3; i++) {
		join(2, 0, false);
		fake_watermark(f, 1, PFQ_LANE_UNFED);
		fd = pfq_fd(q);
		assert_int_equal(f->starts, 1);
		assert_true(fd >= 0);
		assert_int_equal(pfq_fd(q), fd);
		assert_int_equal(readable_by[i](fd, 0), 0);
		later(&l, 20, act_put);
		assert_int_equal(readable_by[i](fd, 5000), 1);
		later_done(&l);
		/* The descriptor is level-triggered: it stays readable. */
		assert_int_equal(readable_by[i](fd, 0), 1);
		fake_put(f, 0, 200, 2);
		fake_put(f, 0, 300, 3);
		assert_int_equal(pfq_read(q, recs, 1), 1);
		assert_int_equal(readable_by[i](fd, 0), 1);
		assert_int_equal(pfq_read(q, recs, 10), 2);
		assert_int_equal(pfq_read(q, recs, 10), 0);
		assert_int_equal(readable_by[i](fd, 0), 0);
		assert_int_equal(readable_by[i](fd, 30), 0);
		fake_put(f, 0, 400, 4);
		assert_int_equal(readable_by[i](fd, 0), 1);
		leave(state);
	}
}

static void fd_on_a_full_ring(void **state)
{
	int fd;

	(void)state;
	join(1, 0, false);
	fake_put(f, 0, 1, 1);
	fake_put(f, 0, 2, 2);
	fd = pfq_fd(q);
	assert_true(fake_is_readable(fd, 0));
	/* The doorbell was not armed, so the engine did not ring for the rest. */
	assert_int_equal(pfq_read(q, recs, 2), 2);
	assert_int_equal(pfq_read(q, recs, 2), 0);
	assert_false(fake_is_readable(fd, 0));
	fake_record(f, 0, 3, 3, 64);
	fake_record(f, 0, 4, 4, 64);
	pfq_ring_publish(&f->producer[0]);	/* the engine has not rung yet */
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), 0);
	assert_false(fake_is_readable(fd, 0));
	/* Some records are released: others are still to be read. */
	fake_put(f, 0, 5, 5);
	fake_put(f, 0, 6, 6);
	assert_int_equal(pfq_read(q, recs, 2), 2);
	pfq_release(q, 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 2), 1);
}

static void fd_waits_for_watermark(void **state)
{
	uint64_t t;
	int fd, looks = 0, n;

	(void)state;
	join(2, 0, false);
	fd = pfq_fd(q);
	fake_put(f, 0, 10, 1);
	t = fake_now_ns();
	while (!(n = pfq_read(q, recs, 10))) {
		assert_int_equal(by_poll(fd, 1000), 1);
		looks++;
	}
	assert_int_equal(n, 1);
	assert_in_range(elapsed_ms(t), LAG_MS, LAG_MS + 1000);
	/* The thread does not spin: it wakes a few times in each period of the watermark. */
	assert_in_range(looks, 1, 4 * PFQ_LAG_MAX_NS / PFQ_WATERMARK_NS);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	assert_false(fake_is_readable(fd, 20));
}

static void fd_obeys_policy(void **state)
{
	uint64_t t;
	int fd;

	(void)state;
	join(1, 0, false);
	pfq_wakeup_set(q, 960, 40 * MS);
	fd = pfq_fd(q);
	t = fake_now_ns();
	fake_put(f, 0, 1, 1);
	assert_false(fake_is_readable(fd, 0));
	usleep(45000);
	fake_timer(f, 0);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	assert_false(fake_is_readable(fd, 0));
	/* The record came while the doorbell was not armed: the handle's own timer must fire. */
	pfq_wakeup_set(q, 960, 40 * MS);
	fake_record(f, 0, 2, 2, 64);
	pfq_ring_publish(&f->producer[0]);
	t = fake_now_ns();
	pfq_wakeup_set(q, 960, 40 * MS);
	assert_true(fake_is_readable(fd, 5000));
	assert_in_range(elapsed_ms(t), 39, 2000);
	/* The wake-up policy changes while the program waits. */
	pfq_wakeup_set(q, 1, 0);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	pfq_wakeup_set(q, 32000, ~0ULL);
	fake_put(f, 0, 3, 3);
	assert_false(fake_is_readable(fd, 20));
	pfq_wakeup_set(q, 1, 0);
	assert_true(fake_is_readable(fd, 0));
}

/* A program uses the descriptor and pfq_wait() with one endpoint. */
static void fd_and_wait(void **state)
{
	struct later l;
	int fd;

	(void)state;
	join(1, 0, false);
	fd = pfq_fd(q);
	later(&l, 10, act_put);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	later_done(&l);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_wait(q, -1, 5), 0);
	assert_false(fake_is_readable(fd, 0));
	fake_put(f, 0, 1, 1);
	assert_true(fake_is_readable(fd, 0));
	assert_int_equal(pfq_wait(q, -1, 5), 1);
	assert_true(fake_is_readable(fd, 0));
}

/* --- races ----------------------------------------------------------------------------------- */

#define RACE_RECORDS	20000

static atomic_bool race_failed;

/*
 * Publishes each record when the one before has been released, that is, while the consumer
 * goes to sleep. If a ring is lost, no other ring comes after it.
 */
static void *race_producer(void *arg)
{
	struct pfq_producer *p = &f->producer[0];
	unsigned int seed = 3, i, spin;

	(void)arg;
	for (i = 0; i < RACE_RECORDS && !race_failed; i++) {
		while (pfq_ring_unread(p) && !race_failed)
			sched_yield();
		for (spin = (unsigned int)rand_r(&seed) % 1500; spin; spin--)
			__asm__ volatile("" ::: "memory");
		fake_put(f, 0, i, i);
	}
	return NULL;
}

static void no_ring_is_lost(void **state)
{
	unsigned int seen, way;
	pthread_t thread;
	int n, fd = -1;

	for (way = 0; way < 2; way++) {
		join(1, 0, false);
		seen = 0;
		race_failed = false;
		if (way)
			fd = pfq_fd(q);
		assert_int_equal(pthread_create(&thread, NULL, race_producer, NULL), 0);
		while (seen < RACE_RECORDS && !race_failed) {
			n = pfq_read(q, recs, 4);
			seen += n > 0 ? (unsigned int)n : 0;
			if (n)
				race_failed = n < 0;
			else if (way ? !fake_is_readable(fd, 5000) : pfq_wait(q, -1, 5000) != 1)
				race_failed = true;
		}
		pthread_join(thread, NULL);
		if (race_failed)
			fail_msg("way %u: no ring after record %u", way, seen);
		leave(state);
	}
}

/* An endpoint without packets sleeps without any timer. */
static void idle_costs_nothing(void **state)
{
	struct rusage a, b;
	int fd;

	(void)state;
	join(4, 0, false);
	fd = pfq_fd(q);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	getrusage(RUSAGE_THREAD, &a);
	assert_int_equal(by_poll(fd, 300), 0);
	assert_int_equal(pfq_wait(q, -1, 300), 0);
	getrusage(RUSAGE_THREAD, &b);
	assert_in_range(b.ru_nvcsw - a.ru_nvcsw, 0, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fd_readable),
		cmocka_unit_test_teardown(fd_on_a_full_ring, leave),
		cmocka_unit_test_teardown(fd_waits_for_watermark, leave),
		cmocka_unit_test_teardown(fd_obeys_policy, leave),
		cmocka_unit_test_teardown(fd_and_wait, leave),
		cmocka_unit_test(no_ring_is_lost),
		cmocka_unit_test_teardown(idle_costs_nothing, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
