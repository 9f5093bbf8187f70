/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the ingest driver "file": loops, timestamps, recorded speed. */
/* Alone: it measures pauses. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_replay.h"

static void test_loops(void **state)
{
	struct replay r;

	(void)state;
	write_plain("loop", 100, 10);
	replay_open(&r, "loop", 5, false);
	replay_all(&r);
	assert_int_equal(r.packets, 500);
	assert_true(r.ordered);
	assert_int_equal(r.first_ts_ns, FIRST_NS);
	/* Each loop begins after the end of the one before. */
	assert_true(r.last_ts_ns >= FIRST_NS + 5 * 990);
	assert_true(r.last_ts_ns < FIRST_NS + 5 * 990 + 5 * MS);
	replay_close(&r);
	/* Without a limit the replay still runs after a thousand loops. */
	replay_open(&r, "loop", 0, false);
	while (r.packets < 100000)
		assert_true(replay_step(&r) > 0);
	assert_true(r.ordered);
	replay_close(&r);
}

/* Another file takes the name during the replay: the replay continues with the first file. */
static void test_loop_after_replacement(void **state)
{
	struct replay r;

	(void)state;
	write_plain("old", 100, 10);
	replay_open(&r, "old", 2, false);
	assert_true(replay_step(&r) > 0);
	assert_int_equal(unlink(path_of("old")), 0);
	write_bytes("old", "nonsense", 8);
	replay_all(&r);
	assert_int_equal(r.packets, 200);
	replay_close(&r);
}

static void test_time_goes_back(void **state)
{
	struct packet packets[3] = {
		{ FIRST_NS + 100, 60, 60, NULL },
		{ FIRST_NS, 60, 60, NULL },
		{ FIRST_NS + 200, 60, 60, NULL },
	};
	struct replay r;

	(void)state;
	write_pcap("back", DLT_EN10MB, packets, 3);
	replay_open(&r, "back", 2, false);
	assert_int_equal(replay_step(&r), 6);
	assert_int_equal(r.batch.view[1].ts_ns, FIRST_NS);
	/* The second loop is later than all of the first. */
	assert_true(r.batch.view[4].ts_ns > FIRST_NS + 200);
	assert_int_equal(replay_step(&r), -ENODATA);
	replay_close(&r);
}

/*
 * The replay is never faster than recorded. In one of three tries it must not be slower
 * either, because the machine may be busy.
 */
static void recorded(uint32_t count, uint64_t gap_ns, uint32_t loops)
{
	uint64_t span_ns = (count - 1) * gap_ns * loops, start, took = ~0ULL;
	struct replay r;

	write_plain("speed", count, gap_ns);
	for (int try = 0; try < 3 && took >= span_ns + span_ns / 2 + 50 * MS; try++) {
		start = net_clock_ns(CLOCK_MONOTONIC);
		replay_open(&r, "speed", loops, true);
		replay_all(&r);
		took = net_clock_ns(CLOCK_MONOTONIC) - start;
		assert_int_equal(r.packets, count * loops);
		assert_true(took >= span_ns);
		replay_close(&r);
	}
	assert_true(took < span_ns + span_ns / 2 + 50 * MS);
}

static void test_recorded_speed(void **state)
{
	(void)state;
	recorded(20, 10 * MS, 1);
	recorded(1000, MS / 5, 1);
	recorded(5, 20 * MS, 3);
}

/* No packet comes before its time. */
static void test_recorded_speed_each(void **state)
{
	uint64_t start;
	uint32_t seq = 0;
	struct replay r;
	int ret;

	(void)state;
	write_plain("each", 30, 5 * MS);
	replay_open(&r, "each", 1, true);
	start = net_clock_ns(CLOCK_MONOTONIC);
	while ((ret = replay_step(&r)) >= 0) {
		uint64_t now = net_clock_ns(CLOCK_MONOTONIC);

		for (int i = 0; i < ret; i++, seq++)
			assert_true(now + MS >= start + seq * 5 * MS);
	}
	assert_int_equal(seq, 30);
	replay_close(&r);
}

/* After a pause of the worker, the replay does not catch up in a burst. */
static void test_recorded_speed_pause(void **state)
{
	uint64_t start;
	struct replay r;
	int ret;

	(void)state;
	write_plain("pause", 200, 10 * MS);
	replay_open(&r, "pause", 1, true);
	while (r.packets < 10)
		assert_true(replay_step(&r) >= 0);
	usleep(700000);
	start = net_clock_ns(CLOCK_MONOTONIC);
	while ((ret = replay_step(&r)) >= 0 && r.packets < 40)
		;
	assert_true(ret >= 0);
	assert_true(net_clock_ns(CLOCK_MONOTONIC) - start > 250 * MS);
	replay_close(&r);
}

/*
 * Each packet has the time of the rx() that returned it. Pauses stay, and times grow over
 * loops.
 */
static void stamps_now(const char *name, bool recorded, uint32_t loops, uint32_t packets)
{
	uint64_t before, after;
	struct replay r;
	int ret;

	replay_open_now(&r, name, loops, recorded);
	do {
		before = net_clock_ns(CLOCK_REALTIME);
		ret = replay_step(&r);
		after = net_clock_ns(CLOCK_REALTIME);
		for (int i = 0; i < ret; i++) {
			assert_true(r.batch.view[i].ts_ns >= before);
			assert_true(r.batch.view[i].ts_ns <= after);
		}
	} while (ret >= 0);
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(r.packets, packets);
	assert_true(r.ordered);
	if (recorded)
		assert_true(r.last_ts_ns - r.first_ts_ns >= (packets - 1) * 5 * MS - MS);
	assert_int_equal(r.driver->watermark(r.in), PFQ_LANE_UNFED);
	replay_close(&r);
}

static void test_stamps_now(void **state)
{
	struct packet back[3] = {
		{ FIRST_NS + 100, 60, 60, NULL },
		{ FIRST_NS, 60, 60, NULL },
		{ FIRST_NS + 200, 60, 60, NULL },
	};

	(void)state;
	write_plain("now", 20, 5 * MS);
	stamps_now("now", false, 1, 20);
	stamps_now("now", false, 50, 1000);
	stamps_now("now", true, 1, 20);
	write_pcap("now-back", DLT_EN10MB, back, 3);
	stamps_now("now-back", false, 2, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_loop_after_replacement),
		cmocka_unit_test(test_time_goes_back),
		cmocka_unit_test(test_recorded_speed),
		cmocka_unit_test(test_recorded_speed_each),
		cmocka_unit_test(test_recorded_speed_pause),
		cmocka_unit_test(test_stamps_now),
	};

	return cmocka_run_group_tests(tests, replay_setup, replay_teardown);
}
