/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests members that leave and come back: their share, their name, their time, their limits. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>

#include "pfqd/engine/snapshot.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define LONG_NS		3600000000000ULL
#define SHORT_NS	1000000000ULL

static const char *group_name = "g";	/* of the next JOINs */

static struct pfqd_group *group_with(const char *steer, uint64_t linger_ns)
{
	struct pfqd_group *g = world_group("g", "lo", steer, "root:root 0666");

	g->settings.linger_ns = linger_ns;
	return g;
}

static int join(struct client *c, const char *name)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, group_name);
	pfq_msg_put_string(&c->out, PFQ_A_NAME, name);
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 16);
	return client_ask(c);
}

/* A member of user @uid that takes packets. */
static struct client *member(const char *name, uid_t uid)
{
	struct client *c = client_hello(uid, uid);

	assert_int_equal(join(c, name), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	return c;
}

static uint64_t charged(uid_t uid)
{
	return limits_used(world.registry->limits, uid, LIMIT_ENDPOINTS);
}

/* Fill in, for each slot, the name of the member that has it; "": nobody. */
static void see(const struct pfqd_group *g, char (*names)[8])
{
	const struct pfq_class_members *cls = g->snapshot->plan.group.class[0];
	const struct endpoint *ep;
	uint32_t s, i, m;

	for (s = 0; s < PFQ_STEER_SLOTS; s++) {
		m = cls->table.slot[s];
		i = 0;
		names[s][0] = '\0';
		TAILQ_FOREACH(ep, &g->member, entry) {
			if (i++ == m)
				strcpy(names[s], ep->params.name);
		}
	}
}

static void test_its_own_share_comes_back(void **state)
{
	static char before[PFQ_STEER_SLOTS][8], away[PFQ_STEER_SLOTS][8], now[PFQ_STEER_SLOTS][8];
	struct pfqd_group *g = group_with("flow", LONG_NS);
	struct client *a = member("a", 0), *b = member("b", 0), *c = member("c", 0);
	unsigned int lent = 0, s;

	(void)state;
	see(g, before);
	client_free(b);
	assert_int_equal(g->members, 2);
	assert_int_equal(g->absents, 1);
	see(g, away);
	for (s = 0; s < PFQ_STEER_SLOTS; s++)
		assert_string_equal(away[s], before[s][0] == 'b' ? "" : before[s]);
	g->settings.linger_to = PFQ_LINGER_OTHERS;
	group_changed(g);
	registry_update_later(world.registry);
	see(g, away);
	for (s = 0; s < PFQ_STEER_SLOTS; s++) {
		assert_true(away[s][0]);
		lent += strcmp(away[s], before[s]) != 0;
	}
	assert_in_range(lent, PFQ_STEER_SLOTS / 3, PFQ_STEER_SLOTS / 3 + 1);
	/* joined, it takes nothing yet */
	b = client_hello(0, 0);
	assert_int_equal(join(b, "b"), 0);
	assert_int_equal(g->absents, 1);
	see(g, now);
	assert_memory_equal(now, away, sizeof(now));
	assert_int_equal(client_command(b, PFQ_CMD_START), 0);
	assert_int_equal(g->absents, 0);
	see(g, now);
	assert_memory_equal(now, before, sizeof(now));
	assert_string_equal(TAILQ_NEXT(TAILQ_FIRST(&g->member), entry)->params.name, "b");
	client_free(a);
	client_free(b);
	client_free(c);
}

static void test_others_take_it_after_linger(void **state)
{
	static char now[PFQ_STEER_SLOTS][8];
	struct pfqd_group *g = group_with("flow", SHORT_NS);
	struct client *a = member("a", 0), *b = member("b", 0);
	unsigned int s;

	(void)state;
	client_free(b);
	assert_int_equal(g->absents, 1);
	assert_int_equal(charged(0), 2);
	world_until(!g->absents);
	assert_int_equal(charged(0), 1);
	see(g, now);
	for (s = 0; s < PFQ_STEER_SLOTS; s++)
		assert_string_equal(now[s], "a");
	client_free(a);
}

/* No name, no start, no linger: nothing is kept. A group of a JOIN ends with its last member. */
static void test_nothing_to_keep(void **state)
{
	struct pfqd_group *g = group_with("flow", LONG_NS);
	struct client *c = client_hello(0, 0);

	(void)state;
	client_free(member("", 0));
	assert_int_equal(g->absents, 0);
	assert_int_equal(join(c, "a"), 0);
	client_free(c);
	assert_int_equal(g->absents, 0);
	g->settings.linger_ns = 0;
	client_free(member("a", 0));
	assert_int_equal(g->absents, 0);
	g->settings.linger_ns = LONG_NS;
	g->kind = GROUP_JOINED;
	client_free(member("a", 0));
	assert_int_equal(world.registry->group_count, 0);
	assert_int_equal(charged(0), 0);
}

static void test_the_name_is_its_users(void **state)
{
	struct pfqd_group *g = group_with("flow", LONG_NS);
	struct client *a = member("a", 1000), *c = client_hello(1001, 1001);

	(void)state;
	client_free(a);
	assert_int_equal(join(c, "a"), -EEXIST);
	check_text(c->msg.text, "keeps the share of \"a\" for user 1000");
	assert_int_equal(join(c, "b"), 0);
	client_free(c);
	client_free(member("a", 1000));
	assert_int_equal(g->absents, 1);
	/* root may, and has it from then on */
	client_free(member("a", 0));
	assert_int_equal(charged(1000), 0);
	assert_int_equal(charged(0), 1);
	c = client_hello(1000, 1000);
	assert_int_equal(join(c, "a"), -EEXIST);
	client_free(c);
}

/*
 * An absent member counts as an endpoint of its user, but keeps nobody from joining. All groups
 * count together.
 */
static void test_limits(void **state)
{
	struct pfqd_group *g = group_with("flow", LONG_NS), *h;
	struct client *c;
	char name[16];
	unsigned int i;

	(void)state;
	/* an owner may have more than half of the group */
	g->settings.access.uid = 1000;
	h = world_group("h", "lo", "flow", "root:root 0666");
	h->settings.linger_ns = LONG_NS;
	for (i = 0; i < PFQ_LIMIT_USER_ENDPOINTS + 3; i++) {
		group_name = i < 200 ? "g" : "h";
		snprintf(name, sizeof(name), "m%u", i);
		client_free(member(name, 1000));
	}
	group_name = "g";
	assert_int_equal(g->absents + h->absents, PFQ_LIMIT_USER_ENDPOINTS);
	assert_int_equal(charged(1000), PFQ_LIMIT_USER_ENDPOINTS);
	assert_null(absent_find(g, "m2"));
	assert_non_null(absent_find(g, "m3"));
	/* one that comes back is charged once, whether it starts or not */
	c = client_hello(1000, 1000);
	assert_int_equal(join(c, "m3"), 0);
	assert_int_equal(charged(1000), PFQ_LIMIT_USER_ENDPOINTS);
	client_free(c);
	assert_int_equal(charged(1000), PFQ_LIMIT_USER_ENDPOINTS);
	assert_int_equal(g->absents + h->absents, PFQ_LIMIT_USER_ENDPOINTS);
	client_free(member("m3", 1000));
	assert_int_equal(charged(1000), PFQ_LIMIT_USER_ENDPOINTS);
	registry_group_remove(world.registry, g);
	registry_group_remove(world.registry, h);
	assert_int_equal(charged(1000), 0);
}

static void test_a_full_group(void **state)
{
	struct pfqd_group *g = group_with("flow", LONG_NS);
	struct client *a = member("a", 0);
	char name[16];
	unsigned int i;

	(void)state;
	for (i = 0; i < PFQ_MEMBERS_MAX; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		client_free(member(name, 0));
	}
	assert_int_equal(g->members, 1);
	assert_int_equal(g->absents, PFQ_MEMBERS_MAX - 1);
	assert_null(absent_find(g, "m0"));
	client_free(a);
	registry_group_remove(world.registry, g);
}

static void test_it_counts_as_there(void **state)
{
	struct pfqd_group *g = group_with("flow", SHORT_NS);
	struct client *a, *b, *c;

	(void)state;
	g->settings.members_wanted = 3;
	a = member("a", 0);
	b = member("b", 0);
	client_free(a);
	/* member a counts once, also at the moment in which it leaves */
	assert_true(group_is_holding(g));
	c = member("c", 0);
	assert_false(group_is_holding(g));
	client_free(c);
	client_free(b);
	assert_false(group_is_holding(g));
	world_until(!g->absents);
	assert_true(group_is_holding(g));
}

/* In a group of copies, one that comes back does not count twice. */
static void test_it_counts_once(void **state)
{
	struct pfqd_group *g = group_with("copy", LONG_NS);
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);

	(void)state;
	g->settings.members_wanted = 3;
	assert_int_equal(join(a, "a"), 0);
	assert_int_equal(join(b, "b"), 0);
	client_free(a);
	assert_int_equal(g->absents, 1);
	a = client_hello(0, 0);
	assert_int_equal(join(a, "a"), 0);
	assert_true(group_is_holding(g));
	client_free(a);
	client_free(b);
}

/* A group of copies keeps the name and the number of members. */
static void test_copies(void **state)
{
	struct pfqd_group *g = group_with("copy", LONG_NS);
	struct client *c = client_hello(0, 0);

	(void)state;
	assert_int_equal(join(c, "a"), 0);
	client_free(c);
	assert_int_equal(g->absents, 1);
	assert_null(g->snapshot->plan.group.class[0]);
	c = client_hello(0, 0);
	assert_int_equal(join(c, "a"), 0);
	assert_int_equal(g->absents, 0);
	client_free(c);
}

/* An endpoint of no client, which has left; a worker may still have the plan with it. */
static struct endpoint *leaving(struct pfqd_group *g)
{
	const struct endpoint_params params = {
		.name = "a", .hugepages = "off", .snaplen = 64, .weight = 1,
		.classes = PFQ_CLASS_DEFAULT, .ring_bytes = 1 << 16,
	};
	const struct access_cred root = { .uid = 0 };
	struct registry *e = world.registry;
	struct pfq_error err;
	struct endpoint *ep;

	ep = endpoint_create(&params, &root, e->lanes);
	assert_int_equal(endpoint_fill(ep, PFQ_LINKTYPE_ETHERNET, &err), 0);
	assert_int_equal(limits_take(e->limits, 0, LIMIT_ENDPOINTS, 1, &err), 0);
	ep->id = ++e->last_endpoint_id;
	registry_endpoint_add(e, g, ep);
	assert_true(absent_add(e, ep));
	group_remove(g, ep);
	TAILQ_INSERT_TAIL(&e->dead_endpoints, ep, entry);
	return ep;
}

static void test_its_counters_are_complete(void **state)
{
	struct pfqd_group *g = group_with("copy", LONG_NS);
	struct endpoint *ep = leaving(g);
	const struct absent *a = TAILQ_FIRST(&g->absent);

	(void)state;
	ep->producer[0].counters[PFQ_ENDPOINT_offered] = 3;
	ep->producer[1].counters[PFQ_ENDPOINT_offered] = 1;
	ep->producer[1].counters[PFQ_ENDPOINT_delivered] = 1;
	registry_update_later(world.registry);
	assert_true(TAILQ_EMPTY(&world.registry->dead_endpoints));
	assert_int_equal(a->counters[PFQ_ENDPOINT_offered], 4);
	assert_int_equal(a->counters[PFQ_ENDPOINT_delivered], 1);
	registry_group_remove(world.registry, g);
}

static void test_what_is_told(void **state)
{
	struct client *a, *asks = client_hello(0, 0);
	uint64_t left = 0, members = 0, absent = 0;
	struct pfqd_group *g = group_with("flow", LONG_NS);
	const struct pfq_attrs *attrs = &asks->msg.attrs;

	(void)state;
	a = member("a", 0);
	client_free(a);
	assert_int_equal(g->absents, 1);
	client_begin(asks, PFQ_CMD_ENDPOINT_GET, NLM_F_DUMP);
	client_send(asks);
	while (!client_answer(asks) && asks->msg.type != NLMSG_DONE) {
		assert_string_equal(pfq_attrs_string(attrs, PFQ_A_NAME), "a");
		left = pfq_attrs_u64(attrs, PFQ_A_LINGER_NS);
	}
	assert_in_range(left, LONG_NS / 2, LONG_NS);
	client_begin(asks, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(asks);
	while (!client_answer(asks) && asks->msg.type != NLMSG_DONE) {
		members += pfq_attrs_u32(attrs, PFQ_A_MEMBERS);
		absent += pfq_attrs_u32(attrs, PFQ_A_ABSENT);
		assert_true(pfq_attrs_u64(attrs, PFQ_A_LINGER_NS) == LONG_NS);
	}
	assert_int_equal(members, 0);
	assert_int_equal(absent, 1);
	client_free(asks);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_its_own_share_comes_back),
		TEST(test_others_take_it_after_linger),
		TEST(test_nothing_to_keep),
		TEST(test_the_name_is_its_users),
		TEST(test_limits),
		TEST(test_a_full_group),
		TEST(test_it_counts_as_there),
		TEST(test_it_counts_once),
		TEST(test_copies),
		TEST(test_its_counters_are_complete),
		TEST(test_what_is_told),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
