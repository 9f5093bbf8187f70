// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Tests pacing with a simulated clock. Only the last test waits in real time. */
/* Alone: it measures rates. */
#include "tests/unit/fixture/check.h"
#include "tools/common/pace.h"

#define NSEC_PER_SEC 1000000000ull
#define START	     (1000 * NSEC_PER_SEC)

static void flat_out_everything_is_due(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 0, START);
	assert_int_equal(pace_due(&p, START, 64), 64);
	assert_int_equal(pace_due(&p, START, 64), 64);
	assert_true(pace_wait(&p, 1000000));
}

static void the_mean_is_the_rate(void **state)
{
	static const uint64_t rates[] = { 1, 3, 1000, 999983, 123456789, 1000000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		uint64_t sent = 0, random = 1, now = START;
		struct pace p;

		pace_start(&p, rates[i], START);
		while (now < START + 10 * NSEC_PER_SEC) {
			sent += pace_due(&p, now, UINT64_MAX);
			now += check_random(&random) % 40000000;
		}
		now = START + 10 * NSEC_PER_SEC;
		sent += pace_due(&p, now, UINT64_MAX);
		assert_int_equal(sent, rates[i] * 10 + 1); /* the first packet is due at once */
	}
}

static void a_long_day_does_not_overflow(void **state)
{
	const uint64_t day = 86400 * NSEC_PER_SEC, rate = 1000000000;
	struct pace p;
	uint64_t sent = 0;

	(void)state;
	pace_start(&p, rate, START);
	for (uint64_t now = START; now <= START + 10 * day; now += PACE_BACKLOG_NS / 2)
		sent += pace_due(&p, now, UINT64_MAX);
	assert_int_equal(sent, rate * 86400 * 10 + 1);
}

static void lost_time_is_made_up_for_within_limits(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 1000, START);
	assert_int_equal(pace_due(&p, START, 100000), 1);
	assert_int_equal(pace_due(&p, START + PACE_BACKLOG_NS, 100000), 100);
	/* Ten seconds late: no more packets than the backlog allows. */
	assert_int_equal(pace_due(&p, START + 10 * NSEC_PER_SEC, 100000), 101);
	assert_int_equal(pace_due(&p, START + 10 * NSEC_PER_SEC, 100000), 0);
	assert_int_equal(pace_due(&p, START + 11 * NSEC_PER_SEC - 900000000, 100000), 100);
}

static void what_was_not_sent_is_due_again(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 1000, START);
	assert_int_equal(pace_due(&p, START + 9000000, 64), 10);
	pace_return(&p, 4);
	assert_int_equal(pace_due(&p, START + 9000000, 64), 4);
	pace_return(&p, 400);
	assert_int_equal(pace_due(&p, START + 9000000, 64), 10);
}

static void waiting_ends_when_it_is_due(void **state)
{
	uint64_t start = pace_now(), sent = 0;
	struct pace p;

	(void)state;
	pace_start(&p, 500, start);
	while (sent < 50) {
		if (!pace_wait(&p, 1))
			continue;
		assert_true(pace_now() >= start + sent * (NSEC_PER_SEC / 500));
		sent += pace_due(&p, pace_now(), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_out_everything_is_due),
		cmocka_unit_test(the_mean_is_the_rate),
		cmocka_unit_test(a_long_day_does_not_overflow),
		cmocka_unit_test(lost_time_is_made_up_for_within_limits),
		cmocka_unit_test(what_was_not_sent_is_due_again),
		cmocka_unit_test(waiting_ends_when_it_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
