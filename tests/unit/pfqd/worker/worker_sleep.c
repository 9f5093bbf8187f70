/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the workers with an ingest of the test's: sleep, watermarks, doorbells. */
/* Alone: it measures CPU time and delays. */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/threads.h"
#include "tests/unit/fixture/worker_rig.h"

/* --- sleep ----------------------------------------------------------------- */

static void test_idle_has_no_wakeups(void **state)
{
	uint64_t before, cpu_ns;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 2);
	fake_make(r.fake[0], 100);
	rig_wait(&r.fake[0]->given, 100);
	/* One consumer is gone, another waits for more records than there are. */
	WRITE_ONCE(world_reader(r.member[1])->threshold, ~0U);
	WRITE_ONCE(world_reader(r.member[1])->delay_ns, ~0ULL);
	WRITE_ONCE(world_reader(r.member[1])->armed, 1);
	before = threads_switches_at_rest();
	assert_true(before > 0);
	cpu_ns = rig_cpu_ns();
	sleep(1);
	/* The workers do not spin either. */
	assert_true(rig_cpu_ns() - cpu_ns < 10 * MS);
	assert_int_equal(threads_switches(), before);
	/* The workers still work. */
	fake_make(r.fake[1], 100);
	rig_wait(&r.fake[1]->given, 100);
	rig_free(&r);
}

static uint64_t lag_ns(struct rig *r, uint32_t lane)
{
	uint64_t mark = READ_ONCE(world_lane(r->member[0], lane)->watermark);
	uint64_t now = net_clock_ns(CLOCK_REALTIME);

	return mark < now ? now - mark : 0;
}

/* Wait until lane 1 is this far behind; its worker sleeps then. */
static void wait_behind(struct rig *r, uint64_t ns)
{
	for (int k = 0; k < 1000 && lag_ns(r, 1) < ns; k++)
		usleep(5000);
}

/* Send a packet in lane 0. Returns the time until the watermark of lane 1 has passed it. */
static uint64_t make_current(struct rig *r)
{
	uint64_t made_ns = net_clock_ns(CLOCK_REALTIME);

	fake_make(r->fake[0], 1);
	while (READ_ONCE(world_lane(r->member[0], 1)->watermark) < made_ns) {
		assert_true(net_clock_ns(CLOCK_REALTIME) - made_ns < 2000 * MS);
		usleep(20);
	}
	return net_clock_ns(CLOCK_REALTIME) - made_ns;
}

/* A packet in one lane renews the watermark of a lane whose worker slept. */
static void test_wakes_the_others(void **state)
{
	uint64_t worst_ns = 0, sum_ns = 0;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	for (int i = 0; i < 30; i++) {
		uint64_t took;

		wait_behind(&r, 15 * MS);
		took = make_current(&r);
		sum_ns += took;
		worst_ns = took > worst_ns ? took : worst_ns;
	}
	print_message("other lane current after %lu us on average, %lu us at worst\n",
		      sum_ns / 30 / 1000, worst_ns / 1000);
	rig_free(&r);
}

/* Wait until watermark() of @f was called @calls times, or for 100 ms: then its worker sleeps. */
static void wait_marks(const struct fake *f, uint64_t calls)
{
	uint64_t want = __atomic_load_n(&f->marks, __ATOMIC_ACQUIRE) + calls;

	for (int i = 0; i < 1000 && __atomic_load_n(&f->marks, __ATOMIC_ACQUIRE) < want; i++)
		usleep(100);
}

/*
 * The same if the other worker was stopped just before its sleep, for longer than it stays
 * awake.
 */
static void test_wakes_who_was_stopped(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	r.fake[1]->stop_us = 25000;
	for (uint64_t i = 0; i < 20; i++) {
		wait_behind(&r, 80 * MS);
		fake_make(r.fake[0], 1);
		/*
		 * The packet comes between two calls from wake-up to sleep, or during the
		 * sleep.
		 */
		wait_marks(r.fake[1], 1 + i % 4);
		make_current(&r);
	}
	rig_free(&r);
}

/*
 * A worker does not sleep before its last watermark has passed the last packet, however
 * late that is.
 */
static void test_sleeps_late_enough(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	r.fake[1]->lag_ns = PFQ_SLACK_MAX_NS;
	for (int i = 0; i < 20; i++) {
		uint64_t next_ns;

		wait_behind(&r, PFQ_SLACK_MAX_NS + 20 * MS);
		fake_make(r.fake[0], 1);
		/* So soon after the first packet that the worker does not note it as new. */
		next_ns = net_clock_ns(CLOCK_MONOTONIC) + PFQ_WATERMARK_NS * 9 / 10;
		while (net_clock_ns(CLOCK_MONOTONIC) < next_ns)
			;
		make_current(&r);
	}
	rig_free(&r);
}

/* While packets come in any lane, each lane's watermark is renewed every millisecond. */
static void test_watermark_period(void **state)
{
	uint64_t samples = 0, late = 0, worst_ns = 0, made_ns = 0;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	fake_make(r.fake[0], 1);
	usleep(5000);
	for (int i = 0; i < 2000; i++) {
		uint64_t lag = lag_ns(&r, 1);

		/* Send often enough that no worker sleeps, on a slow machine too. */
		if (net_clock_ns(CLOCK_MONOTONIC) - made_ns > 3 * MS) {
			fake_make(r.fake[0], 1);
			made_ns = net_clock_ns(CLOCK_MONOTONIC);
		}
		worst_ns = lag > worst_ns ? lag : worst_ns;
		late += lag > 2 * PFQ_WATERMARK_NS;
		samples++;
		usleep(100);
	}
	print_message("%lu of %lu looks found a watermark older than 2 ms, at worst %lu us\n",
		      late, samples, worst_ns / 1000);
	/* The machine may be busy. */
	assert_true(late < samples / 2);
	rig_free(&r);
}

/* rx() asks for a call at a given time. The worker makes it, from sleep too. */
static void test_ingest_timer(void **state)
{
	uint64_t calls, when;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	when = net_clock_ns(CLOCK_MONOTONIC) + 1500 * MS;
	__atomic_store_n(&r.fake[0]->next_ns, when, __ATOMIC_RELAXED);
	fake_make(r.fake[0], 1);
	rig_wait(&r.fake[0]->given, 1);
	/* Wait until the worker sleeps. */
	do {
		calls = __atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED);
		usleep(50000);
	} while (__atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED) != calls &&
		 net_clock_ns(CLOCK_MONOTONIC) < when);
	assert_true(net_clock_ns(CLOCK_MONOTONIC) < when);
	__atomic_store_n(&r.fake[0]->next_ns, ~0ULL, __ATOMIC_RELAXED);
	while (__atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED) == calls)
		assert_true(net_clock_ns(CLOCK_MONOTONIC) < when + 1000 * MS);
	assert_true(net_clock_ns(CLOCK_MONOTONIC) >= when);
	rig_free(&r);
}

/* --- doorbells ------------------------------------------------------------- */

static void arm(struct world_endpoint *e, uint32_t threshold, uint64_t delay_ns)
{
	WRITE_ONCE(world_reader(e)->threshold, threshold);
	WRITE_ONCE(world_reader(e)->delay_ns, delay_ns);
	WRITE_ONCE(world_reader(e)->armed, 1);
	smp_mb();
}

/* Return the nanoseconds until the doorbell rang; ~0: it did not. */
static uint64_t rung(struct world_endpoint *e, int timeout_ms)
{
	struct pollfd fd = { .fd = e->doorbell[1], .events = POLLIN };
	uint64_t before = net_clock_ns(CLOCK_MONOTONIC);
	char bytes[64];

	if (poll(&fd, 1, timeout_ms) != 1)
		return ~0ULL;
	assert_int_equal(read(fd.fd, bytes, sizeof(bytes)), 1);
	return net_clock_ns(CLOCK_MONOTONIC) - before;
}

static void test_doorbell_at_once(void **state)
{
	struct world_endpoint *e;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	e = r.member[0];
	for (int i = 0; i < 10; i++) {
		arm(e, 1, ~0ULL);
		fake_make(r.fake[0], 3);
		assert_true(rung(e, 1000) != ~0ULL);
		assert_int_equal(READ_ONCE(world_reader(e)->armed), 0);
		/* The doorbell rings once, and not for a consumer that has not armed it. */
		fake_make(r.fake[0], 3);
		assert_true(rung(e, 20) == ~0ULL);
		world_read(e);
	}
	rig_free(&r);
}

/* With a threshold the doorbell rings after so many bytes, or after the delay. */
static void test_doorbell_delay(void **state)
{
	struct world_endpoint *e;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	e = r.member[0];
	for (int i = 0; i < 5; i++) {
		/* longer than it takes the worker to fall asleep */
		static const uint64_t delays[] = { 3 * MS, 40 * MS, 150 * MS, 300 * MS, 0 };
		uint64_t begun, took;

		arm(e, 65536, delays[i]);
		begun = net_clock_ns(CLOCK_MONOTONIC);
		fake_make(r.fake[0], 1);
		assert_true(rung(e, 2000) != ~0ULL);
		took = net_clock_ns(CLOCK_MONOTONIC) - begun;
		assert_true(took + MS >= delays[i]);
		assert_true(took < delays[i] + 1000 * MS);
		world_read(e);
	}
	arm(e, 1000 * PFQ_REC_BYTES(NET_PACKET_BYTES), ~0ULL);
	fake_make(r.fake[0], 999);
	assert_true(rung(e, 50) == ~0ULL);
	fake_make(r.fake[0], 1);
	assert_true(rung(e, 1000) != ~0ULL);
	rig_free(&r);
}

/* Neither a full doorbell nor one with a closed other end blocks a worker. */
static void test_doorbell_hostile(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 3);
	while (send(r.member[0]->doorbell[0], "x", 1, MSG_DONTWAIT) == 1)
		;
	close(r.member[1]->doorbell[1]);
	r.member[1]->doorbell[1] = -1;
	for (int i = 0; i < 20; i++) {
		for (int m = 0; m < 3; m++)
			arm(r.member[m], 1, 0);
		fake_make(r.fake[0], 10);
		assert_true(rung(r.member[2], 1000) != ~0ULL);
	}
	rig_wait(&r.fake[0]->given, 200);
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_has_no_wakeups),
		cmocka_unit_test(test_wakes_the_others),
		cmocka_unit_test(test_wakes_who_was_stopped),
		cmocka_unit_test(test_sleeps_late_enough),
		cmocka_unit_test(test_watermark_period),
		cmocka_unit_test(test_ingest_timer),
		cmocka_unit_test(test_doorbell_at_once),
		cmocka_unit_test(test_doorbell_delay),
		cmocka_unit_test(test_doorbell_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
