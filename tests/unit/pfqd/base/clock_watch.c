/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests what notices that the clock was set. The clock of the test is set, not that of the machine.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "pfqd/base/clock_watch.h"

#define MS	1000000LL

static int64_t ahead_ns;	/* added to the clock */
static int64_t pause_ns;	/* added to both clocks from one read to the next */
static int64_t paused_ns;
static bool is_cancelled;	/* the kernel has cancelled the timer */
static int timer = -1;

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
ssize_t __real_read(int fd, void *buf, size_t n);
ssize_t __wrap_read(int fd, void *buf, size_t n);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	int ret = __real_clock_gettime(clock, t);
	int64_t ns;

	paused_ns += pause_ns;
	ns = t->tv_sec * 1000 * MS + t->tv_nsec + paused_ns;
	if (clock == CLOCK_REALTIME)
		ns += ahead_ns;
	*t = (struct timespec){ (time_t)(ns / (1000 * MS)), (long)(ns % (1000 * MS)) };
	return ret;
}

ssize_t __wrap_read(int fd, void *buf, size_t n)
{
	if (fd != timer || !is_cancelled)
		return __real_read(fd, buf, n);
	is_cancelled = false;
	errno = ECANCELED;
	return -1;
}

static struct clock_watch start(void)
{
	struct clock_watch w;

	assert_int_equal(clock_watch_open(&w), 0);
	timer = w.fd;
	assert_int_equal(clock_watch_look(&w), 0);
	return w;
}

static void stop(struct clock_watch *w)
{
	clock_watch_close(w);
	assert_int_equal(w->fd, -1);
}

/* A step counts once, in each direction. A clock that goes on does not count. */
static void test_steps(void **state)
{
	static const int64_t steps[] = { 3600000, -60000, -2, 2, -86400000 };
	struct clock_watch w = start();

	(void)state;
	for (unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ahead_ns += steps[i] * MS;
		assert_int_equal(clock_watch_look(&w), i + 1);
		assert_int_equal(clock_watch_look(&w), i + 1);
	}
	usleep(20000);
	assert_int_equal(clock_watch_look(&w), 5);
	ahead_ns = 0;
	stop(&w);
}

/* The clock was set and put right again: only the timer shows that. */
static void test_put_right(void **state)
{
	struct clock_watch w = start();

	(void)state;
	is_cancelled = true;
	assert_int_equal(clock_watch_look(&w), 1);
	assert_int_equal(clock_watch_look(&w), 1);
	/* both signs of one step count once */
	is_cancelled = true;
	ahead_ns = 5000 * MS;
	assert_int_equal(clock_watch_look(&w), 2);
	assert_int_equal(clock_watch_look(&w), 2);
	ahead_ns = 0;
	stop(&w);
}

/* A thread that is always stopped between two clocks cannot tell: the clock counts as set. */
static void test_stopped(void **state)
{
	struct clock_watch w = start();

	(void)state;
	pause_ns = 10 * MS;
	assert_int_equal(clock_watch_look(&w), 1);
	pause_ns = 0;
	assert_int_equal(clock_watch_look(&w), 1);
	stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_put_right),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
