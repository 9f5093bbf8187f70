/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that members of the next pfqd have the slots that they had, and what a bad text does. */
#include "config.h"

#include <errno.h>

#include "pfqd/engine/shares.h"
#include "pfqd/engine/snapshot.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pfqd_world.h"

/* A group that no worker knows yet, as at the start of pfqd. */
static struct pfqd_group *new_group(const char *steer)
{
	struct group_settings s;
	struct pfq_error err;
	struct pfqd_group *g;

	group_settings_default(&s);
	strcpy(s.name, "g");
	s.promisc = false;
	s.linger_ns = 0;
	assert_int_equal(binding_list_parse(&s.bindings, "lo", &err), 0);
	assert_int_equal(group_settings_steer(&s, steer, &err), 0);
	assert_int_equal(access_policy_parse(&s.access, "root:root 0666", &err), 0);
	assert_int_equal(registry_group_add(world.registry, GROUP_CONFIGURED, &s, &g, &err), 0);
	group_settings_free(&s);
	return g;
}

static void publish(void)
{
	struct pfq_error err;

	assert_int_equal(registry_update(world.registry, &err), 0);
}

static struct client *member(const char *name, uint64_t classes)
{
	struct client *c = client_hello(0, 0);

	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_string(&c->out, PFQ_A_NAME, name);
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 16);
	pfq_msg_put_u64(&c->out, PFQ_A_CLASSES, classes);
	assert_int_equal(client_ask(c), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	return c;
}

/* Fill in, for each slot of the class, the last letter of the name of the member that has it. */
static void see(const struct pfqd_group *g, unsigned int class, char *letters)
{
	const struct pfq_class_members *cls = g->snapshot->plan.group.class[class];
	const struct endpoint *ep;
	uint32_t s, i;

	for (s = 0; s < PFQ_STEER_SLOTS; s++) {
		letters[s] = '-';
		i = 0;
		TAILQ_FOREACH(ep, &g->member, entry) {
			if (i++ == cls->table.slot[s])
				letters[s] = ep->params.name[0] ? ep->params.name[1] : '?';
		}
	}
}

static void print(char **text, size_t *bytes)
{
	FILE *f = open_memstream(text, bytes);

	shares_print(world.registry, f);
	fclose(f);
}

static bool restore(const char *text)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	uint32_t seed;
	bool ok = shares_seed(f, &seed);

	if (ok)
		shares_restore(world.registry, f);
	fclose(f);
	return ok;
}

static void same_slots(void **state)
{
	static char before[2][PFQ_STEER_SLOTS], after[2][PFQ_STEER_SLOTS];
	static const char *const names[] = { "mb", "md", "me", "mc" };
	struct pfqd_group *g = new_group("flow");
	struct client *c[5];
	uint32_t last_id;
	size_t bytes, i;
	char *text;

	publish();
	c[0] = member("ma", 1);
	c[1] = member("mb", 3);
	c[2] = member("mc", 3);
	c[3] = member("md", 1);
	client_free(c[0]);
	world_until(g->members == 3);
	c[4] = member("me", 3);
	see(g, 0, before[0]);
	see(g, 1, before[1]);
	assert_memory_not_equal(before[0], before[1], PFQ_STEER_SLOTS);
	print(&text, &bytes);
	last_id = world.registry->last_endpoint_id;
	for (i = 1; i < 5; i++)
		client_free(c[i]);
	world_teardown(state);

	world_setup(state);
	g = new_group("flow");
	assert_true(restore(text));
	free(text);
	assert_int_equal(g->absents, 4);
	publish();
	assert_int_equal(world.registry->last_endpoint_id, last_id);
	for (i = 0; i < 4; i++)
		c[i] = member(names[i], i == 1 ? 1 : 3);
	assert_int_equal(g->absents, 0);
	see(g, 0, after[0]);
	see(g, 1, after[1]);
	assert_memory_equal(before[0], after[0], PFQ_STEER_SLOTS);
	assert_memory_equal(before[1], after[1], PFQ_STEER_SLOTS);
	for (i = 0; i < 4; i++)
		client_free(c[i]);
}

/* A group that the next pfqd has no more, or that has no shares any more, is left out. */
static void other_groups(void **state)
{
	struct pfqd_group *g = new_group("copy");

	(void)state;
	assert_true(restore("pfq-shares 1 5\ngroup gone\nmember 1 1 0 1 1 ma\n"
			    "group g\nmember 2 2 0 1 1 mb\n"));
	assert_int_equal(g->absents, 0);
	publish();
}

static void malformed(void **state)
{
	static const struct {
		const char *text;
		int absents;	/* -1: the first line is not good */
	} cases[] = {
		{ "pfq-shares 2 5\ngroup g\nmember 1 1 0 1 1 ma\n", -1 },
		{ "pfq-shares 1\n", -1 },
		{ "pfq-shares 1 5\n", 0 },
		{ "pfq-shares 1 5\nmember 1 1 0 1 1 ma\n", 0 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 1 1 ma\n", 1 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 1 1\n", 1 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 0 1 ma\n", 0 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 300 1 ma\n", 0 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0\n", 0 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 1 1 ma\nother\nmember 2 2 0 1 1 mb\n", 1 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 1 1 ma\ntable 1 000000\n", 1 },
		{ "pfq-shares 1 5\ngroup g\nmember 1 1 0 1 1 ma\ntable x\n", 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pfqd_group *g = new_group("flow");

		assert_int_equal(restore(cases[i].text), cases[i].absents >= 0);
		assert_int_equal(g->absents, cases[i].absents > 0 ? cases[i].absents : 0);
		publish();
		world_teardown(state);
		world_setup(state);
	}
}

/* A table with an owner that the group does not have is not used. */
static void bad_owner(void **state)
{
	struct pfqd_group *g = new_group("flow");
	char *text;
	size_t bytes, i;
	FILE *f = open_memstream(&text, &bytes);

	(void)state;
	fputs("pfq-shares 1 5\ngroup g\nmember 1 1 0 1 1 ma\ntable 1 ", f);
	for (i = 0; i < PFQ_STEER_SLOTS; i++)
		fputs(i == 4000 ? "001" : "000", f);
	fputs("\nmember 2 2 0 1 1 mb\n", f);
	fclose(f);
	assert_true(restore(text));
	free(text);
	assert_int_equal(g->absents, 1);
	publish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_slots, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(other_groups, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(malformed, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(bad_owner, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
