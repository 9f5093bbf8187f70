/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the workers with an ingest of the test's: starting, and packets to consumers. */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/limit.h"
#include "tests/unit/fixture/threads.h"
#include "tests/unit/fixture/worker_rig.h"

/* --- starting -------------------------------------------------------------- */

static void test_start_stop(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= WORLD_LANES_MAX; n++)
		rig_stop(rig_start(n, -1));
	/* without a plan */
	workers_stop(rig_start(2, -1));
	workers_stop(NULL);
}

static void test_start_refusals(void **state)
{
	struct pfq_error err;
	struct workers *w = NULL;
	cpu_set_t cpus;

	(void)state;
	assert_int_equal(workers_start(&w, 0, NULL, 0, -1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "1 to 64"));
	assert_int_equal(workers_start(&w, 65, NULL, 0, -1, &err), -EINVAL);
	CPU_ZERO(&cpus);
	assert_int_equal(workers_start(&w, 1, &cpus, 0, -1, &err), -EINVAL);
	CPU_SET(CPU_SETSIZE - 1, &cpus);
	assert_int_equal(workers_start(&w, 1, &cpus, 0, -1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "CPU 1023"));
}

static void test_pinned(void **state)
{
	struct pfq_error err;
	struct workers *w = NULL;
	cpu_set_t all, one;
	int cpu = CPU_SETSIZE - 1;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	/* the last one: the list of a thread with more CPUs begins with another number */
	while (!CPU_ISSET(cpu, &all))
		cpu--;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	/* More workers than CPUs: they are assigned in turn. */
	assert_int_equal(workers_start(&w, 3, &one, 0, -1, &err), 0);
	assert_int_equal(threads_status("Cpus_allowed_list:\t"), 3 * cpu);
	rig_stop(w);
}

/* --- packets --------------------------------------------------------------- */

static void test_copy_to_all(void **state)
{
	enum { EACH = 5000, LANES = 2, MEMBERS = 3 };
	struct rig r;

	(void)state;
	rig_make(&r, LANES, "copy", MEMBERS);
	for (uint32_t i = 0; i < LANES; i++)
		fake_make(r.fake[i], EACH);
	for (uint32_t i = 0; i < LANES; i++)
		rig_wait(&r.fake[i]->given, EACH);
	for (uint32_t m = 0; m < MEMBERS; m++) {
		struct world_endpoint *e = r.member[m];

		limit_until((world_read(e), e->packets >= EACH * LANES), "the packets of a member");
		assert_int_equal(e->packets, EACH * LANES);
		assert_int_equal(e->disorder, 0);
		for (uint32_t i = 0; i < EACH; i++) {
			assert_int_equal(e->seen[i * 4], 1);
			assert_int_equal(e->seen[i * 4 + 1], 1);
		}
	}
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_recv), EACH * LANES);
	assert_int_equal(world_group_count(r.group, PFQ_GROUP_copies), EACH * LANES * MEMBERS);
	rig_free(&r);
}

static uint64_t all_offered(const struct rig *r)
{
	uint64_t sum = 0;

	for (uint32_t m = 0; m < r->members; m++)
		sum += world_endpoint_count(r->member[m], PFQ_ENDPOINT_offered);
	return sum;
}

static bool has_read_all(const struct world_endpoint *e)
{
	uint64_t have = __atomic_load_n(&e->packets, __ATOMIC_ACQUIRE);

	return have == world_endpoint_count(e, PFQ_ENDPOINT_delivered);
}

/* Two workers share out flows to threads that sleep on their doorbells. */
static void test_flow_consumers(void **state)
{
	enum { EACH = 50000, LANES = 2, MEMBERS = 3 };
	uint64_t sum = 0;
	struct rig r;

	(void)state;
	rig_make(&r, LANES, "flow", MEMBERS);
	for (uint32_t m = 0; m < MEMBERS; m++)
		world_consume(r.member[m]);
	for (uint32_t done = 0; done < EACH; done += 500) {
		for (uint32_t i = 0; i < LANES; i++)
			fake_make(r.fake[i], 500);
		usleep(500);
	}
	for (uint32_t i = 0; i < LANES; i++)
		rig_wait(&r.fake[i]->given, EACH);
	/* A batch counts as given before it is in the rings. */
	limit_until(all_offered(&r) >= EACH * LANES, "the last packet that is offered");
	for (uint32_t m = 0; m < MEMBERS; m++)
		limit_until(has_read_all(r.member[m]), "the packets of a member");
	for (uint32_t m = 0; m < MEMBERS; m++) {
		struct world_endpoint *e = r.member[m];

		world_consume_stop(e);
		assert_int_equal(e->packets, world_endpoint_count(e, PFQ_ENDPOINT_delivered));
		assert_int_equal(world_endpoint_count(e, PFQ_ENDPOINT_offered),
				 e->packets + world_endpoint_count(e, PFQ_ENDPOINT_drop_ring_full));
		assert_int_equal(e->late, 0);
		sum += world_endpoint_count(e, PFQ_ENDPOINT_offered);
	}
	assert_int_equal(sum, EACH * LANES);
	rig_free(&r);
}

/* A consumer that stops reading loses only its own packets. */
static void test_stopped_consumer(void **state)
{
	enum { SENT = 200000 };
	struct world_endpoint *dead, *alive;
	struct rig r;

	(void)state;
	rig_make(&r, 1, "copy", 2);
	dead = r.member[0];
	alive = r.member[1];
	WRITE_ONCE(world_reader(dead)->armed, 1);
	for (uint32_t done = 0; done < SENT; done += 500) {
		fake_make(r.fake[0], 500);
		rig_wait(&r.fake[0]->given, done + 500);
		/* A packet counts as given before its batch is in the rings. */
		while (alive->packets < done + 500)
			world_read(alive);
	}
	assert_int_equal(alive->packets, SENT);
	assert_int_equal(world_endpoint_count(alive, PFQ_ENDPOINT_drop_ring_full), 0);
	assert_true(world_endpoint_count(dead, PFQ_ENDPOINT_drop_ring_full) > 0);
	world_read(dead);
	assert_int_equal(dead->packets + world_endpoint_count(dead, PFQ_ENDPOINT_drop_ring_full),
			 SENT);
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_stop),
		cmocka_unit_test(test_start_refusals),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_copy_to_all),
		cmocka_unit_test(test_flow_consumers),
		cmocka_unit_test(test_stopped_consumer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
