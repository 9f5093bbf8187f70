/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the workers while a group changes from one source to another: it takes each packet once,
 * also if workers get the time of the turn too late, or the clock is set back.
 */
/* Alone: it measures order, which needs workers that are not stopped for 10 ms. */
#include "config.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "pfqd/worker/worker_thread.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/limit.h"
#include "tests/unit/fixture/worker_rig.h"

#define LANES	2

/* Both sources give the same packets. */
struct change {
	struct workers *workers;
	struct world_group *group;
	struct world_endpoint *member;
	struct fake *old[LANES], *new[LANES];
	struct world_plan *plan;
	uint64_t next;		/* the number of the plan that a thread waits for */
	struct plan_turn first;
};

/* Publish a plan with a turn of the old and the new source. */
static void publish(struct change *c, struct plan_turn *t)
{
	struct world_plan *before = c->plan;

	c->plan = world_plan_new();
	world_plan_group(c->plan, c->group, &c->member, 1);
	world_plan_source(c->plan, &fake_driver, (struct ingest **)c->old, LANES, 1);
	world_plan_source(c->plan, &fake_driver, (struct ingest **)c->new, LANES, 1);
	for (int i = 0; i < 2; i++) {
		c->plan->source[i].bound = malloc(sizeof(struct plan_bound));
		*c->plan->source[i].bound = (struct plan_bound){ t, i == 0 };
	}
	rig_publish(c->workers, c->plan);
	if (before) {
		free(before->source[0].bound);
		free(before->source[1].bound);
		world_plan_free(before);
	}
}

static void begin(struct change *c)
{
	*c = (struct change){
		.workers = rig_start(LANES, -1),
		.first = { .before_ns = ~0ULL, .at_ns = ~0ULL },
	};
	for (uint32_t i = 0; i < LANES; i++) {
		c->old[i] = fake_new(i);
		c->new[i] = fake_new(i);
	}
	c->member = world_endpoint_new(LANES, LANE_BYTES, SEEN_MAX);
	c->group = world_group_new(LANES, "copy");
	publish(c, &c->first);
}

/* A turn @ms from now; packet @n of each lane, and later ones, have its time or a later one. */
static struct plan_turn turn(struct change *c, int ms, uint64_t n)
{
	uint64_t at_ns = net_clock_ns(CLOCK_REALTIME) + (uint64_t)(int64_t)ms * MS;

	for (uint32_t i = 0; i < LANES; i++) {
		c->old[i]->ts_ns = at_ns - n;
		c->new[i]->ts_ns = at_ns - n;
	}
	return (struct plan_turn){ .before_ns = ~0ULL, .at_ns = at_ns };
}

static bool is_void(struct plan_turn *t)
{
	return plan_turn_decide(t, PLAN_TURN_HOLDS) == PLAN_TURN_VOID;
}

/* Wait until the sources have given so many packets in each lane. */
static void wait_given(const struct change *c, uint64_t old, uint64_t new)
{
	for (uint32_t i = 0; i < LANES; i++) {
		rig_wait(&c->old[i]->given, old);
		rig_wait(&c->new[i]->given, new);
	}
}

static void make(struct fake *const *fake, uint64_t n)
{
	for (uint32_t i = 0; i < LANES; i++)
		fake_make(fake[i], n);
}

static void wait_clock(uint64_t ns)
{
	while (net_clock_ns(CLOCK_REALTIME) < ns)
		usleep(1000);
}

static void release(struct change *c)
{
	for (uint32_t i = 0; i < LANES; i++) {
		fake_free(c->old[i]);
		fake_free(c->new[i]);
	}
	free(c->plan->source[0].bound);
	free(c->plan->source[1].bound);
	world_plan_free(c->plan);
	world_group_free(c->group);
	world_endpoint_free(c->member);
}

/* Stop. The first @n packets of each lane must have come once, in order, and no others. */
static void end(struct change *c, uint64_t n)
{
	rig_stop(c->workers);
	assert_int_equal(world_read(c->member), LANES * n);
	assert_int_equal(c->member->disorder, 0);
	for (uint64_t i = 0; i < n * WORLD_LANES_MAX; i++)
		assert_int_equal(c->member->seen[i], i % WORLD_LANES_MAX < LANES);
	release(c);
}

/* All workers have the turn in time. */
static void test_in_time(void **state)
{
	struct plan_turn t;
	struct change c;

	(void)state;
	begin(&c);
	t = turn(&c, 1500, 100);
	make(c.old, 60);
	make(c.new, 40);
	wait_given(&c, 60, 40);
	publish(&c, &t);
	assert_false(is_void(&t));
	make(c.old, 20);
	make(c.new, 60);
	/* long before the turn, the new source is read, and must not fill up */
	wait_given(&c, 80, 100);
	assert_true(net_clock_ns(CLOCK_REALTIME) < t.at_ns);
	/* after it, the new source is not read before the old one was read up to the turn */
	for (uint32_t i = 0; i < LANES; i++)
		__atomic_store_n(&c.old[i]->lag_ns, 5000 * MS, __ATOMIC_RELAXED);
	wait_clock(t.at_ns);
	make(c.new, 50);
	usleep(100000);
	wait_given(&c, 80, 100);
	/* first the packets, then the lag: a watermark without lag is beyond none of them */
	make(c.old, 70);
	wait_given(&c, 150, 100);
	for (uint32_t i = 0; i < LANES; i++)
		__atomic_store_n(&c.old[i]->lag_ns, 0, __ATOMIC_RELEASE);
	wait_given(&c, 150, 150);
	end(&c, 150);
}

/* The control thread is late: both sources have been read beyond the turn already. */
static void test_late(void **state)
{
	struct plan_turn late, t;
	struct change c;

	(void)state;
	begin(&c);
	late = turn(&c, -500, 100);
	make(c.old, 130);
	make(c.new, 170);
	wait_given(&c, 130, 170);
	publish(&c, &late);
	assert_int_equal(plan_turn_decide(&late, PLAN_TURN_VOID), PLAN_TURN_VOID);
	make(c.old, 70);
	make(c.new, 30);
	wait_given(&c, 200, 200);
	t = turn(&c, 1000, 300);
	publish(&c, &t);
	assert_false(is_void(&t));
	make(c.old, 100);
	make(c.new, 100);
	wait_clock(t.at_ns);
	make(c.old, 100);
	make(c.new, 100);
	wait_given(&c, 400, 400);
	end(&c, 400);
}

static uint64_t marks(const struct fake *f)
{
	return __atomic_load_n(&f->marks, __ATOMIC_ACQUIRE);
}

/* Let worker 1 wait in the watermark of the old source. */
static void hold(struct change *c)
{
	uint64_t before;

	__atomic_store_n(&c->old[1]->is_held, true, __ATOMIC_SEQ_CST);
	before = marks(c->old[1]);
	fake_make(c->old[1], 1);
	limit_until(marks(c->old[1]) > before, "worker 1 to wait");
}

/* The number of the plan that worker 0 uses */
static uint64_t generation(const struct change *c)
{
	const struct work *work = __atomic_load_n(&c->workers->worker[0]->work, __ATOMIC_ACQUIRE);

	return work->plan->generation;
}

/*
 * Make packets of lane 0 that are later than the turn, when worker 0 has the plan with it. Worker 1
 * goes on after that.
 */
static void *make_later(void *arg)
{
	struct change *c = arg;

	limit_until(generation(c) == c->next, "worker 0 to take the plan with the turn");
	fake_make(c->old[0], 100);
	fake_make(c->new[0], 100);
	rig_wait(&c->old[0]->given, 100);
	rig_wait(&c->new[0]->given, 100);
	__atomic_store_n(&c->old[1]->is_held, false, __ATOMIC_RELEASE);
	return NULL;
}

/* One worker is late, and another one meets a later packet first. */
static void test_one_is_late(void **state)
{
	struct plan_turn t;
	struct change c;
	pthread_t thread;

	(void)state;
	begin(&c);
	/* so far ahead that worker 1 would be in time */
	t = turn(&c, 5000, 50);
	hold(&c);
	c.next = generation(&c) + 1;
	assert_int_equal(pthread_create(&thread, NULL, make_later, &c), 0);
	publish(&c, &t);
	pthread_join(thread, NULL);
	assert_true(is_void(&t));
	fake_make(c.old[1], 99);
	fake_make(c.new[1], 100);
	wait_given(&c, 100, 100);
	end(&c, 100);
}

/* Packet @n of each lane, and later ones, have the time @ns or a later one. */
static void stamp(struct change *c, uint64_t ns, uint64_t n)
{
	for (uint32_t i = 0; i < LANES; i++) {
		c->old[i]->ts_ns = ns - n;
		c->new[i]->ts_ns = ns - n;
	}
}

/* Make @n packets, which both workers then have given to the group. */
static void make_given(struct change *c, struct plan_turn *t, struct fake **fake, uint64_t n)
{
	uint64_t given = fake_given(fake[0]) + n;

	make(fake, n);
	for (uint32_t i = 0; i < LANES; i++)
		rig_wait(&fake[i]->given, given);
	/* a worker takes a plan after that */
	publish(c, t);
}

/* Make @n packets of each lane. One source gives them after the other. */
static void make_apart(struct change *c, struct plan_turn *t, uint64_t n, bool is_old_first)
{
	make_given(c, t, is_old_first ? c->old : c->new, n);
	make_given(c, t, is_old_first ? c->new : c->old, n);
}

/*
 * The clock is set back after a turn, which stays. A second turn takes its place. A packet that is
 * met between the two turns makes the second one void. At last, all packets come from new sources.
 */
static void test_set_back(void **state)
{
	uint64_t base_ns = net_clock_ns(CLOCK_REALTIME) - 3600 * 1000 * MS;
	struct plan_turn t = { .before_ns = ~0ULL, .at_ns = base_ns };
	struct plan_turn early = { .before_ns = base_ns, .at_ns = base_ns - 1000 };
	struct plan_turn again = early;
	struct plan_turn last = { .before_ns = again.at_ns, .at_ns = 0 };
	struct plan_turn last_again = last;
	struct change c;

	(void)state;
	begin(&c);
	stamp(&c, base_ns, 100);
	publish(&c, &t);
	assert_false(is_void(&t));
	make_apart(&c, &t, 150, true);
	make_apart(&c, &t, 150, false);
	/* 300 packets; set back */
	stamp(&c, base_ns - 500, 300);
	publish(&c, &early);
	make_apart(&c, &early, 100, true);
	assert_true(is_void(&early));
	assert_int_equal(plan_turn_now_ns(&early), base_ns);
	make_apart(&c, &early, 100, false);
	/* 500 packets; set back to before the turn */
	stamp(&c, base_ns - 1100, 500);
	publish(&c, &again);
	make_apart(&c, &again, 50, true);
	assert_false(is_void(&again));
	make_apart(&c, &again, 150, false);
	/* 700 packets; one from before the turn is late */
	stamp(&c, base_ns - 1100, 700);
	publish(&c, &last);
	make_apart(&c, &last, 50, false);
	assert_true(is_void(&last));
	stamp(&c, base_ns, 750);
	publish(&c, &last_again);
	make_apart(&c, &last_again, 50, true);
	assert_false(is_void(&last_again));
	assert_int_equal(plan_turn_now_ns(&last_again), 0);
	stamp(&c, 1000, 0);
	make_apart(&c, &last_again, 200, true);
	rig_stop(c.workers);
	assert_int_equal(world_read(c.member), LANES * 1000);
	for (uint64_t i = 0; i < 1000 * WORLD_LANES_MAX; i++)
		assert_int_equal(c.member->seen[i], i % WORLD_LANES_MAX < LANES);
	release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_time),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_one_is_late),
		cmocka_unit_test(test_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
