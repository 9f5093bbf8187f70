/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Follows 10,000 flows while members come, go and return: which member gets each of them? Prints
 * how many flows move.
 */
#include "core/class.h"
#include "core/hash.h"
#include "tests/unit/fixture/core_world.h"

#define FLOWS	10000
#define NOBODY	0	/* as the id of a member: the packet is dropped */

static u32 hashes[FLOWS];
static struct pfq_class_work work;
/* the state before and the state now */
static struct pfq_class_members class_before, class_now;
static u32 before[FLOWS], now[FLOWS];

static void make_flows(void)
{
	u64 random = 12, word;
	u32 i, ports;

	for (i = 0; i < FLOWS; i++) {
		word = check_random(&random);
		ports = (u32)check_random(&random);
		hashes[i] = pfq_hash_ip4((const u8 *)&word, (u16)ports, (u16)(ports >> 16), 6,
					 pfq_hash_key(7));
	}
}

/* The id of the member with an index of the datapath. */
static u32 id_of(u32 index)
{
	u32 i, present = 0;

	for (i = 0; i < work.members; i++) {
		if (!work.member[i].is_absent && present++ == index)
			return work.member[i].id;
	}
	return NOBODY;
}

/* Build the table for what work says now. */
static void build(void)
{
	static struct pfq_group from;
	u32 i;

	class_before = class_now;
	memcpy(before, now, sizeof(before));
	from.class[0] = &class_before;
	memset(&class_now, 0, sizeof(class_now));
	pfq_class_build(&class_now, &work, class_before.started_count ? &from : NULL, 0);
	for (i = 0; i < FLOWS; i++)
		now[i] = id_of(pfq_steer_pick(&class_now.table, hashes[i]));
}

static void start(u32 members)
{
	u32 i;

	memset(&work, 0, sizeof(work));
	memset(&class_now, 0, sizeof(class_now));
	for (i = 0; i < members; i++)
		work.member[i] = (struct pfq_class_member){ i + 1, 1, 1, true, false };
	work.members = members;
	build();
}

static void join(u32 id)
{
	work.member[work.members++] = (struct pfq_class_member){ id, 1, 1, true, false };
	build();
}

static u32 find(u32 id)
{
	u32 i;

	for (i = 0; work.member[i].id != id; i++)
		assert_true(i < work.members);
	return i;
}

static void leave(u32 id)
{
	u32 i = find(id);

	memmove(&work.member[i], &work.member[i + 1],
		(--work.members - i) * sizeof(work.member[0]));
	build();
}

static void set_absent(u32 id, bool is_absent)
{
	work.member[find(id)].is_absent = is_absent;
	build();
}

static u32 flows_of(const u32 *where, u32 id)
{
	u32 i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += where[i] == id;
	return n;
}

/* Flows that go elsewhere than @from says, without those that @id has on one of both sides. */
static u32 moved(const u32 *from, u32 id)
{
	u32 i, n = 0;

	for (i = 0; i < FLOWS; i++)
		n += from[i] != now[i] && (id == NOBODY || (from[i] != id && now[i] != id));
	return n;
}

/* One of @n more: its fair part of all flows, and 5 % of them. */
static u32 limit(u32 n)
{
	return FLOWS / n + FLOWS / 20;
}

static void four_five_four(void **state)
{
	u32 had;

	(void)state;
	start(4);
	join(5);
	print_message("4 -> 5 members: %u of %d flows move, at most %u may; of others: %u\n",
		      moved(before, NOBODY), FLOWS, limit(5), moved(before, 5));
	assert_in_range(moved(before, NOBODY), FLOWS / 5 - FLOWS / 20, limit(5));
	assert_int_equal(moved(before, 5), 0);
	had = flows_of(now, 5);
	leave(5);
	print_message("5 -> 4 members: %u flows move, the one that left had %u; of others: %u\n",
		      moved(before, NOBODY), had, moved(before, 5));
	assert_int_equal(moved(before, NOBODY), had);
	assert_int_equal(moved(before, 5), 0);
}

/* Member 3 of four goes and comes back within linger. Its packets are dropped, or lent. */
static void restart(bool is_lending)
{
	u32 first[FLOWS], had, i;

	start(4);
	work.is_lending = is_lending;
	memcpy(first, now, sizeof(first));
	had = flows_of(now, 3);
	set_absent(3, true);
	assert_int_equal(moved(first, 3), 0);
	assert_int_equal(flows_of(now, 3), 0);
	assert_int_equal(flows_of(now, NOBODY), is_lending ? 0 : had);
	for (i = 1; is_lending && i < 5; i++) {
		if (i != 3)
			assert_in_range(flows_of(now, i) - flows_of(first, i), had / 3 - had / 12,
					had / 3 + had / 12);
	}
	set_absent(3, false);
	print_message("restart with packets %s: %u flows of others moved, %u of its own %u back\n",
		      is_lending ? "lent" : "dropped", moved(first, 3), flows_of(now, 3), had);
	assert_int_equal(moved(first, NOBODY), 0);
}

static void restart_with_drops(void **state)
{
	(void)state;
	restart(false);
}

static void restart_with_loans(void **state)
{
	(void)state;
	restart(true);
}

/* While one is away, another comes, and a third one goes for good. */
static void others_come_and_go_meanwhile(void **state)
{
	u32 had;

	(void)state;
	start(4);
	work.is_lending = true;
	set_absent(2, true);
	join(5);
	print_message("joining while one of 4 is absent and lends: %u flows move, at most %u may\n",
		      moved(before, NOBODY), limit(4));
	assert_in_range(moved(before, NOBODY), 1, limit(4));
	assert_int_equal(moved(before, 5), 0);
	had = flows_of(now, 1);
	leave(1);
	assert_int_equal(moved(before, NOBODY), had);
	set_absent(2, false);
	/* member 2 gets back what it lent, and nobody else moves */
	assert_int_equal(moved(before, 2), 0);
	assert_in_range(flows_of(now, 2), FLOWS / 4 - FLOWS / 20, FLOWS / 4 + FLOWS / 20);
}

static void another_weight_moves_only_its_share(void **state)
{
	(void)state;
	start(4);
	set_absent(1, true);
	work.member[find(1)].weight = 3;
	set_absent(1, false);
	/* 3 of 6 instead of 1 of 4 */
	assert_in_range(flows_of(now, 1), FLOWS / 2 - FLOWS / 20, FLOWS / 2 + FLOWS / 20);
	assert_int_equal(moved(before, 1), 0);
	work.member[find(1)].weight = 1;
	build();
	assert_int_equal(moved(before, 1), 0);
}

/* Without a class a member has no share in it, also while it is absent. */
static void another_class(void **state)
{
	u32 had;

	(void)state;
	start(3);
	had = flows_of(now, 2);
	set_absent(2, true);
	work.member[find(2)].classes = 2;
	set_absent(2, false);
	assert_int_equal(flows_of(now, NOBODY), 0);
	assert_int_equal(moved(before, NOBODY), had);
}

static void nobody_is_there(void **state)
{
	u32 first[FLOWS];

	(void)state;
	start(2);
	work.is_lending = true;
	memcpy(first, now, sizeof(first));
	set_absent(1, true);
	set_absent(2, true);
	assert_int_equal(flows_of(now, NOBODY), FLOWS);
	assert_true(pfq_class_is_wanted(&work, 0));
	set_absent(2, false);
	assert_int_equal(flows_of(now, 2), FLOWS);
	set_absent(1, false);
	assert_int_equal(moved(first, NOBODY), 0);
}

/* The places that "to:N" names stay while a member is away. */
static void places_stay(void **state)
{
	(void)state;
	start(3);
	set_absent(1, true);
	assert_int_equal(id_of(class_now.started[0]), NOBODY);
	assert_int_equal(id_of(class_now.started[1]), 2);
	work.is_lending = true;
	build();
	assert_in_range(id_of(class_now.started[0]), 2, 3);
	assert_int_equal(id_of(class_now.started[2]), 3);
	set_absent(1, false);
	assert_int_equal(id_of(class_now.started[0]), 1);
}

/* A loan follows the weights. */
static void loans_follow_weights(void **state)
{
	u32 had;

	(void)state;
	start(3);
	work.member[1].weight = 3;
	work.is_lending = true;
	build();
	had = flows_of(now, 3);
	set_absent(3, true);
	assert_in_range(flows_of(now, 1) - flows_of(before, 1), had / 4 - had / 20,
			had / 4 + had / 20);
}

/* Any member may be away at any time: nobody gets what is not his, and all get back what is. */
static void random_absences(void **state)
{
	u32 round, id = 1, i, at;
	u32 owned[FLOWS];
	u64 random = 5;

	(void)state;
	start(0);
	for (round = 0; round < 400; round++) {
		at = work.members ? (u32)check_random(&random) % work.members : 0;
		work.is_lending = check_random(&random) % 2;
		if (work.members < 2 || (work.members < 12 && check_random(&random) % 4 == 0))
			join(id++);
		else if (check_random(&random) % 6 == 0)
			leave(work.member[at].id);
		else
			set_absent(work.member[at].id, !work.member[at].is_absent);
		for (i = 0; i < work.members && work.member[i].is_absent; i++)
			;
		if (work.is_lending && i < work.members)
			assert_int_equal(flows_of(now, NOBODY), 0);
		/* the shares of all: what each would have if everyone were back */
		for (i = 0; i < FLOWS; i++)
			owned[i] = id_of(class_now.owner[hashes[i] & (PFQ_STEER_SLOTS - 1)]);
		for (i = 0; i < FLOWS; i++)
			assert_true(owned[i] == NOBODY || owned[i] == now[i]);
	}
}

/* --- packets ------------------------------------------------------------------------ */

/* Member @at of four is absent: it is left out of the members, and the tables are built anew. */
static void remove_from_world(u32 at)
{
	u32 m;

	memset(&work, 0, sizeof(work));
	for (m = 0; m < 4; m++)
		work.member[m] = (struct pfq_class_member){ 100 + m, 1, 1, true, m == at };
	work.members = 4;
	memmove(&w->member[at], &w->member[at + 1], (3 - at) * sizeof(w->member[0]));
	memset(&w->class[0], 0, sizeof(w->class[0]));
	w->group.members = 3;
	pfq_class_build(&w->class[0], &work, NULL, 0);
}

static void packets_of_an_absent_member(const char *policy, u64 packets, u64 dropped)
{
	u32 flow;

	world_open(4, 1 << 18, policy);
	/* the rings stay where they are; the last one is the absent member's */
	remove_from_world(3);
	for (flow = 0; flow < packets; flow++) {
		world_add_flow(flow);
		/* alone, and many at once */
		if (flow % 50 == 49 || flow < 100)
			world_run();
	}
	world_run();
	assert_int_equal(G(recv), packets);
	if (dropped)
		assert_int_equal(G(drop_no_member), dropped);
	else
		assert_in_range(G(drop_no_member), packets / 5, packets / 3);
	assert_int_equal(C(3, offered), 0);
	world_check_sums();
}

static void its_packets_are_counted(void **state)
{
	(void)state;
	packets_of_an_absent_member("flow", 1000, 0);
}

static void its_place_is_empty(void **state)
{
	(void)state;
	packets_of_an_absent_member("to:3", 200, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_five_four),
		cmocka_unit_test(restart_with_drops),
		cmocka_unit_test(restart_with_loans),
		cmocka_unit_test(others_come_and_go_meanwhile),
		cmocka_unit_test(another_weight_moves_only_its_share),
		cmocka_unit_test(another_class),
		cmocka_unit_test(nobody_is_there),
		cmocka_unit_test(places_stay),
		cmocka_unit_test(loans_follow_weights),
		cmocka_unit_test(random_absences),
		cmocka_unit_test_teardown(its_packets_are_counted, world_close),
		cmocka_unit_test_teardown(its_place_is_empty, world_close),
	};

	make_flows();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
