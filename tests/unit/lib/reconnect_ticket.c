/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the ticket that an endpoint has from its engine: it shows the ticket to the next engine, if
 * that takes tickets.
 */
#include <errno.h>
#include <unistd.h>
#include "lib/message.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_away.h"
#include "tests/unit/fixture/lib_joined.h"

#define GIVES(byte)	{ .is_exact = true, .takes_tickets = true, .ticket = (byte) }

static const struct fake_config gives_7 = GIVES(7), gives_8 = GIVES(8), gives_none = GIVES(0);
static const struct fake_config older = { .is_exact = true };

/* The engine is replaced by one of @config, and the endpoint goes on. */
static void next_engine(const struct fake_config *config, int shown)
{
	away_die();
	fake_return(f, config);
	away_assert_over();
	assert_int_equal(f->shown, shown);
}

static void shows_the_last_one(void **state)
{
	(void)state;
	away_join(&gives_7);
	assert_int_equal(f->shown, 0);
	next_engine(&gives_7, 7);
	next_engine(&gives_8, 7);
	next_engine(&gives_8, 8);
}

/* An engine without tickets gets none, and the one after it may know the ticket. */
static void to_an_older_engine(void **state)
{
	(void)state;
	away_join(&gives_7);
	next_engine(&older, 0);
	next_engine(&gives_none, 7);
	next_engine(&gives_8, 7);
	next_engine(&gives_7, 8);
}

static void from_an_older_engine(void **state)
{
	(void)state;
	away_join(&older);
	next_engine(&gives_7, 0);
	next_engine(&gives_7, 7);
}

/* A ticket of another size is none. */
static void malformed(void **state)
{
	struct fake_config config = gives_7;

	(void)state;
	config.ticket_bytes = PFQ_TICKET_BYTES - 1;
	away_join(&config);
	next_engine(&gives_8, 0);
	next_engine(&config, 8);
	next_engine(&gives_none, 8);
}

/* The engine refuses the JOIN for a while. */
static void refused_at_first(void **state)
{
	struct fake_config config = gives_7;

	(void)state;
	away_join(&gives_7);
	away_die();
	config.join_error = -EACCES;
	fake_return(f, &config);
	while (f->joins < 3)
		assert_int_equal(away_read(20), 0);
	assert_int_equal(f->shown, 7);
	f->config.join_error = 0;
	away_assert_over();
	assert_int_equal(f->shown, 7);
}

static void on_a_kept_connection(void **state)
{
	struct fake_config config = gives_7;

	(void)state;
	config.is_kept = true;
	away_join(&config);
	next_engine(&config, 7);
	assert_int_equal(f->accepted, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(shows_the_last_one, leave),
		cmocka_unit_test_teardown(to_an_older_engine, leave),
		cmocka_unit_test_teardown(from_an_older_engine, leave),
		cmocka_unit_test_teardown(malformed, leave),
		cmocka_unit_test_teardown(refused_at_first, leave),
		cmocka_unit_test_teardown(on_a_kept_connection, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
