/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests what a JOIN leaves behind if the workers cannot take its change. The linker's --wrap
 * redirects plan_create() to this file, so that there is no memory for a plan.
 */
#include "config.h"

#include <errno.h>

#include "pfqd/engine/plan.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

static unsigned int failures;	/* so many calls of plan_create() fail */

struct plan *__real_plan_create(const struct group_list *groups, const struct source_list *sources);
struct plan *__wrap_plan_create(const struct group_list *groups, const struct source_list *sources);

struct plan *__wrap_plan_create(const struct group_list *groups, const struct source_list *sources)
{
	if (!failures)
		return __real_plan_create(groups, sources);
	failures--;
	return NULL;
}

static void join_fails(struct client *c, const char *group, const char *bindings)
{
	failures = 1;
	assert_int_equal(client_join(c, group, bindings), -ENOMEM);
	check_text(c->msg.text, "the workers cannot take the change");
	assert_int_equal(failures, 0);
}

/* The group keeps its members and their devices, and nothing of the refused JOIN. */
static void test_group_with_members(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0600");

	(void)state;
	world_veth();
	assert_int_equal(client_join(a, "g", "va"), 0);
	join_fails(b, "g", "vb");
	assert_int_equal(g->members, 1);
	assert_int_equal(g->feeds, 2);
	assert_int_equal(world.registry->sources.count, 2);
	assert_int_equal(limits_used(world.registry->limits, 0, LIMIT_ENDPOINTS), 1);
	/* The device is free, and the client may ask again. */
	assert_int_equal(client_join(b, "g", "vb"), 0);
	assert_string_equal(pfq_attrs_string(&b->msg.attrs, PFQ_A_BINDINGS), "lo,va,vb");
	client_free(a);
	client_free(b);
	net_veth_del();
}

static void test_group_without_members(void **state)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0600");
	struct client *c = client_hello(0, 0);

	(void)state;
	world_veth();
	join_fails(c, "g", "vb");
	assert_int_equal(g->members, 0);
	assert_int_equal(g->feeds, 1);
	assert_int_equal(world.registry->sources.count, 1);
	client_free(c);
	net_veth_del();
}

/* A group that the refused JOIN has made is gone. */
static void test_new_group(void **state)
{
	struct client *c = client_hello(0, 0);

	(void)state;
	join_fails(c, "new", "lo");
	join_fails(c, NULL, "lo");
	assert_int_equal(world.registry->group_count, 0);
	assert_int_equal(world.registry->sources.count, 0);
	client_free(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_group_with_members),
		TEST(test_group_without_members),
		TEST(test_new_group),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
