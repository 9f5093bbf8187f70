/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests that an endpoint keeps over the end of its engine what its program has set, and the
 * statistics.
 */
#include <errno.h>
#include <unistd.h>
#include "lib/client.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_away.h"
#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"

static struct pfq_error err;
static const uint64_t insns[3];

/* --- what is asked for again -------------------------------------------------------------- */

static void asks_for_the_same(void **state)
{
	struct pfq_params params = { .group = "ids", .name = "probe" };

	(void)state;
	f = fake_start(&(struct fake_config){ .is_exact = true });
	params.socket = f->path;
	assert_int_equal(pfq_open(&q, &params, &err), 0);
	assert_int_equal(pfq_filter_set(q, insns, 3, NULL, &err), 0);
	assert_int_equal(pfq_direction_set(q, PFQ_DIRECTION_OUT, NULL, &err), 0);
	away_die();
	f->filter_insns = f->direction = 0;
	memset(f->name, 0, sizeof(f->name));
	fake_return(f, NULL);
	away_until(!pfq_engine_away(q), "the engine to be back");
	assert_string_equal(f->name, "probe");
	assert_string_equal(pfq_name(q), "probe");
	assert_int_equal(f->filter_insns, 3);
	assert_int_equal(f->direction, PFQ_DIRECTION_OUT);
	/* the first read of all has started it */
	assert_int_equal(f->starts, 1);
}

/* Settings that a program makes without an engine: the next one gets them. */
static void set_while_away(void **state)
{
	uint64_t positions[PFQ_LANES_MAX];

	(void)state;
	away_join(&(struct fake_config){ .lanes = 2 });
	fake_put(f, 1, 10, 1);
	fake_die(f);
	assert_int_equal(pfq_filter_set(q, insns, 2, positions, &err), 0);
	/* all records in the ring are older */
	assert_int_equal(positions[0], 0);
	assert_int_equal(positions[1], 96);
	assert_int_equal(pfq_read(q, recs, 10), 1);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	assert_int_equal(pfq_direction_set(q, PFQ_DIRECTION_IN, NULL, &err), 0);
	assert_int_equal(pfq_inject(q, insns, sizeof(insns), &err), -EPIPE);
	f->filter_insns = 0;
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	f->config.is_exact = true;
	away_until(f->kept_bytes, "a JOIN");
	/* while the next engine is at work, too */
	assert_int_equal(pfq_filter_set(q, insns, 1, NULL, &err), 0);
	fake_answer_join(f);
	away_assert_over();
	assert_int_equal(f->filter_insns, 1);
	assert_int_equal(f->direction, PFQ_DIRECTION_IN);
	/* and removes it: the next engine has none at all */
	assert_int_equal(pfq_filter_set(q, NULL, 0, NULL, &err), 0);
	away_die();
	f->filter_insns = 9;
	fake_return(f, &(struct fake_config){ .is_exact = true });
	away_assert_over();
	assert_int_equal(f->filter_insns, 0);
}

/* A filter changes when the next engine has it already, but no read has come. */
static void set_when_ready(void **state)
{
	(void)state;
	away_join(&(struct fake_config){ .is_exact = true });
	assert_int_equal(pfq_filter_set(q, insns, 2, NULL, &err), 0);
	away_die();
	fake_return(f, NULL);
	assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	assert_int_equal(f->filter_insns, 2);
	assert_int_equal(pfq_filter_set(q, NULL, 0, NULL, &err), 0);
	away_until(!pfq_engine_away(q), "the engine to be back");
	assert_int_equal(f->filter_insns, 0);
}

/* The JOIN has the filter: the program gets each record that the engine delivers after it. */
static void records_from_the_join_on(void **state)
{
	struct pfq_stats stats;
	int n = 0;

	(void)state;
	away_join(NULL);
	assert_int_equal(pfq_filter_set(q, insns, 2, NULL, &err), 0);
	away_die();
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	fake_put(f, 0, 1, 1);
	fake_put(f, 0, 2, 2);
	away_until(f->kept_bytes, "a JOIN");
	fake_answer_join(f);
	while (!n)
		n = pfq_read(q, recs, 10);
	assert_int_equal(n, 2);
	assert_int_equal(fake_seq(recs[0]), 1);
	assert_int_equal(fake_seq(recs[1]), 2);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 2);
	assert_int_equal(stats.read, 2);
}

/*
 * The program sets a filter while the JOIN is at work. Records that the engine delivers before it
 * has that filter are not the program's.
 */
static void unfiltered_records(void **state)
{
	struct pfq_stats stats;
	int n;

	(void)state;
	away_join(NULL);
	assert_int_equal(pfq_filter_set(q, insns, 2, NULL, &err), 0);
	away_die();
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	/* The fake engine answers that the filter begins at 32, and publishes later. */
	fake_record(f, 0, 1, 1, 0);
	away_until(f->kept_bytes, "a JOIN");
	assert_int_equal(pfq_filter_set(q, insns, 1, NULL, &err), 0);
	fake_answer_join(f);
	assert_int_equal(away_read(50), 0);
	away_assert("");
	fake_record(f, 0, 2, 2, 64);
	pfq_ring_publish(&f->producer[0]);
	limit_until((n = pfq_read(q, recs, 10)) || !pfq_engine_away(q), "the first record");
	assert_int_equal(n, 1);
	assert_null(pfq_engine_away(q));
	assert_int_equal(fake_seq(recs[0]), 2);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 2);
	assert_int_equal(stats.read, 2);
}

/* --- statistics ---------------------------------------------------------------------------- */

static void statistics_go_on(void **state)
{
	struct pfq_stats stats;
	uint64_t lost;
	int i;

	(void)state;
	away_join(NULL);
	f->lost = 0;
	for (i = 1; i <= 3; i++) {
		fake_put(f, 0, 1, 1);
		fake_put(f, 0, 2, 2);
		assert_read(2, 1, 2);
		f->lost += 5;
		assert_int_equal(pfq_ingest_lost(q, &lost), 0);
		assert_int_equal(lost, 5 * i);
		/* killed between the records and their counters */
		fake_record(f, 0, 3, 3, 64);
		f->producer[0].counters[PFQ_ENDPOINT_delivered]--;
		f->producer[0].counters[PFQ_ENDPOINT_offered]--;
		pfq_ring_publish(&f->producer[0]);
		assert_read(1, 3);
		away_die();
		assert_int_equal(pfq_ingest_lost(q, &lost), -EPIPE);
		pfq_stats_get(q, &stats);
		assert_true(stats.counters[PFQ_ENDPOINT_offered] >= (uint64_t)(4 * i) - 2);
		/* the next engine has lost packets before our JOIN */
		f->lost = 1000;
		fake_return(f, NULL);
		away_assert_over();
		pfq_stats_get(q, &stats);
		assert_int_equal(stats.counters[PFQ_ENDPOINT_offered], 4 * i);
		assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], 4 * i);
		assert_int_equal(stats.read + stats.unread, 4 * i);
	}
}

/* A thread that reads the statistics of a ring may go on when the reader has another one. */
static void ring_stays_for_a_counter(void **state)
{
	const struct pfq_rec *old;
	struct pfq_stats stats;

	(void)state;
	away_join(NULL);
	fake_put(f, 0, 10, 5);
	assert_read(1, 5);
	old = recs[0];
	atomic_fetch_add(&q->counting, 1);
	away_die();
	fake_return(f, NULL);
	away_assert_over();
	/* the memory is still there */
	assert_int_equal(fake_seq(old), 5);
	assert_non_null(q->ended);
	atomic_fetch_sub(&q->counting, 1);
	away_die();
	fake_return(f, NULL);
	away_assert_over();
	assert_null(q->ended);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_offered], 3);
}

static atomic_bool counts;

static void *count(void *arg)
{
	struct pfq_stats stats;
	uint64_t last = 0;

	while (counts) {
		pfq_stats_get(q, &stats);
		if (stats.counters[PFQ_ENDPOINT_offered] < last)
			return arg;
		last = stats.counters[PFQ_ENDPOINT_offered];
	}
	return NULL;
}

/* Another thread asks for statistics all the time, while rings come and go. They never fall. */
static void counted_by_another_thread(void **state)
{
	pthread_t thread;
	void *failed;
	int i;

	(void)state;
	away_join(NULL);
	counts = true;
	assert_int_equal(pthread_create(&thread, NULL, count, q), 0);
	for (i = 0; i < 30; i++) {
		away_die();
		fake_return(f, NULL);
		away_assert_over();
	}
	counts = false;
	pthread_join(thread, &failed);
	assert_null(failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(asks_for_the_same, leave),
		cmocka_unit_test_teardown(set_while_away, leave),
		cmocka_unit_test_teardown(set_when_ready, leave),
		cmocka_unit_test_teardown(records_from_the_join_on, leave),
		cmocka_unit_test_teardown(unfiltered_records, leave),
		cmocka_unit_test_teardown(statistics_go_on, leave),
		cmocka_unit_test_teardown(ring_stays_for_a_counter, leave),
		cmocka_unit_test_teardown(counted_by_another_thread, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
