/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests that an endpoint goes on with the next engine: by which states it gets there, and what it
 * gives up for.
 */
#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_away.h"
#include "tests/unit/fixture/lib_joined.h"
#include "tests/unit/fixture/lib_later.h"

static bool has_inotify;

int __real_inotify_init1(int flags);
int __wrap_inotify_init1(int flags);

int __wrap_inotify_init1(int flags)
{
	if (has_inotify)
		return __real_inotify_init1(flags);
	errno = EMFILE;
	return -1;
}

static int setup(void **state)
{
	(void)state;
	has_inotify = true;
	return 0;
}

/* --- the way back --------------------------------------------------------------------- */

static void goes_on(void **state)
{
	int i;

	(void)state;
	away_join(NULL);
	for (i = 0; i < 3; i++) {
		fake_put(f, 0, 10, 1);
		fake_put(f, 0, 11, 2);
		fake_die(f);
		/* the old ring first */
		assert_int_equal(pfq_read(q, recs, 1), 1);
		assert_read(1, 2);
		assert_int_equal(pfq_read(q, recs, 10), 0);
		away_assert("has ended");
		if (i == 1)
			fake_unlink(f);
		fake_return(f, NULL);
		away_assert_over();
	}
	assert_int_equal(f->starts, 4);
	assert_string_equal(pfq_group(q), "ids");
}

/* The engine lives on without the group: the reason is its own. A later end is an end again. */
static void goes_on_after_removal(void **state)
{
	(void)state;
	away_join(NULL);
	away_remove();
	assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	away_assert("pfqd on /");
	away_assert(": group ids is no more");
	fake_return(f, NULL);
	away_assert_over();
	away_die();
	fake_return(f, NULL);
	away_assert_over();
}

/* The records that a program holds stay where they are until its next read. */
static void records_stay_in_a_wait(void **state)
{
	struct pfq_stats stats;

	(void)state;
	away_join(NULL);
	fake_put(f, 0, 10, 5);
	assert_read(1, 5);
	fake_die(f);
	fake_return(f, NULL);
	while (f->joins < 2)
		assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	away_assert("");
	assert_int_equal(fake_seq(recs[0]), 5);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 0);
	away_assert_over();
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 1);
}

static void act_return(void) { fake_return(f, NULL); }
static void act_die(void) { fake_die(f); }

static void wait_goes_on(void **state)
{
	struct later l;
	uint64_t t;
	int p[2];

	(void)state;
	away_join(NULL);
	later(&l, 20, act_die);
	/* once for the end of the engine */
	assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	away_assert("has ended");
	later_done(&l);
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 100), 0);
	assert_in_range(elapsed_ms(t), 99, 3000);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "", 1), 1);
	assert_int_equal(pfq_wait(q, p[0], -1), 2);
	close(p[0]);
	close(p[1]);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	t = fake_now_ns();
	later(&l, 30, act_return);
	assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	assert_in_range(elapsed_ms(t), 20, 2000);
	later_done(&l);
	away_assert_over();
	assert_int_equal(pfq_wait(q, -1, 5), 0);
}

static void remove_folder(void)
{
	fake_unlink(f);
	assert_int_equal(rmdir(f->dir), 0);
}

/*
 * The folder of the socket goes away, and comes again. inotify tells that before the timer does. A
 * busy machine may be late, so the test tries several times.
 */
static void folder_away(void **state)
{
	uint64_t t, ms = ~0ULL;
	int try;

	(void)state;
	away_join(NULL);
	for (try = 0; try < 10 && ms > 150; try++) {
		fake_die(f);
		remove_folder();
		assert_int_equal(away_read(50), 0);
		fake_return(f, NULL);
		t = fake_now_ns();
		away_assert_over();
		ms = elapsed_ms(t);
	}
	assert_in_range(ms, 0, 150);
	away_die();
	remove_folder();
	fake_return(f, NULL);
	away_assert_over();
}

/* A sandbox, or too many users of inotify: a timer does. */
static void no_inotify(void **state)
{
	(void)state;
	has_inotify = false;
	away_join(NULL);
	fake_die(f);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	away_assert("nothing listens on");
	fake_return(f, NULL);
	away_assert_over();
	fake_die(f);
	assert_int_equal(pfq_read(q, recs, 10), 0);
	fake_return(f, NULL);
	while (f->joins < 3)
		assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
}

/* The group is missing at first, or another process has the name: wait and try again. */
static void refused(void **state)
{
	static const int errors[] = { -ENOENT, -EEXIST, -EACCES, -ENOMEM };
	size_t i;

	(void)state;
	away_join(NULL);
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		away_die();
		f->joins = 0;
		fake_return(f, &(struct fake_config){ .join_error = errors[i] });
		assert_int_equal(away_read(900), 0);
		away_assert("not now");
		assert_in_range(f->joins, 2, 4);
		f->config.join_error = 0;
		away_assert_over();
	}
}

/* While JOIN is refused, the engine ends again. */
static void refused_and_gone(void **state)
{
	(void)state;
	away_join(NULL);
	away_die();
	fake_return(f, &(struct fake_config){ .join_error = -ENOENT });
	assert_int_equal(away_read(20), 0);
	fake_die(f);
	assert_int_equal(away_read(20), 0);
	fake_return(f, &(struct fake_config){ .lanes = 1 });
	away_assert_over();
}

/*
 * An engine takes the connection, and answers nothing: as with a socket that the system keeps open,
 * or a stopped process. There is no limit but the program's own.
 */
static void silent(void **state)
{
	uint64_t t;

	(void)state;
	away_join(NULL);
	away_die();
	f->requests = 0;
	fake_return(f, &(struct fake_config){ .is_mute = true });
	t = fake_now_ns();
	assert_int_equal(pfq_wait(q, -1, 1500), 0);
	assert_in_range(elapsed_ms(t), 1499, 3000);
	assert_int_equal(f->requests, 0);
	/* a read does not wait for it either */
	t = fake_now_ns();
	assert_int_equal(pfq_read(q, recs, 10), 0);
	assert_in_range(elapsed_ms(t), 0, 500);
	fake_die(f);
	fake_return(f, &(struct fake_config){ .lanes = 1 });
	away_assert_over();
}

/* The engine makes the ring for long, and says so. */
static void at_work(void **state)
{
	uint64_t t;
	int i;

	(void)state;
	away_join(NULL);
	away_die();
	f->joins = 0;
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	away_until(f->kept_bytes, "a JOIN");
	for (i = 0; i < 3; i++) {
		fake_at_work(f);
		t = fake_now_ns();
		assert_int_equal(pfq_read(q, recs, 10), 0);
		assert_in_range(elapsed_ms(t), 0, 500);
		assert_int_equal(pfq_wait(q, -1, 20), 0);
	}
	assert_int_equal(f->joins, 1);
	fake_answer_join(f);
	away_assert_over();
}

/* The engine ends in the middle of a JOIN. */
static void gone_in_a_join(void **state)
{
	(void)state;
	away_join(NULL);
	away_die();
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	away_until(f->kept_bytes, "a JOIN");
	fake_at_work(f);
	fake_die(f);
	assert_int_equal(away_read(20), 0);
	fake_return(f, &(struct fake_config){ .lanes = 1 });
	away_assert_over();
}

/* Another number of lanes, and rings of another size. */
static void other_shape(void **state)
{
	(void)state;
	away_join(&(struct fake_config){ .lanes = 1 });
	away_die();
	fake_return(f, &(struct fake_config){ .lanes = 3, .lane_size = 4096 });
	away_until(!pfq_engine_away(q), "the engine to be back");
	assert_int_equal(pfq_lanes(q), 3);
	assert_int_equal(pfq_ring_bytes(q), 3 * 4096);
	fake_put(f, 2, 10, 1);
	fake_put(f, 0, 11, 2);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	fake_watermark(f, 2, PFQ_LANE_UNFED);
	assert_read(2, 1, 2);
}

/* --- the end ---------------------------------------------------------------------------- */

static void other_link_type(void **state)
{
	(void)state;
	away_join(NULL);
	away_die();
	fake_return(f, &(struct fake_config){ .linktype = 101 });
	assert_int_equal(away_read(LONG_MS), -EPROTO);
	away_assert("the group's link type changed from 1 to 101");
	assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
	assert_int_equal(pfq_wait(q, -1, LONG_MS), -EPROTO);
}

/* A smaller snaplen is no reason to end. Each JOIN asks for the one that the program knows. */
static void other_snaplen(void **state)
{
	(void)state;
	away_join(NULL);
	assert_int_equal(pfq_snaplen(q), 65535);
	away_die();
	fake_return(f, &(struct fake_config){ .snaplen = 100 });
	away_assert_over();
	assert_int_equal(f->snaplen_asked, 65535);
	assert_int_equal(pfq_snaplen(q), 100);
	away_die();
	fake_return(f, &(struct fake_config){ .snaplen = 65535 });
	away_assert_over();
	assert_int_equal(f->snaplen_asked, 65535);
	assert_int_equal(pfq_snaplen(q), 65535);
	away_die();
	fake_return(f, &(struct fake_config){ .snaplen = 65536 });
	assert_int_equal(pfq_wait(q, -1, LONG_MS), -EPROTO);
	away_assert("pfqd keeps 65536 bytes of a packet");
	assert_int_equal(away_read(LONG_MS), -EPROTO);
}

static void time_limit(void **state)
{
	uint64_t t;
	int way;

	for (way = 0; way < 2; way++) {
		away_join(&(struct fake_config){ .reconnect_s = 1 });
		/* the limit is for each absence */
		away_die();
		usleep(700000);
		fake_return(f, NULL);
		away_assert_over();
		t = fake_now_ns();
		away_die();
		if (way)
			fake_return(f, &(struct fake_config){ .is_mute = true });
		assert_int_equal(way ? pfq_wait(q, -1, LONG_MS) : away_read(LONG_MS), -EPIPE);
		assert_in_range(elapsed_ms(t), 999, 3000);
		away_assert("pfqd is not back after 1 s");
		assert_int_equal(pfq_read(q, recs, 10), -EPIPE);
		leave(state);
	}
}

static void close_while_away(void **state)
{
	(void)state;
	/* fake_stop() counts the descriptors */
	away_join(NULL);
	away_die();
	leave(state);
	away_join(NULL);
	away_die();
	fake_return(f, &(struct fake_config){ .keeps_join = true });
	away_until(f->kept_bytes, "a JOIN");
	fake_at_work(f);
	leave(state);
	away_join(NULL);
	fake_die(f);
	fake_return(f, NULL);
	assert_int_equal(pfq_wait(q, -1, LONG_MS), 1);
	leave(state);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_on),
		TEST(goes_on_after_removal),
		TEST(records_stay_in_a_wait),
		TEST(wait_goes_on),
		TEST(folder_away),
		TEST(no_inotify),
		TEST(refused),
		TEST(refused_and_gone),
		TEST(silent),
		TEST(at_work),
		TEST(gone_in_a_join),
		TEST(other_shape),
		TEST(other_link_type),
		TEST(other_snaplen),
		cmocka_unit_test_setup(time_limit, setup),
		cmocka_unit_test_setup(close_while_away, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
