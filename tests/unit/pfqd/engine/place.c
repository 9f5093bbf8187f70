/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests who may join a group that has many members, and which absent member makes room. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/limit.h"
#include "pfqd/engine/claim.h"
#include "pfqd/engine/place.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

#define SECOND_NS	1000000000ULL
#define LONG_S		3600

static struct pfq_error err;

static struct pfqd_group *group(void)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0666");

	g->settings.linger_ns = LONG_S * SECOND_NS;
	return g;
}

/* Make @count absent members of @uid, which have @left_s seconds left. Returns the last one. */
static struct absent *absent(struct pfqd_group *g, uid_t uid, unsigned int count,
			     unsigned int left_s)
{
	struct endpoint_params p = { .weight = 1, .classes = 1 };
	uint32_t id = 0;

	while (count--) {
		id = ++world.registry->last_endpoint_id;
		snprintf(p.name, sizeof(p.name), "m%u", id);
		assert_true(absent_restore(world.registry, g, id, id, uid, &p, 0));
		absent_of_id(world.registry, id)->until_ns += left_s * SECOND_NS;
	}
	return absent_of_id(world.registry, id);
}

static unsigned int absents_of(const struct pfqd_group *g, uid_t uid)
{
	const struct absent *a;
	unsigned int n = 0;

	TAILQ_FOREACH(a, &g->absent, entry)
		n += a->uid == uid;
	return n;
}

static int join(struct client *c, const char *name)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_string(&c->out, PFQ_A_NAME, name);
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 4096);
	pfq_msg_put_u32(&c->out, PFQ_A_SNAPLEN, 64);
	return client_ask(c);
}

/* @count members of user @uid join; their names begin with @prefix. */
static void join_all(struct client **c, unsigned int count, uid_t uid, const char *prefix)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", prefix, i);
		c[i] = client_hello(uid, uid);
		assert_int_equal(join(c[i], name), 0);
	}
}

static void refused(uid_t uid, const char *text)
{
	struct client *c = client_hello(uid, uid);

	assert_int_equal(join(c, "refused"), -EDQUOT);
	assert_string_equal(c->msg.text, text);
	client_free(c);
}

static void test_members(void **state)
{
	struct client *c[PFQ_MEMBERS_MAX] = { NULL };
	unsigned int i;

	(void)state;
	group();
	join_all(c, 128, 1000, "a");
	refused(1000, "group g: user 1000 has 128 members; allowed: 128 of its 256 places; end "
		      "some consumers");
	join_all(c + 128, 112, 1001, "b");
	refused(1001, "group g: users other than root have 240 members, absent ones included; "
		      "allowed: 240 of its 256 places");
	refused(1002, "group g: users other than root have 240 members, absent ones included; "
		      "allowed: 240 of its 256 places");
	join_all(c + 240, 16, 0, "root");
	refused(0, "group g has 256 members, absent ones included; allowed: 256");
	for (i = 0; i < PFQ_MEMBERS_MAX; i++)
		client_free(c[i]);
}

/* The owner has what others leave; root has 16 places left. */
static void test_owner(void **state)
{
	struct client *c[PFQ_LIMIT_USERS_PLACES + 1];
	struct pfqd_group *g = group();
	unsigned int i;

	(void)state;
	g->settings.access.uid = 1000;
	join_all(c, PFQ_LIMIT_USERS_PLACES, 1000, "a");
	assert_int_equal(place_check(g, 1000, &err), -EDQUOT);
	assert_int_equal(place_check(g, 1001, &err), -EDQUOT);
	join_all(c + PFQ_LIMIT_USERS_PLACES, 1, 0, "root");
	for (i = 0; i < PFQ_LIMIT_USERS_PLACES + 1; i++)
		client_free(c[i]);
}

/* A user at the limit loses its own absent member, not those of others that have less time left. */
static void test_own_makes_room(void **state)
{
	struct pfqd_group *g = group();
	struct absent *first;
	uint32_t id;

	(void)state;
	absent(g, 0, 10, 0);
	absent(g, 1001, 10, 0);
	absent(g, 1000, 100, 20);
	first = absent(g, 1000, 1, 10);
	absent(g, 1000, 27, 20);
	id = first->id;
	assert_int_equal(place_check(g, 1000, &err), 0);
	place_make_room(world.registry, g, 1000, NULL);
	assert_int_equal(absents_of(g, 0), 10);
	assert_int_equal(absents_of(g, 1001), 10);
	assert_int_equal(absents_of(g, 1000), 127);
	assert_null(absent_of_id(world.registry, id));
	place_make_room(world.registry, g, 1000, NULL);
	assert_int_equal(absents_of(g, 1000), 127);
}

/* Absent members of others make no room but for root. */
static void test_others_make_no_room(void **state)
{
	struct pfqd_group *g = group();

	(void)state;
	absent(g, 1000, 128, 10);
	absent(g, 1001, 112, 0);
	assert_int_equal(place_check(g, 1002, &err), -EDQUOT);
	place_make_room(world.registry, g, 1002, NULL);
	assert_int_equal(g->absents, 240);
	absent(g, 0, 16, 20);
	assert_int_equal(place_check(g, 0, &err), 0);
	place_make_room(world.registry, g, 0, NULL);
	assert_int_equal(absents_of(g, 1001), 111);
	assert_int_equal(absents_of(g, 1000), 128);
	assert_int_equal(absents_of(g, 0), 16);
}

/* All members of a user come back, by name or by number: nobody loses a share. */
static void test_all_come_back(void **state)
{
	struct pfqd_group *g = group();
	struct absent *a;

	(void)state;
	absent(g, 1000, 128, 0);
	TAILQ_FOREACH(a, &g->absent, entry) {
		assert_int_equal(place_check(g, 1000, &err), 0);
		place_make_room(world.registry, g, 1000, a);
	}
	assert_int_equal(g->absents, 128);
}

/* The same by JOINs: meanwhile the group has 128 members and 128 absent ones, and root can join. */
static void test_all_join_again(void **state)
{
	struct client *c[129];
	struct pfqd_group *g = group();
	unsigned int i;

	(void)state;
	join_all(c, 128, 1000, "a");
	for (i = 0; i < 128; i++) {
		assert_int_equal(client_command(c[i], PFQ_CMD_START), 0);
		client_free(c[i]);
	}
	world_until(g->absents == 128);
	join_all(c, 128, 1000, "a");
	assert_int_equal(g->absents, 128);
	join_all(c + 128, 1, 0, "root");
	assert_int_equal(g->absents, 127);
	for (i = 0; i < 128; i++)
		assert_int_equal(client_command(c[i], PFQ_CMD_START), 0);
	assert_int_equal(g->absents, 0);
	for (i = 0; i < 129; i++)
		client_free(c[i]);
}

/* An absent member that a JOIN waits for goes last, and the JOIN goes on without it. */
static void test_claimed_goes_last(void **state)
{
	struct pfqd_group *g = group();
	struct absent *claimed = absent(g, 1000, 1, 0);
	uint32_t id = claimed->id;
	struct claim c;

	(void)state;
	assert_int_equal(claim_begin(&c, world.registry, g, claimed->params.name, 1000, &err), 0);
	absent(g, 1000, 127, 10);
	place_make_room(world.registry, g, 1000, NULL);
	assert_non_null(absent_of_id(world.registry, id));
	assert_int_equal(g->absents, 127);
	while (g->absents > 1)
		absent_give_up(world.registry, TAILQ_LAST(&g->absent, absent_list));
	absent(g, 1001, PFQ_MEMBERS_MAX - 1, 10);
	place_make_room(world.registry, g, 1000, NULL);
	assert_null(absent_of_id(world.registry, id));
	claim_cancel(&c, world.registry);
	assert_int_equal(limits_used(world.registry->limits, 1000, LIMIT_ENDPOINTS), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_members),
		TEST(test_owner),
		TEST(test_own_makes_room),
		TEST(test_others_make_no_room),
		TEST(test_all_come_back),
		TEST(test_all_join_again),
		TEST(test_claimed_goes_last),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
