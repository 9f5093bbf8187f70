/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests rings that come late, without a record, in a race, or at an edge; and the system
 * calls of a read because of them.
 */
/* Alone: it measures how long a reader waits. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_calls.h"
#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"
#include "tests/unit/fixture/lib_watched.h"

/*
 * --- an engine that rings late, or without a record
 * ------------------------------------------
 */

/* Publish without a ring; a test may ring later. */
static void put_silently(void)
{
	sent++;
	assert_true(fake_record(f, 0, sent, sent, 64));
	pfq_ring_publish(&f->producer[0]);
}

static void act_send(void)
{
	assert_int_equal(send(f->bell, "", 1, 0), 1);
}

/* The engine has taken the armed word, and lost its CPU before it could send the byte. */
static void late_byte(void **state)
{
	struct pfq_reader_hdr *h;

	(void)state;
	open_watched(1, 0);
	h = f->reader_area;
	assert_int_equal(h->armed, 1);
	put_silently();
	assert_int_equal(__atomic_exchange_n(&h->armed, 0, __ATOMIC_SEQ_CST), 1);
	before_wait = act_send;
	by_count();
	assert_null(before_wait);
	assert_quiet("late byte");
	put(1);
	assert_woken("after a late byte");
	by_count();
	assert_quiet("after a late byte");
}

/* The byte comes later than any program waits for it. One empty read corrects this. */
static void very_late_byte(void **state)
{
	struct pfq_reader_hdr *h;
	uint64_t t;

	(void)state;
	open_watched(1, 0);
	h = f->reader_area;
	put_silently();
	assert_int_equal(__atomic_exchange_n(&h->armed, 0, __ATOMIC_SEQ_CST), 1);
	t = fake_now_ns();
	by_count();
	assert_in_range(elapsed_ms(t), 1, 2000);
	assert_quiet("no byte yet");
	act_send();
	assert_woken("very late byte");
	assert_int_equal(pfq_read(q, recs, 1), 0);
	assert_quiet("very late byte");
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 5000), 0);
	assert_in_range(elapsed_ms(t), 0, 2000);
	put(1);
	assert_woken("after a very late byte");
	by_count();
	assert_quiet("after a very late byte");
}

/* A program was woken but finds no record. Its read does not block, once. */
static void rung_for_nothing(void **state)
{
	uint64_t t;

	(void)state;
	open_watched(1, 0);
	act_send();
	assert_woken("a byte");
	assert_int_equal(pfq_read(q, recs, 1), 0);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 5000), 0);
	assert_in_range(elapsed_ms(t), 0, 2000);
	assert_quiet("a byte");
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 20), 0);
	assert_in_range(elapsed_ms(t), 19, 2000);
	/* A ring does not count as false if its records were read in time. */
	put(1);
	assert_int_equal(pfq_read(q, recs, 1), 1);
	assert_int_equal(pfq_read(q, recs, 1), 0);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 20), 0);
	assert_in_range(elapsed_ms(t), 19, 2000);
}

/* --- a lane that is a little behind --------------------------------------------------------- */

static void act_mark(void)
{
	fake_watermark(f, 1, 10);
}

/* Open two lanes; the second one's watermark is 5. */
static void behind_open(void)
{
	join(2, 0, false);
	fd = pfq_fd(q);
	fake_watermark(f, 1, 5);
}

/*
 * A program was woken for a record that waits for another lane. The read naps until it may
 * be taken. The thread that advances the lane may be late, so the test tries several times.
 */
static void a_nap_for_a_lane(void **state)
{
	unsigned int try;
	struct later l;
	int n;

	for (try = 0; try < 10; try++) {
		behind_open();
		fake_put(f, 0, 9, 1);
		assert_true(fake_is_readable(fd, 1000));
		later(&l, 2, act_mark);
		n = pfq_read(q, recs, 10);
		later_done(&l);
		leave(state);
		if (n == 1)
			return;
		assert_int_equal(n, 0);
	}
	fail_msg("never waited for the lane");
}

/* A read does not nap if the one before has taken a record, and it does not nap for long. */
static void no_nap_twice(void **state)
{
	unsigned int try;
	uint64_t t, ms = 0;

	for (try = 0; try < 10; try++) {
		behind_open();
		fake_put(f, 0, 4, 1);
		fake_put(f, 0, 9, 2);
		assert_int_equal(pfq_read(q, recs, 10), 1);
		t = fake_now_ns();
		assert_int_equal(pfq_read(q, recs, 10), 0);
		ms = elapsed_ms(t);
		t = fake_now_ns();
		assert_int_equal(pfq_read(q, recs, 10), 0);
		assert_in_range(elapsed_ms(t), LAG_MS / 10, LAG_MS - 1);
		leave(state);
		if (ms < 5)
			return;
	}
	fail_msg("%llu ms beside what had been taken", (unsigned long long)ms);
}

/* --- edges ------------------------------------------------------------------------------------ */

static int edges;

static int edge(int ms)
{
	struct epoll_event ev;

	return epoll_wait(edges, &ev, 1, ms);
}

static void edge_open(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };

	open_watched(1, 0);
	edges = epoll_create1(EPOLL_CLOEXEC);
	assert_int_equal(epoll_ctl(edges, EPOLL_CTL_ADD, fd, &ev), 0);
	assert_int_equal(edge(0), 0);
}

static void an_edge_for_each_ring(void **state)
{
	unsigned int i;

	(void)state;
	edge_open();
	for (i = 0; i < 5; i++) {
		put(1);
		assert_int_equal(edge(0), 1);
		assert_int_equal(edge(0), 0);
		by_count();
		assert_int_equal(edge(QUIET_MS), 0);
	}
	/* A read leaves records behind: the next record gives an edge again. */
	put(3);
	assert_int_equal(edge(0), 1);
	by_count();
	(void)edge(0);	/* an edge for the records left, or none */
	for (i = 0; i < 5; i++) {
		by_count();
		while (edge(0))
			;
		put(1);
		assert_int_equal(edge(0), 1);
	}
	close(edges);
}

/* --- a race ----------------------------------------------------------------------------------- */

#define RACE_RECORDS	20000

static atomic_bool race_over;

static void *race(void *arg)
{
	unsigned int seed = 7, i, spin;

	(void)arg;
	for (i = 0; i < RACE_RECORDS && !race_over; i++) {
		for (spin = (unsigned int)rand_r(&seed) % 3000; spin; spin--)
			__asm__ volatile("" ::: "memory");
		while (!fake_record(f, 0, i, i, 64) && !race_over)
			;
		fake_publish(f, 0);
	}
	return NULL;
}

/* One record at a time, without empty reads: no ring is lost, and none comes without a record. */
static void no_ring_is_lost_or_false(void **state)
{
	unsigned int seen = 0, vain = 0;
	pthread_t thread;
	int n;

	(void)state;
	open_watched(1, 0);
	race_over = false;
	assert_int_equal(pthread_create(&thread, NULL, race, NULL), 0);
	while (seen < RACE_RECORDS && fake_is_readable(fd, 5000)) {
		n = pfq_read(q, recs, 1);
		pfq_release(q, n);
		seen += n == 1;
		vain += n != 1;
	}
	race_over = true;
	pthread_join(thread, NULL);
	assert_int_equal(seen, RACE_RECORDS);
	assert_int_equal(vain, 0);
}

/*
 * --- the number of system calls
 * ------------------------------------------------------------------
 */

static void system_calls(void **state)
{
	unsigned int i;

	(void)state;
	open_watched(1, 0);
	/* An event loop makes one call for each ring. */
	for (i = 0; i < 10; i++) {
		put(1);
		calls = 0;
		by_count();
		assert_int_equal(calls, 1);
	}
	/* No call while records are left and the engine does not ring. */
	put(20);
	by_count();
	calls = 0;
	for (i = 0; i < 18; i++)
		by_count();
	assert_int_equal(calls, 0);
	by_count();
	assert_int_equal(calls, 1);
	assert_quiet("one by one");
	/*
	 * No call for a program that reads all in several reads. One call when it finds
	 * nothing.
	 */
	put(20);
	calls = 0;
	for (i = 0; i < 4; i++)
		assert_int_equal(pfq_read(q, recs, 5), 5);
	assert_int_equal(calls, 0);
	assert_int_equal(pfq_read(q, recs, 5), 0);
	assert_int_equal(calls, 1);
	/* No call for a program that does not use the descriptor. */
	leave(state);
	join(1, 0, false);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	put(20);
	calls = 0;
	for (i = 0; i < 20; i++)
		by_count();
	assert_int_equal(calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(late_byte, leave),
		cmocka_unit_test_teardown(very_late_byte, leave),
		cmocka_unit_test_teardown(rung_for_nothing, leave),
		cmocka_unit_test(a_nap_for_a_lane),
		cmocka_unit_test(no_nap_twice),
		cmocka_unit_test_teardown(an_edge_for_each_ring, leave),
		cmocka_unit_test_teardown(no_ring_is_lost_or_false, leave),
		cmocka_unit_test_teardown(system_calls, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
