/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the workers with an ingest of the test's: plans, and states of sources. */
/* Alone: it measures how long a change of plans takes. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/limit.h"
#include "tests/unit/fixture/worker_rig.h"

/* --- plans ----------------------------------------------------------------- */

/* Wait until each lane has given @made packets, and member 0 has read them. */
static void wait_read(const struct rig *r, uint32_t lanes, uint64_t made)
{
	for (uint32_t i = 0; i < lanes; i++)
		rig_wait(&r->fake[i]->given, made);
	/* A batch counts as given before it is in the rings, and is read later. */
	limit_until(__atomic_load_n(&r->member[0]->packets, __ATOMIC_ACQUIRE) >= made * lanes,
		    "the packets of member 0");
}

/* A worker publishes packets before it counts them. */
static bool has_read_all(const struct world_endpoint *e)
{
	return __atomic_load_n(&e->packets, __ATOMIC_ACQUIRE) ==
	       world_endpoint_count(e, PFQ_ENDPOINT_offered);
}

/* Members join and leave hundreds of times under load: no packet is lost, and all are counted. */
static void test_plan_switches(void **state)
{
	enum { SWITCHES = 400, LANES = 2, MEMBERS = 4 };
	uint64_t worst_ns = 0, total_ns = 0, made = 0, offered = 0, slow = 0;
	struct rig r;

	(void)state;
	rig_make(&r, LANES, "copy", MEMBERS);
	for (uint32_t m = 0; m < MEMBERS; m++)
		world_consume(r.member[m]);
	for (uint32_t i = 0; i < SWITCHES; i++) {
		/* Member 0 is in each plan. */
		struct world_plan *next = rig_plan(&r, 1 + i % MEMBERS);
		uint64_t before, took;

		fake_make(r.fake[0], 100);
		fake_make(r.fake[1], 100);
		made += 100;
		before = net_clock_ns(CLOCK_MONOTONIC);
		rig_publish(r.workers, next);
		took = net_clock_ns(CLOCK_MONOTONIC) - before;
		total_ns += took;
		worst_ns = took > worst_ns ? took : worst_ns;
		slow += took > 5 * MS;
		assert_true(next->plan.generation > r.plan->plan.generation);
		/* No worker may use the old plan any more. */
		memset(r.plan->group[0]->endpoint, 0xff, sizeof(struct plan_endpoint));
		world_plan_free(r.plan);
		r.plan = next;
	}
	wait_read(&r, LANES, made);
	for (uint32_t m = 0; m < MEMBERS; m++) {
		limit_until(has_read_all(r.member[m]), "the packets of a member");
		world_consume_stop(r.member[m]);
		assert_int_equal(world_endpoint_count(r.member[m], PFQ_ENDPOINT_drop_ring_full), 0);
		assert_int_equal(r.member[m]->packets,
				 world_endpoint_count(r.member[m], PFQ_ENDPOINT_offered));
		offered += r.member[m]->packets;
	}
	assert_int_equal(r.member[0]->packets, made * LANES);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_recv), made * LANES);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_copies), offered);
	print_message("publish: %lu us on average, %lu us at worst\n",
		      total_ns / SWITCHES / 1000, worst_ns / 1000);
	/* The machine may be busy, so some may be slow. */
	assert_true(slow <= SWITCHES / 20);
	rig_free(&r);
}

/* Sleeping workers take a plan at once, without a packet. */
static void test_plan_switch_idle(void **state)
{
	unsigned int slow = 0;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	for (int i = 0; i < 20; i++) {
		struct world_plan *next = rig_plan(&r, 1);
		uint64_t before;

		usleep(20000);
		before = net_clock_ns(CLOCK_MONOTONIC);
		rig_publish(r.workers, next);
		slow += net_clock_ns(CLOCK_MONOTONIC) - before > 5 * MS;
		world_plan_free(r.plan);
		r.plan = next;
	}
	assert_true(slow <= 2);
	rig_free(&r);
}

/* two groups on one source, two sources for one group */
static void test_sources_and_groups(void **state)
{
	struct world_endpoint *e[2];
	struct world_group *g[2];
	struct fake *fake[2] = { fake_new(0), fake_new(1) };
	struct world_plan *p = world_plan_new();
	struct workers *w = rig_start(1, -1);

	(void)state;
	for (int i = 0; i < 2; i++) {
		e[i] = world_endpoint_new(1, LANE_BYTES, SEEN_MAX);
		g[i] = world_group_new(1, "copy");
		world_plan_group(p, g[i], &e[i], 1);
	}
	world_plan_source(p, &fake_driver, (struct ingest **)&fake[0], 1, 3);
	world_plan_source(p, &fake_driver, (struct ingest **)&fake[1], 1, 2);
	rig_publish(w, p);
	fake_make(fake[0], 1000);
	fake_make(fake[1], 500);
	limit_until((world_read(e[0]), world_read(e[1]),
		     e[0]->packets >= 1000 && e[1]->packets >= 1500), "the packets of two members");
	assert_int_equal(e[0]->packets, 1000);
	assert_int_equal(e[1]->packets, 1500);
	rig_stop(w);
	world_plan_free(p);
	for (int i = 0; i < 2; i++) {
		world_endpoint_free(e[i]);
		world_group_free(g[i]);
		fake_free(fake[i]);
	}
}

static uint64_t watermark(const struct rig *r, uint32_t lane)
{
	return READ_ONCE(world_lane(r->member[0], lane)->watermark);
}

static void test_paused(void **state)
{
	struct world_plan *paused, *running;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 1);
	paused = rig_plan(&r, 1);
	paused->source[0].paused = true;
	rig_publish(r.workers, paused);
	fake_make(r.fake[0], 100);
	limit_until(watermark(&r, 0) == PFQ_LANE_UNFED, "a lane that is unfed");
	/* long enough for a worker that would read it */
	usleep(50000);
	assert_int_equal(fake_given(r.fake[0]), 0);
	running = rig_plan(&r, 1);
	rig_publish(r.workers, running);
	rig_wait(&r.fake[0]->given, 100);
	rig_stop(r.workers);
	assert_int_equal(world_read(r.member[0]), 100);
	assert_int_not_equal(READ_ONCE(world_lane(r.member[0], 0)->watermark), 0);
	world_plan_free(paused);
	world_plan_free(running);
	r.workers = rig_start(1, -1);
	rig_free(&r);
}

/* --- bounds ---------------------------------------------------------------- */

/* Publish a plan in which the group takes the packets of its source from @turn->before_ns on. */
static struct world_plan *publish_bound(struct rig *r, struct plan_turn *turn)
{
	struct world_plan *p = rig_plan(r, 1);
	struct plan_bound *bound = calloc(1, sizeof(*bound));

	*bound = (struct plan_bound){ turn, false };
	p->source[0].bound = bound;
	rig_publish(r->workers, p);
	return p;
}

static void bound_free(struct world_plan *p)
{
	free(p->source[0].bound);
	world_plan_free(p);
}

/*
 * A group takes just the packets within its bound, in each lane. The workers tell how far they are
 * with a source that has bounds, and do not with another.
 */
static void test_bounds(void **state)
{
	struct plan_turn none = { .before_ns = ~0ULL, .at_ns = ~0ULL };
	struct plan_turn from = { .before_ns = 1050, .at_ns = 1050 };
	struct world_plan *nothing, *some, *all;
	uint64_t now_ns;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	assert_int_equal(workers_source_done_ns(r.workers, 0), 0);
	assert_int_equal(workers_source_done_ns(r.workers, 7), 0);
	for (int i = 0; i < 2; i++)
		r.fake[i]->ts_ns = 1000;
	nothing = publish_bound(&r, &none);
	for (int i = 0; i < 2; i++)
		fake_make(r.fake[i], 30);
	for (int i = 0; i < 2; i++)
		rig_wait(&r.fake[i]->given, 30);
	some = publish_bound(&r, &from);
	for (int i = 0; i < 2; i++)
		fake_make(r.fake[i], 40);
	for (int i = 0; i < 2; i++)
		rig_wait(&r.fake[i]->given, 70);
	now_ns = net_clock_ns(CLOCK_REALTIME);
	limit_until(workers_source_done_ns(r.workers, 0) >= now_ns, "the time of a source");
	all = publish_bound(&r, NULL);
	for (int i = 0; i < 2; i++)
		fake_make(r.fake[i], 30);
	for (int i = 0; i < 2; i++)
		rig_wait(&r.fake[i]->given, 100);
	rig_stop(r.workers);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_recv), 2 * (20 + 30));
	assert_int_equal(world_read(r.member[0]), 2 * (20 + 30));
	bound_free(nothing);
	bound_free(some);
	bound_free(all);
	r.workers = rig_start(1, -1);
	rig_free(&r);
}

/* --- states of sources ----------------------------------------------------- */

static bool notified(struct rig *r, int timeout_ms)
{
	struct pollfd fd = { .fd = r->notify_fd, .events = POLLIN };
	uint64_t n;

	return poll(&fd, 1, timeout_ms) == 1 && read(fd.fd, &n, sizeof(n)) == sizeof(n);
}

static void test_source_ends(void **state)
{
	struct world_plan *next;
	uint64_t calls;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	assert_int_equal(workers_source_state(r.workers, 0), 0);
	fake_end(r.fake[0], 100, -ENODATA);
	assert_true(notified(&r, 1000 * LIMIT_S));
	assert_int_equal(workers_source_state(r.workers, 0), -ENODATA);
	assert_int_equal(workers_source_state(r.workers, 1), 0);
	/* All packets came before the end. The lane is unfed, the other one is not. */
	limit_until(watermark(&r, 0) == PFQ_LANE_UNFED, "a lane that is unfed");
	assert_int_equal(world_read(r.member[0]), 100);
	assert_int_not_equal(watermark(&r, 1), PFQ_LANE_UNFED);
	/*
	 * The worker does not call it again, not even with a new plan, and does not notify
	 * again.
	 */
	calls = __atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED);
	next = rig_plan(&r, 1);
	rig_publish(r.workers, next);
	fake_make(r.fake[1], 10);
	usleep(20000);
	assert_int_equal(__atomic_load_n(&r.fake[0]->rx_calls, __ATOMIC_RELAXED), calls);
	assert_int_equal(workers_source_state(r.workers, 0), -ENODATA);
	assert_false(notified(&r, 0));
	world_plan_free(r.plan);
	r.plan = next;
	rig_free(&r);
}

/* Make poll() return POLLHUP for ever. */
static void break_fd(struct fake *f)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	close(ends[1]);
	assert_true(dup2(ends[0], f->fd) >= 0);
	close(ends[0]);
}

/* A descriptor that stays in error costs no CPU time and does not hinder others. */
static void test_fault_for_ever(void **state)
{
	struct world_plan *next;
	uint64_t before;
	struct rig r;

	(void)state;
	rig_make(&r, 2, "copy", 1);
	usleep(30000);
	r.fake[0]->fault = -ENETDOWN;
	break_fd(r.fake[0]);
	/* epoll watches it by now, as the descriptor that it was before. */
	next = rig_plan(&r, 1);
	rig_publish(r.workers, next);
	assert_true(notified(&r, 1000 * LIMIT_S));
	assert_int_equal(workers_source_state(r.workers, 0), -ENETDOWN);
	usleep(50000);
	before = rig_cpu_ns();
	usleep(300000);
	assert_true(rig_cpu_ns() - before < 30 * MS);
	assert_true(__atomic_load_n(&r.fake[0]->fault_calls, __ATOMIC_RELAXED) < 10);
	fake_make(r.fake[1], 10);
	rig_wait(&r.fake[1]->given, 10);
	world_plan_free(r.plan);
	r.plan = next;
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan_switches),
		cmocka_unit_test(test_plan_switch_idle),
		cmocka_unit_test(test_sources_and_groups),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_source_ends),
		cmocka_unit_test(test_fault_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
