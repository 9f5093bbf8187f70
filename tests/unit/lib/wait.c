/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that pfq_wait() sleeps and is woken. */
/* Alone: it measures how long a reader waits. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"

static void act_put(void) { fake_put(f, 0, 100, 1); }
static void act_mark(void) { fake_watermark(f, 1, 1000); }

static void wait_times_out(void **state)
{
	uint64_t t = fake_now_ns();

	(void)state;
	join(1, 0, false);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 30), 0);
	assert_in_range(elapsed_ms(t), 29, 2000);
	assert_int_equal(f->starts, 1);
}

static void wait_is_rung(void **state)
{
	struct later l;
	uint64_t t;

	(void)state;
	join(2, 0, false);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	t = fake_now_ns();
	later(&l, 30, act_put);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 29, 1000);
	later_done(&l);
	/* pfq_wait() returns 1 at each call until the record has been read. */
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
}

/* The record was there before the sleep: the doorbell did not ring for it. */
static void wait_looks_first(void **state)
{
	(void)state;
	join(1, 0, false);
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, -1), 1);
}

static void wait_extra_fd(void **state)
{
	int p[2];

	(void)state;
	join(1, 0, false);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pfq_wait(q, p[0], 0), 0);
	assert_int_equal(write(p[1], "", 1), 1);
	assert_int_equal(pfq_wait(q, p[0], -1), 2);
	close(p[0]);
	close(p[1]);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void wait_is_interrupted(void **state)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	/* Signals come repeatedly, because one may come before the wait. */
	struct itimerval it = { { 0, 20000 }, { 0, 20000 } }, never = { { 0, 0 }, { 0, 0 } };

	(void)state;
	join(1, 0, false);
	assert_int_equal(pfq_wait(q, -1, 0), 0);	/* starts the wait */
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	assert_int_equal(pfq_wait(q, -1, 5000), -EINTR);
	setitimer(ITIMER_REAL, &never, NULL);
}

/*
 * Records wait for another lane's watermark. pfq_wait() does not return too early, and
 * sleeps neither for ever nor until the reader gives up on the lane. A thread on a busy
 * machine may be later than that, so the test tries several times.
 */
static void wait_for_watermark(void **state)
{
	unsigned int try;
	struct later l;
	uint64_t t, ms;

	for (try = 0; try < 10; try++) {
		join(2, 0, false);
		assert_int_equal(pfq_wait(q, -1, 0), 0);
		fake_put(f, 0, 10, 1);
		t = fake_now_ns();
		later(&l, 8, act_mark);
		assert_int_equal(pfq_wait(q, -1, 5000), 1);
		ms = elapsed_ms(t);
		later_done(&l);
		assert_int_equal(pfq_read(q, recs, 10), 1);
		leave(state);
		if (ms >= 7 && ms < LAG_MS)
			return;
	}
	fail_msg("the last try took %llu ms", (unsigned long long)ms);
}

static void wait_gives_up_on_a_lane(void **state)
{
	uint64_t t;

	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), LAG_MS, LAG_MS + 1000);
	assert_int_equal(pfq_read(q, recs, 10), 1);
}

static void policy_threshold(void **state)
{
	struct later l;
	unsigned int i;

	(void)state;
	join(2, 0, false);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	pfq_wakeup_set(q, 960, ~0ULL);
	for (i = 0; i < 9; i++) {
		fake_put(f, 0, i, i);
		assert_int_equal(pfq_wait(q, -1, 1), 0);
	}
	/* The tenth record of 96 bytes reaches the threshold. */
	later(&l, 20, act_put);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	later_done(&l);
	assert_int_equal(pfq_read(q, recs, 100), 10);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	/* A threshold larger than a lane means half of the lane. */
	pfq_wakeup_set(q, 0xffffffff, ~0ULL);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	for (i = 0; i < 65536 / 2 / 96 + 1; i++)
		assert_true(fake_record(f, 0, i, i, 64));
	pfq_ring_publish(&f->producer[0]);	/* the engine does not ring */
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	/* A threshold of 0 means 1. */
	assert_true(pfq_read(q, recs, 4096) > 0);
	pfq_wakeup_set(q, 0, ~0ULL);
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
}

static void policy_delay(void **state)
{
	uint64_t t;

	(void)state;
	join(1, 0, false);
	pfq_wakeup_set(q, 32000, 1000 * MS);
	t = fake_now_ns();
	fake_put(f, 0, 1, 1);
	/*
	 * The record came before the sleep, so the engine has no timer for it: the handle's
	 * own must fire.
	 */
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 999, 3000);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	/* A timeout in between does not restart the delay. */
	t = fake_now_ns();
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, 20), 0);
	assert_int_equal(pfq_wait(q, -1, 20), 0);
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 999, 3000);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	/* A read that finds records restarts it. */
	fake_put(f, 0, 1, 1);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	assert_int_equal(pfq_read(q, recs, 10), 1);
}

/*
 * The engine rings by its own timer. The handle accepts that ring: the record was older
 * than its own look.
 */
static void policy_engine_timer(void **state)
{
	uint64_t t;

	(void)state;
	join(1, 0, false);
	pfq_wakeup_set(q, 32000, 400 * MS);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	fake_put(f, 0, 1, 1);
	usleep(405000);
	fake_timer(f, 0);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 5000), 1);
	assert_in_range(elapsed_ms(t), 0, 300);
}

/* Old bytes in the doorbell cost one look only. */
static void stale_bytes(void **state)
{
	struct rusage a, b;
	int i;

	(void)state;
	join(1, 0, false);
	assert_int_equal(pfq_wait(q, -1, 1), 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(send(f->bell, "", 1, MSG_DONTWAIT), 1);
	getrusage(RUSAGE_THREAD, &a);
	assert_int_equal(pfq_wait(q, -1, 100), 0);
	getrusage(RUSAGE_THREAD, &b);
	assert_in_range(b.ru_nvcsw - a.ru_nvcsw, 0, 10);
	assert_in_range((b.ru_utime.tv_sec - a.ru_utime.tv_sec) * 1000000 +
			b.ru_utime.tv_usec - a.ru_utime.tv_usec, 0, 20000);
	assert_false(fake_is_readable(pfq_fd(q), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(wait_times_out, leave),
		cmocka_unit_test_teardown(wait_is_rung, leave),
		cmocka_unit_test_teardown(wait_looks_first, leave),
		cmocka_unit_test_teardown(wait_extra_fd, leave),
		cmocka_unit_test_teardown(wait_is_interrupted, leave),
		cmocka_unit_test(wait_for_watermark),
		cmocka_unit_test_teardown(wait_gives_up_on_a_lane, leave),
		cmocka_unit_test_teardown(policy_threshold, leave),
		cmocka_unit_test_teardown(policy_delay, leave),
		cmocka_unit_test_teardown(policy_engine_timer, leave),
		cmocka_unit_test_teardown(stale_bytes, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
