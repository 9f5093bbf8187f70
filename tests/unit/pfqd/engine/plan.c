/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests groups, and the plans that the workers get of them. */
#include "config.h"

#include "pfqd/base/error.h"
#include "pfqd/engine/snapshot.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/plan_rig.h"

static const struct pfq_class_members *class_of(const struct pfqd_group *g, unsigned int class)
{
	return g->snapshot->plan.group.class[class];
}

/* Return the id of the endpoint that has slot @i; 0: none. */
static uint32_t owner(const struct pfqd_group *g, uint32_t i)
{
	uint16_t m = pfq_steer_pick(&class_of(g, 0)->table, i);

	return m == PFQ_STEER_NOBODY ? 0 : g->snapshot->plan.group.member[m].id;
}

static uint32_t count_slots(const struct pfqd_group *g, uint32_t id)
{
	uint32_t i, n = 0;

	for (i = 0; i < PFQ_STEER_SLOTS; i++)
		n += owner(g, i) == id;
	return n;
}

static void test_started_only(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);
	struct endpoint *a = plan_join(g, 1, 1), *b = plan_join(g, 1, 1), *c = plan_join(g, 1, 1);

	(void)state;
	plan_settled();
	assert_int_equal(class_of(g, 0)->count, 3);
	assert_int_equal(class_of(g, 0)->started_count, 0);
	assert_int_equal(count_slots(g, 0), PFQ_STEER_SLOTS);
	group_start(g, b);
	plan_settled();
	assert_int_equal(count_slots(g, b->id), PFQ_STEER_SLOTS);
	group_start(g, c);
	group_start(g, c);
	plan_settled();
	assert_int_equal(g->started, 2);
	assert_int_equal(count_slots(g, b->id), PFQ_STEER_SLOTS / 2);
	assert_int_equal(count_slots(g, c->id), PFQ_STEER_SLOTS / 2);
	assert_int_equal(count_slots(g, a->id), 0);
	assert_int_equal(class_of(g, 0)->started[0], 1);
	assert_int_equal(class_of(g, 0)->started[1], 2);
	plan_end(g);
}

/* When members join and leave, or join without starting, only their share of the slots moves. */
static void test_little_moves(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);
	uint32_t before[PFQ_STEER_SLOTS], i, moved;
	struct endpoint *ep[6];
	uint64_t seed = 4711;
	int round, k;

	(void)state;
	for (i = 0; i < 6; i++) {
		ep[i] = plan_join(g, 1, 1 + i % 3);
		if (i != 2)
			group_start(g, ep[i]);
	}
	plan_settled();
	for (round = 0; round < 60; round++) {
		uint32_t gone = 0, came = 0;

		for (i = 0; i < PFQ_STEER_SLOTS; i++)
			before[i] = owner(g, i);
		k = check_random(&seed) % 6;
		if (round % 2) {
			gone = ep[k]->id;
			plan_leave(ep[k]);
			ep[k] = plan_join(g, 1, 1);	/* joined, not started: has no slots */
		} else if (!ep[k]->is_started) {
			group_start(g, ep[k]);
			came = ep[k]->id;
		}
		plan_settled();
		for (i = 0, moved = 0; i < PFQ_STEER_SLOTS; i++) {
			assert_true(owner(g, i) || !g->started);
			if (before[i] == owner(g, i))
				continue;
			/*
			 * Slots may move from the member that left, to the one that came,
			 * or to round shares.
			 */
			if (before[i] != gone && owner(g, i) != came)
				moved++;
		}
		assert_true(moved <= 6);
	}
	plan_end(g);
}

static void test_weights(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);
	struct endpoint *a = plan_join(g, 1, 1), *b = plan_join(g, 1, 3);

	(void)state;
	group_start(g, a);
	group_start(g, b);
	plan_settled();
	assert_int_equal(count_slots(g, a->id), PFQ_STEER_SLOTS / 4);
	assert_int_equal(count_slots(g, b->id), PFQ_STEER_SLOTS / 4 * 3);
	plan_end(g);
}

static void test_classes(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);
	struct endpoint *a = plan_join(g, ~0ULL, 1), *b = plan_join(g, 1ULL << 63 | 2, 1);

	(void)state;
	group_start(g, b);
	plan_settled();
	assert_int_equal(class_of(g, 0)->count, 1);
	assert_int_equal(class_of(g, 1)->count, 2);
	/* Classes with the same members share one table. */
	assert_ptr_equal(class_of(g, 0), class_of(g, 2));
	assert_ptr_equal(class_of(g, 1), class_of(g, 63));
	assert_ptr_not_equal(class_of(g, 0), class_of(g, 1));
	assert_int_equal(g->snapshot->tables, 2);
	assert_int_equal(class_of(g, 0)->started_count, 0);
	assert_int_equal(class_of(g, 63)->started[0], 1);
	plan_leave(a);
	plan_settled();
	assert_null(class_of(g, 0));
	assert_int_equal(class_of(g, 1)->all[0], 0);
	assert_int_equal(class_of(g, 1)->started[0], 0);
	assert_int_equal(pfq_steer_pick(&class_of(g, 1)->table, 77), 0);
	plan_end(g);
}

static void test_holding(void **state)
{
	struct pfqd_group *g = plan_group("flow", 2), *c = plan_group("copy", 2);
	struct endpoint *a = plan_join(g, 1, 1), *b = plan_join(g, 1, 1);

	(void)state;
	plan_join(c, 1, 1);
	group_start(g, a);
	plan_settled();
	assert_true(g->snapshot->plan.group.holding);
	assert_true(c->snapshot->plan.group.holding);
	plan_join(c, 1, 1);	/* a group of copies counts joined members */
	group_start(g, b);
	plan_settled();
	assert_false(g->snapshot->plan.group.holding);
	assert_false(c->snapshot->plan.group.holding);
	/* When one member leaves, the others go on. */
	plan_leave(b);
	plan_settled();
	assert_false(g->snapshot->plan.group.holding);
	/* After the last member has left, the group waits for all again. */
	plan_leave(a);
	a = plan_join(g, 1, 1);
	group_start(g, a);
	plan_settled();
	assert_true(g->snapshot->plan.group.holding);
	plan_end(g);
	plan_end(c);
}

/* A new plan makes new snapshots only of changed groups. */
static void test_snapshots(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0), *h = plan_group("flow", 0);
	struct snapshot *of_g, *of_h;
	struct endpoint *a;
	struct plan *plan;

	(void)state;
	plan_settled();
	of_g = g->snapshot;
	of_h = h->snapshot;
	assert_int_equal(of_g->plan.group.members, 0);
	a = plan_join(g, 1, 1);
	plan = plan_create(&groups, &sources.live);
	assert_non_null(plan);
	/* While the plan is made, the published snapshot does not change. */
	assert_ptr_equal(g->snapshot, of_g);
	assert_int_equal(plan->groups, 2);
	assert_ptr_equal(plan->group[0], &g->next->plan);
	assert_ptr_equal(plan->group[1], &of_h->plan);
	plan_discard(plan, &groups);
	assert_null(g->next);
	assert_ptr_equal(g->snapshot, of_g);
	plan_settled();
	assert_ptr_equal(h->snapshot, of_h);
	assert_int_equal(g->snapshot->plan.group.members, 1);
	assert_int_equal(g->snapshot->plan.group.member[0].id, a->id);
	assert_ptr_equal(g->snapshot->plan.group.lane, g->lane);
	plan_end(g);
	plan_end(h);
}

/* The published snapshot keeps its program while the settings have the next one. */
static void test_program(void **state)
{
	struct pfqd_group *g = plan_group("flow", 0);
	struct program *old = g->settings.program;
	struct pfq_error err;

	(void)state;
	plan_settled();
	assert_int_equal(old->users, 2);
	assert_int_equal(group_settings_steer(&g->settings, "ip", &err), 0);
	group_changed(g);
	assert_int_equal(old->users, 1);
	assert_ptr_equal(g->snapshot->plan.group.program, old->core);
	assert_true(pfq_program_is_flow(g->snapshot->plan.group.program));
	/* a plan that the workers do not get keeps nothing */
	plan_discard(plan_create(&groups, &sources.live), &groups);
	assert_int_equal(g->settings.program->users, 1);
	plan_settled();
	assert_ptr_equal(g->snapshot->plan.group.program, g->settings.program->core);
	assert_int_equal(g->settings.program->users, 2);
	/* a policy that does not exist changes nothing */
	old = g->settings.program;
	assert_int_equal(group_settings_steer(&g->settings, "to:256", &err), -EINVAL);
	assert_ptr_equal(g->settings.program, old);
	plan_end(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_started_only, plan_setup),
		cmocka_unit_test_setup(test_little_moves, plan_setup),
		cmocka_unit_test_setup(test_weights, plan_setup),
		cmocka_unit_test_setup(test_classes, plan_setup),
		cmocka_unit_test_setup(test_holding, plan_setup),
		cmocka_unit_test_setup(test_snapshots, plan_setup),
		cmocka_unit_test_setup(test_program, plan_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
