/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the claims of a JOIN in work: the absent member of its name, the charge of an endpoint. */
#include "config.h"

#include <errno.h>

#include "pfqd/engine/claim.h"
#include "pfqd/engine/place.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define LONG_NS		3600000000000ULL

static struct pfq_error err;

static struct pfqd_group *group(void)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0666");

	g->settings.linger_ns = LONG_NS;
	return g;
}

static int join(struct client *c, const char *name)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_string(&c->out, PFQ_A_NAME, name);
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 16);
	return client_ask(c);
}

/* User @uid had a member of this name. */
static struct absent *absent(struct pfqd_group *g, const char *name, uid_t uid)
{
	struct client *c = client_hello(uid, uid);

	assert_int_equal(join(c, name), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	client_free(c);
	return absent_find(g, name);
}

static uint64_t charged(uid_t uid)
{
	return limits_used(world.registry->limits, uid, LIMIT_ENDPOINTS);
}

static void begin(struct claim *c, const struct pfqd_group *g, const char *name, uid_t uid)
{
	assert_int_equal(claim_begin(c, world.registry, g, name, uid, &err), 0);
}

/* --- time ------------------------------------------------------------------------ */

static void end_time(struct absent *a)
{
	a->until_ns = registry_now_ns();
	absent_schedule(world.registry);
}

static void work_for_a_while(void)
{
	uint64_t end_ns = registry_now_ns() + 50000000;

	world_until(registry_now_ns() > end_ns);
}

/* The absent member waits while a JOIN is in work. After that its time is over. */
static void test_it_waits(void **state)
{
	struct pfqd_group *g = group();
	struct absent *a = absent(g, "a", 0);
	struct claim first, second;

	(void)state;
	begin(&first, g, "a", 0);
	begin(&second, g, "a", 0);
	end_time(a);
	work_for_a_while();
	assert_int_equal(g->absents, 1);
	claim_cancel(&first, world.registry);
	work_for_a_while();
	assert_int_equal(g->absents, 1);
	claim_cancel(&second, world.registry);
	world_until(!g->absents);
	assert_int_equal(charged(0), 0);
}

/* A JOIN under another name keeps nobody. */
static void test_others_do_not_wait(void **state)
{
	struct pfqd_group *g = group();
	struct absent *a = absent(g, "a", 0);
	struct claim other;

	(void)state;
	begin(&other, g, "b", 0);
	end_time(a);
	world_until(!g->absents);
	claim_cancel(&other, world.registry);
	assert_int_equal(charged(0), 0);
}

/* The time of the JOIN is added if the JOIN succeeds. */
static void test_it_waits_for_a_start(void **state)
{
	struct pfqd_group *g = group();
	struct absent *a = absent(g, "a", 0);
	uint64_t until_ns = a->until_ns;
	struct claim c;

	(void)state;
	begin(&c, g, "a", 0);
	claim_cancel(&c, world.registry);
	assert_true(a->until_ns == until_ns);
	begin(&c, g, "a", 0);
	net_run("sleep 0.05");
	claim_settle(&c, world.registry, g, "a");
	assert_in_range(a->until_ns - until_ns, 50000000, 5000000000);
	assert_int_equal(a->claims, 0);
	/* The endpoint, of which this test has made none, leaves. */
	absent_uncharge(world.registry, g, "a", 0);
	assert_true(a->is_charged);
}

/* --- charges ---------------------------------------------------------------------- */

/*
 * Fill the limit of user 9 with absent members, as many as the group takes, and other endpoints.
 * The first one has the name "m0".
 */
static void fill_limit(struct pfqd_group *g)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < PFQ_LIMIT_USER_PLACES; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		absent(g, name, 9);
	}
	assert_int_equal(limits_take(world.registry->limits, 9, LIMIT_ENDPOINTS,
				     PFQ_LIMIT_USER_ENDPOINTS - PFQ_LIMIT_USER_PLACES, &err), 0);
	assert_int_equal(charged(9), PFQ_LIMIT_USER_ENDPOINTS);
}

static void test_its_own_charge(void **state)
{
	struct pfqd_group *g = group();
	struct absent *a = absent(g, "a", 9);
	struct claim mine, again, roots;

	(void)state;
	begin(&mine, g, "a", 9);
	assert_false(a->is_charged);
	begin(&again, g, "a", 9);
	assert_int_equal(charged(9), 2);
	begin(&roots, g, "a", 0);
	assert_int_equal(charged(0), 1);
	claim_cancel(&again, world.registry);
	claim_cancel(&mine, world.registry);
	assert_true(a->is_charged);
	claim_settle(&roots, world.registry, g, "a");
	assert_int_equal(charged(9), 1);
	assert_int_equal(charged(0), 1);
	absent_uncharge(world.registry, g, "a", 0);
	assert_int_equal(charged(0), 0);
}

/* At the limit, the oldest one hands its charge over; it goes only if the JOIN succeeds. */
static void test_a_lender(void **state)
{
	struct pfqd_group *g = group();
	struct absent *oldest;
	struct claim c;

	(void)state;
	fill_limit(g);
	oldest = absent_find(g, "m0");
	begin(&c, g, "new", 9);
	assert_false(oldest->is_charged);
	claim_cancel(&c, world.registry);
	assert_true(oldest->is_charged);
	begin(&c, g, "new", 9);
	claim_settle(&c, world.registry, g, "new");
	assert_null(absent_find(g, "m0"));
	assert_int_equal(charged(9), PFQ_LIMIT_USER_ENDPOINTS);
	/* The lender stays if there is room when the JOIN succeeds. */
	begin(&c, g, "newer", 9);
	limits_give(world.registry->limits, 9, LIMIT_ENDPOINTS, 1);
	claim_settle(&c, world.registry, g, "newer");
	assert_true(absent_find(g, "m1")->is_charged);
	assert_int_equal(charged(9), PFQ_LIMIT_USER_ENDPOINTS);
}

/* All absent members lend already: the limit holds. */
static void test_no_lender(void **state)
{
	static struct claim claims[PFQ_LIMIT_USER_PLACES];
	struct pfqd_group *g = group();
	struct claim c;
	unsigned int i;

	(void)state;
	fill_limit(g);
	for (i = 0; i < PFQ_LIMIT_USER_PLACES; i++)
		begin(&claims[i], g, "m0", 9);
	assert_int_equal(claim_begin(&c, world.registry, g, "m0", 9, &err), -EDQUOT);
	check_text(err.text, "endpoints");
	for (i = 0; i < PFQ_LIMIT_USER_PLACES; i++)
		claim_cancel(&claims[i], world.registry);
	assert_int_equal(charged(9), PFQ_LIMIT_USER_ENDPOINTS);
	assert_int_equal(g->absents, PFQ_LIMIT_USER_PLACES);
}

/* The group goes while JOINs are in work; the charges that they have are their own then. */
static void test_the_lender_goes(void **state)
{
	struct pfqd_group *g = group(), *h;
	struct claim mine, settled;

	(void)state;
	absent(g, "a", 0);
	absent(g, "b", 0);
	begin(&mine, g, "a", 0);
	begin(&settled, g, "b", 0);
	registry_group_remove(world.registry, g);
	registry_update_later(world.registry);
	h = group();
	assert_int_equal(charged(0), 2);
	claim_cancel(&mine, world.registry);
	claim_settle(&settled, world.registry, h, "b");
	assert_int_equal(charged(0), 1);
}

/* The name that the endpoint gets in the end is another one, of which there is an absent member. */
static void test_another_name(void **state)
{
	struct pfqd_group *g = group();
	struct absent *a = absent(g, "a", 0), *b = absent(g, "b", 0);
	struct claim c;

	(void)state;
	begin(&c, g, "a", 0);
	claim_settle(&c, world.registry, g, "b");
	assert_true(a->is_charged);
	assert_false(b->is_charged);
	assert_int_equal(charged(0), 2);
	assert_int_equal(a->claims, 0);
}

/* In a full group, another one makes room. */
static void test_it_makes_no_room(void **state)
{
	struct pfqd_group *g = group();
	struct claim c;
	char name[16];
	unsigned int i;

	(void)state;
	for (i = 0; i < PFQ_MEMBERS_MAX; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		absent(g, name, 0);
	}
	begin(&c, g, "m0", 0);
	place_make_room(world.registry, g, 0, NULL);
	assert_int_equal(g->absents, PFQ_MEMBERS_MAX - 1);
	assert_non_null(absent_find(g, "m0"));
	assert_null(absent_find(g, "m1"));
	claim_cancel(&c, world.registry);
}

/* --- any order -------------------------------------------------------------------- */

#define CLAIMS	6
#define NAMES	4

static unsigned int count_charges(const struct pfqd_group *g, unsigned int claims)
{
	const struct absent *a;
	unsigned int n = g->members + claims;

	TAILQ_FOREACH(a, &g->absent, entry)
		n += a->is_charged;
	return n;
}

static void choose(struct client **c, const char *name)
{
	if (*c) {
		client_free(*c);
		*c = NULL;
		return;
	}
	*c = client_hello(0, 0);
	assert_int_equal(join(*c, name), 0);
	if (rand() % 2)
		assert_int_equal(client_command(*c, PFQ_CMD_START), 0);
}

/*
 * JOINs begin, fail and succeed in any order, and members come and go. The charge is always the
 * number of members, JOINs in work, and absent members with a charge.
 */
static void test_any_order(void **state)
{
	static const char *const names[NAMES] = { "a", "b", "c", "d" };
	struct client *c[NAMES] = { NULL };
	struct pfqd_group *g = group();
	unsigned int i, k, claims = 0, extra = 0;
	struct claim claim[CLAIMS];
	const struct absent *a;

	(void)state;
	srand(1);
	for (i = 0; i < 2000; i++) {
		k = rand() % NAMES;
		switch (rand() % 4) {
		case 0:
			choose(&c[k], names[k]);
			break;
		case 1:
			if (claims < CLAIMS)
				begin(&claim[claims++], g, names[k], 0);
			break;
		case 2:
			if (claims)
				claim_cancel(&claim[--claims], world.registry);
			break;
		default:
			if (!claims)
				break;
			/* An endpoint joins and leaves at once. */
			claim_settle(&claim[--claims], world.registry, g, names[k]);
			absent_uncharge(world.registry, g, names[k], 0);
			extra++;
		}
		assert_int_equal(charged(0), count_charges(g, claims));
	}
	assert_true(extra > 100);
	while (claims)
		claim_cancel(&claim[--claims], world.registry);
	TAILQ_FOREACH(a, &g->absent, entry)
		assert_int_equal(a->claims, 0);
	for (k = 0; k < NAMES; k++) {
		if (c[k])
			client_free(c[k]);
	}
	registry_group_remove(world.registry, g);
	assert_int_equal(charged(0), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_it_waits),
		TEST(test_others_do_not_wait),
		TEST(test_it_waits_for_a_start),
		TEST(test_its_own_charge),
		TEST(test_a_lender),
		TEST(test_no_lender),
		TEST(test_the_lender_goes),
		TEST(test_another_name),
		TEST(test_it_makes_no_room),
		TEST(test_any_order),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
