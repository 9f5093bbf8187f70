/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that workers_look() tells a worker that hangs from one that sleeps. */
/* Alone: it measures delays. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/threads.h"
#include "tests/unit/fixture/worker_rig.h"

#define PERIOD_US	300000

/* Look @count times, as a watchdog does. Returns the last result. */
static int look(struct rig *r, unsigned int count)
{
	int hung = -1;

	while (count--) {
		hung = workers_look(r->workers);
		usleep(PERIOD_US);
	}
	return hung;
}

static void test_sleeping(void **state)
{
	uint64_t before, woken;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	before = threads_switches_at_rest();
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(look(&r, 1), -1);
	/* Each call wakes each worker once. */
	woken = threads_switches_at_rest() - before;
	assert_in_range(woken, 10, 12);
	rig_free(&r);
}

static void test_hung(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	assert_int_equal(look(&r, 2), -1);
	/* worker 1 sleeps in a driver, where no kick wakes it */
	__atomic_store_n(&r.fake[1]->stop_us, 8 * PERIOD_US, __ATOMIC_RELAXED);
	fake_make(r.fake[1], 1);
	usleep(PERIOD_US);
	assert_int_equal(look(&r, 3), 1);
	__atomic_store_n(&r.fake[1]->stop_us, 0, __ATOMIC_RELAXED);
	for (int i = 0; i < 20 && look(&r, 1) >= 0; i++)
		;
	assert_int_equal(look(&r, 2), -1);
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sleeping),
		cmocka_unit_test(test_hung),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
