/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests what a JOIN leaves behind if the workers cannot take its change, and JOINs that bring a
 * filter and a direction. The linker's --wrap redirects plan_create() to this file, so that there
 * is no memory for a plan.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>

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

/* --- a filter and a direction -------------------------------------------------------- */

/* Ask to join group g with a filter of @count instructions and a direction. */
static int join_filtered(struct client *c, unsigned int count, uint32_t direction)
{
	struct sock_filter insns[8];
	unsigned int i;

	for (i = 0; i < count; i++)
		insns[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	if (count)
		pfq_msg_put_binary(&c->out, PFQ_A_FILTER, insns, count * sizeof(insns[0]));
	if (direction)
		pfq_msg_put_u32(&c->out, PFQ_A_DIRECTION, direction);
	return client_ask(c);
}

static uint64_t charged(void)
{
	return limits_used(world.registry->limits, 9, LIMIT_FILTER_INSNS);
}

/* The endpoint has both before it is published. */
static void test_filter(void **state)
{
	struct client *c = client_hello(9, 9);
	struct pfqd_group *g = world_group("g", "lo", "flow", "9:9 0400");
	const struct endpoint *ep;

	(void)state;
	assert_int_equal(join_filtered(c, 3, PFQ_DIRECTION_OUT), 0);
	assert_int_equal(charged(), 3);
	ep = TAILQ_FIRST(&g->member);
	assert_int_equal(ep->filter_insns, 3);
	assert_int_equal(ep->direction, PFQ_DIRECTION_OUT);
	assert_non_null(ep->filter);
	client_free(c);
	world_until(charged() == 0);
}

static void test_bad_filter(void **state)
{
	const struct sock_filter bad = BPF_STMT(BPF_LD | BPF_IMM, 1);
	struct client *c = client_hello(9, 9);
	uint64_t max = limits_max(9, LIMIT_FILTER_INSNS);

	(void)state;
	world_group("g", "lo", "flow", "9:9 0400");
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_binary(&c->out, PFQ_A_FILTER, &bad, sizeof(bad));
	assert_int_equal(client_ask(c), -EINVAL);
	assert_int_equal(join_filtered(c, 1, 3), -EINVAL);
	check_text(c->msg.text, "direction 3 is not allowed; allowed: 0 both, 1 in, 2 out");
	/* the user has used up all but one instruction */
	assert_int_equal(limits_take(world.registry->limits, 9, LIMIT_FILTER_INSNS, max - 1, NULL),
			 0);
	assert_int_equal(join_filtered(c, 2, 0), -EDQUOT);
	assert_int_equal(charged(), max - 1);
	assert_int_equal(join_filtered(c, 1, 0), 0);
	assert_int_equal(charged(), max);
	limits_give(world.registry->limits, 9, LIMIT_FILTER_INSNS, max - 1);
	client_free(c);
	world_until(charged() == 0);
}

/* A JOIN that fails in its last step gives the charge back. */
static void test_filter_of_a_failure(void **state)
{
	struct client *c = client_hello(9, 9);

	(void)state;
	world_group("g", "lo", "flow", "9:9 0400");
	failures = 1;
	assert_int_equal(join_filtered(c, 3, 0), -ENOMEM);
	world_until(charged() == 0);
	client_free(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_group_with_members),
		TEST(test_group_without_members),
		TEST(test_new_group),
		TEST(test_filter),
		TEST(test_bad_filter),
		TEST(test_filter_of_a_failure),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
