/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the policy flow-inner in a group: packets in tunnels go by the flow inside. */
#include "tests/unit/fixture/held_world.h"
#include "core/parse.h"

#define COUNT		HELD_MEMBERS
#define FLOWS		100

static int open_group(void **state)
{
	(void)state;
	return held_open("flow-inner");
}

static void world_policy(const char *policy)
{
	assert_int_equal(pfq_program_from_policy(&w->program, policy), 0);
}

/* Returns the member that got packets since the last call; COUNT: none. @n: how many */
static u32 taker(u32 n)
{
	u32 m, found = COUNT, got;

	for (m = 0; m < COUNT; m++) {
		for (got = 0; world_next(m); got++)
			;
		if (!got)
			continue;
		assert_int_equal(found, COUNT);
		assert_int_equal(got, n);
		found = m;
	}
	return found;
}

static u32 member_of(const char *kind, const struct ends *e)
{
	held_run_kind(kind, e);
	return taker(1);
}

static struct ends ends_of_flow(u32 i)
{
	return (struct ends){ 1 + i, 2, (u16)(1000 + i), 53, 7 + i };
}

/* All tunnels of an IPv4 flow, and without one; then those of IPv6 */
static const char *const kinds4[] = {
	"ip4-udp", "ipip-44", "ipip-64", "gre-44", "gre-64", "gre-all-44", "gre-mpls-64",
	"erspan1-44", "erspan2-64", "erspan3-44", "vxlan-44", "vxlan-linux-64", "geneve-64",
	"gtp-44", "gtp-ext-64", "tagged-44", "deep-44",
};
static const char *const kinds6[] = {
	"ip6-udp", "ipip-46", "ipip-66", "gre-46", "gre-frame-66", "erspan3-sub-66", "vxlan-66",
	"geneve-ip-46", "gtp-seq-66",
};

static void check_flows(const char *const *kinds, u32 count)
{
	u32 used[COUNT] = { 0 }, i, k, m;

	for (i = 0; i < FLOWS; i++) {
		struct ends e = ends_of_flow(i), r = ends_reversed(&e);

		m = member_of(kinds[0], &e);
		assert_true(m < COUNT);
		used[m]++;
		for (k = 0; k < count; k++) {
			check_case(kinds[k], member_of(kinds[k], &e) == m);
			check_case(kinds[k], member_of(kinds[k], &r) == m);
		}
	}
	for (m = 0; m < COUNT; m++)
		assert_true(used[m] > FLOWS / COUNT / 3);
}

static void flows_inside_spread_and_stay_together(void **state)
{
	(void)state;
	check_flows(kinds4, ARRAY_SIZE(kinds4));
	check_flows(kinds6, ARRAY_SIZE(kinds6));
}

/* A whole packet in a tunnel, and the fragments of the tunnel's packet */
static const char *const fragments[][3] = {
	{ "ipip-44", "ipip-first-44", "ipip-last-44" },
	{ "ipip-66", "ipip-first-66", "ipip-last-66" },
	{ "gre-44", "gre-first-44", "gre-last-44" },
	{ "gre-64", "gre-first-64", "gre-last-64" },
	{ "vxlan-46", "vxlan-first-46", "vxlan-last-46" },
	{ "vxlan-66", "vxlan-first-66", "vxlan-last-66" },
	/* not in a tunnel */
	{ "ip4-udp", "ip4-first", "ip4-last" },
	{ "ip6-udp", "ip6-first", "ip6-last" },
};

static void fragments_of_a_tunnel_follow_the_flow_inside(void **state)
{
	u32 i, k, m;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(fragments); k++)
		for (i = 0; i < FLOWS / 4; i++) {
			struct ends e = ends_of_flow(i);

			e.id += k * FLOWS;
			m = member_of(fragments[k][0], &e);
			check_case(fragments[k][1], member_of(fragments[k][1], &e) == m);
			check_case(fragments[k][2], member_of(fragments[k][2], &e) == m);
		}
	assert_int_equal(pfq_hold_count(held), 0);
	assert_int_equal(G(frag_waited), 0);
}

static void late_first_fragments_of_a_tunnel(void **state)
{
	u32 i, k, m;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(fragments); k++)
		for (i = 0; i < FLOWS / 4; i++) {
			struct ends e = ends_of_flow(i);

			e.id += (10 + k) * FLOWS;
			m = member_of(fragments[k][0], &e);
			held_run_kind(fragments[k][2], &e);
			check_case(fragments[k][2], taker(0) == COUNT);
			assert_int_equal(pfq_hold_count(held), 1);
			held_run_kind(fragments[k][1], &e);
			check_case(fragments[k][1], taker(2) == m);
			assert_int_equal(pfq_hold_count(held), 0);
		}
}

/* A first fragment that comes after the wait follows the others. */
static void what_waits_in_vain_stays_together(void **state)
{
	u32 i, k, m;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(fragments); k++)
		for (i = 0; i < FLOWS / 4; i++) {
			struct ends e = ends_of_flow(i);

			e.id += (20 + k) * FLOWS;
			held_run_kind(fragments[k][2], &e);
			w->env.now_ns += 2 * HELD_WAIT_NS;
			pfq_group_expire(&w->group, &w->env, &w->scratch, 0, false);
			m = taker(1);
			check_case(fragments[k][1], member_of(fragments[k][1], &e) == m);
			check_case(fragments[k][2], member_of(fragments[k][2], &e) == m);
		}
}

/* Groups with other policies share the table of decisions, and not the decisions. */
static void decisions_of_other_policies_are_others(void **state)
{
	u32 i, k, inner, outer;

	(void)state;
	for (k = 0; k < 6; k++)
		for (i = 0; i < FLOWS / 4; i++) {
			struct ends e = ends_of_flow(i);

			e.id += (30 + k) * FLOWS;
			world_policy("flow-inner");
			inner = member_of(fragments[k][1], &e);
			world_policy("flow");
			outer = member_of(fragments[k][1], &e);
			world_policy("flow-inner");
			check_case(fragments[k][2], member_of(fragments[k][2], &e) == inner);
			world_policy("flow");
			check_case(fragments[k][2], member_of(fragments[k][2], &e) == outer);
		}
	world_policy("flow-inner");
}

/* Fragments inside of a tunnel do not wait: the one that comes first decides. */
static void fragments_inside_stay_together(void **state)
{
	static const char *const kinds[] = { "vxlan-in-first-44", "vxlan-in-last-44",
					     "vxlan-in-first-66", "vxlan-in-last-66" };
	u32 i, k, m;

	(void)state;
	for (k = 0; k < 4; k += 2)
		for (i = 0; i < FLOWS; i++) {
			struct ends e = ends_of_flow(i);

			e.id += (50 + k) * FLOWS;
			m = member_of(k ? "vxlan-66" : "vxlan-44", &e);
			check_case(kinds[k], member_of(kinds[k], &e) == m);
			check_case(kinds[k + 1], member_of(kinds[k + 1], &e) == m);
			e.id += FLOWS;
			m = member_of(kinds[k + 1], &e);
			check_case(kinds[k], member_of(kinds[k], &e) == m);
		}
	assert_int_equal(pfq_hold_count(held), 0);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, open_group, held_close)
	const struct CMUnitTest tests[] = {
		TEST(flows_inside_spread_and_stay_together),
		TEST(fragments_of_a_tunnel_follow_the_flow_inside),
		TEST(late_first_fragments_of_a_tunnel),
		TEST(what_waits_in_vain_stays_together),
		TEST(decisions_of_other_policies_are_others),
		TEST(fragments_inside_stay_together),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
