/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests an endpoint whose engine ends while the service manager keeps its connection: the endpoint
 * joins the next engine on the same connection.
 */
#include <errno.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_away.h"
#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"

static const struct fake_config kept = { .is_kept = true, .is_exact = true };

static void same_connection(void **state)
{
	int i;

	(void)state;
	away_join(&kept);
	for (i = 0; i < 3; i++) {
		fake_put(f, 0, 10, 1);
		fake_die(f);
		/* the old ring first */
		assert_read(1, 1);
		assert_int_equal(pfq_read(q, recs, 10), 0);
		away_assert("has ended");
		fake_return(f, NULL);
		away_assert_over();
	}
	assert_int_equal(f->starts, 4);
	assert_int_equal(f->accepted, 1);
}

/* The next engine may come late. */
static void waits_for_the_engine(void **state)
{
	(void)state;
	away_join(&kept);
	away_die();
	assert_int_equal(away_read(300), 0);
	assert_int_equal(pfq_wait(q, -1, 200), 0);
	away_assert("has ended");
	fake_return(f, NULL);
	away_assert_over();
	assert_int_equal(f->accepted, 1);
}

static void act_return(void) { fake_return(f, NULL); }

static void wait_goes_on(void **state)
{
	struct later l;

	(void)state;
	away_join(&kept);
	away_die();
	later(&l, 30, act_return);
	assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	later_done(&l);
	away_assert_over();
	assert_int_equal(f->accepted, 1);
}

/* The service manager gives up: the endpoint waits for the socket. */
static void dropped(void **state)
{
	(void)state;
	away_join(&kept);
	away_die();
	assert_int_equal(away_read(20), 0);
	fake_drop_kept(f);
	assert_int_equal(away_read(50), 0);
	fake_return(f, NULL);
	away_assert_over();
	assert_int_equal(f->accepted, 2);
}

/* The service manager has kept nothing, whatever the engine said. */
static void not_kept(void **state)
{
	(void)state;
	away_join(&kept);
	fake_die(f);
	fake_drop_kept(f);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	fake_return(f, NULL);
	away_assert_over();
	assert_int_equal(f->accepted, 2);
}

/* A request does not wait for an answer that nobody gives. */
static void requests_are_put_off(void **state)
{
	static const uint64_t insns[2];
	struct pfq_error err;
	uint64_t t;

	(void)state;
	away_join(&kept);
	fake_die(f);
	t = fake_now_ns();
	assert_int_equal(pfq_filter_set(q, insns, 2, NULL, &err), 0);
	assert_int_equal(pfq_inject(q, insns, sizeof(insns), &err), -EPIPE);
	assert_non_null(strstr(err.text, "has ended"));
	assert_int_equal(pfq_read(q, recs, 10), 0);
	/* and when the connection has been taken for the next engine */
	assert_int_equal(pfq_filter_set(q, insns, 1, NULL, &err), 0);
	assert_int_equal(pfq_inject(q, insns, sizeof(insns), &err), -EPIPE);
	assert_in_range(elapsed_ms(t), 0, 500);
	fake_return(f, NULL);
	away_assert_over();
	assert_int_equal(f->filter_insns, 1);
	assert_int_equal(f->accepted, 1);
}

static void limit_of_time(void **state)
{
	struct fake_config config = kept;
	uint64_t t;

	(void)state;
	config.reconnect_s = 1;
	away_join(&config);
	t = fake_now_ns();
	away_die();
	assert_int_equal(away_read(LONG_MS), -EPIPE);
	assert_in_range(elapsed_ms(t), 900, 4000);
	away_assert("not back after 1 s");
}

static void not_wanted(void **state)
{
	struct fake_config config = kept;

	(void)state;
	config.reconnect_s = PFQ_RECONNECT_NO;
	away_join(&config);
	fake_die(f);
	assert_int_equal(pfq_read(q, recs, 10), -EPIPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(same_connection, leave),
		cmocka_unit_test_teardown(waits_for_the_engine, leave),
		cmocka_unit_test_teardown(wait_goes_on, leave),
		cmocka_unit_test_teardown(dropped, leave),
		cmocka_unit_test_teardown(not_kept, leave),
		cmocka_unit_test_teardown(requests_are_put_off, leave),
		cmocka_unit_test_teardown(limit_of_time, leave),
		cmocka_unit_test_teardown(not_wanted, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
