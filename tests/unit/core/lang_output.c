/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs groups with programs of several outputs, cuts, labels and counters. Tests who gets which
 * part of a packet, once, and how packets are counted. Fragments that wait keep their outcome.
 */
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/core_world.h"
#include "core/hash.h"

static struct blob b;
static struct pfq_program *prog;

/* A world of @members members; each of them is of class m % 3. */
static void open_world(u32 members)
{
	u32 m;

	world_open(members, 1 << 16, "copy");
	for (m = 0; m < members; m++)
		w->member[m].classes = 1ULL << m % 3;
	world_build(members);
	memset(&b, 0, sizeof(b));
	prog = NULL;
}

static void use_program(void)
{
	if (prog)
		blob_free(prog);
	prog = blob_build(&b);
	w->group.program = prog;
	b.steps = b.objects = b.data_bytes = 0;
}

static int close_world(void **state)
{
	if (prog)
		blob_free(prog);
	prog = NULL;
	return world_close(state);
}

/* also (class @mask >-> @symbol) */
static void also(u64 mask, u32 symbol, u64 arg)
{
	blob_step(&b, PFQ_LANG_ALSO, 0, 0);
	blob_step(&b, PFQ_LANG_CLASS, mask, 0);
	blob_step(&b, symbol, arg, 0);
	blob_step(&b, PFQ_LANG_ALSO_END, 0, 0);
}

/* Run @n packets, in one batch or one by one. */
static void run(u32 n, bool singly)
{
	u32 i;

	for (i = 0; i < n; i++) {
		world_add_flow(i);
		if (singly)
			world_run();
	}
	if (!singly)
		world_run();
}

static const bool ways[] = { false, true };

#define FOR_EACH_WAY(i)	for (i = 0; i < ARRAY_SIZE(ways); i++)

static void each_output_has_its_members(void **state)
{
	u32 i;

	(void)state;
	FOR_EACH_WAY(i) {
		open_world(6);
		also(2, PFQ_LANG_STEER_TO, 1);	/* member 4 */
		blob_step(&b, PFQ_LANG_STEER_TO, 0, 0);	/* member 0 */
		use_program();
		run(10, ways[i]);
		assert_int_equal(world_count_records(0), 10);
		assert_int_equal(world_count_records(4), 10);
		assert_int_equal(world_count_records(1) + world_count_records(2) +
				 world_count_records(3) + world_count_records(5), 0);
		assert_int_equal(G(steered), 10);
		assert_int_equal(G(copies), 20);
		world_check_sums();
		close_world(NULL);
	}
}

/* Member 0 is named by the main output, cut to 30, and by a further one: the main one counts. */
static void a_member_has_one_copy_by_the_first_output(void **state)
{
	const struct pfq_rec *rec;
	u32 i, n;

	(void)state;
	FOR_EACH_WAY(i) {
		open_world(3);
		also(7, PFQ_LANG_SLICE, 50);
		blob_step(&b, PFQ_LANG_SLICE, 30, 0);
		blob_step(&b, PFQ_LANG_SET_MARK, 0x1234, 0);
		use_program();
		run(5, ways[i]);
		for (n = 0; n < 5; n++) {
			rec = world_next(0);
			assert_non_null(rec);
			assert_int_equal(rec->caplen, 30);
			assert_int_equal(PFQ_REC_LABEL(rec), 0x34);
			assert_int_equal(rec->flags & ~PFQ_REC_F_LABEL, 0);
			assert_true(rec->len > 50);
			rec = world_next(1);
			assert_non_null(rec);
			assert_int_equal(rec->caplen, 50);
			assert_int_equal(rec->flags, 0);
		}
		assert_null(world_next(0));
		assert_null(world_next(1));
		assert_int_equal(world_count_records(2), 5);
		assert_int_equal(G(copies), 15);
		world_check_sums();
		close_world(NULL);
	}
}

static void an_output_survives_the_drop_of_the_main_one(void **state)
{
	u32 i;

	(void)state;
	FOR_EACH_WAY(i) {
		open_world(2);
		also(2, PFQ_LANG_COPY, 0);
		blob_step(&b, PFQ_LANG_IS_ICMP, 0, 0);
		use_program();
		run(3, ways[i]);
		assert_int_equal(world_count_records(0), 0);
		assert_int_equal(world_count_records(1), 3);
		assert_int_equal(G(drop_program), 0);
		assert_int_equal(G(steered), 3);
		world_check_sums();
		close_world(NULL);
	}
}

static void packets_without_output_and_without_member(void **state)
{
	u32 i;

	(void)state;
	FOR_EACH_WAY(i) {
		open_world(2);
		/* the further output is discarded, and so is the main one */
		blob_step(&b, PFQ_LANG_ALSO, 0, 0);
		blob_step(&b, PFQ_LANG_ALSO_DROP, 0, 0);
		blob_step(&b, PFQ_LANG_IS_ICMP, 0, 0);
		use_program();
		run(3, ways[i]);
		assert_int_equal(G(drop_program), 3);
		also(1ULL << 40, PFQ_LANG_COPY, 0);
		blob_step(&b, PFQ_LANG_CLASS, 1ULL << 41, 0);
		use_program();
		run(3, ways[i]);
		assert_int_equal(G(drop_no_member), 3);
		assert_int_equal(G(recv), 6);
		world_check_sums();
		close_world(NULL);
	}
}

static void classes_and_broadcast(void **state)
{
	u32 i;

	(void)state;
	FOR_EACH_WAY(i) {
		open_world(6);
		blob_step(&b, PFQ_LANG_CLASS, 6, 0);
		blob_step(&b, PFQ_LANG_STEER_FLOW, 0, 0);
		use_program();
		run(20, ways[i]);
		/* one member of each class */
		assert_int_equal(world_count_records(0) + world_count_records(3), 0);
		assert_int_equal(world_count_records(1) + world_count_records(4), 20);
		assert_int_equal(world_count_records(2) + world_count_records(5), 20);
		assert_int_equal(G(copies), 40);
		blob_step(&b, PFQ_LANG_BROADCAST, 0, 0);
		use_program();
		run(4, ways[i]);
		assert_int_equal(G(copies), 40 + 24);
		assert_int_equal(world_count_records(0), 4);
		world_check_sums();
		close_world(NULL);
	}
}

/* The cut counts the tag, which is in the record and not in the view. */
static void cuts_are_of_the_frame_on_the_wire(void **state)
{
	const struct pfq_rec *rec;
	struct pfq_view *v;
	u32 i;

	(void)state;
	FOR_EACH_WAY(i) {
		open_world(1);
		blob_step(&b, PFQ_LANG_SLICE_PAYLOAD, 2, 0);
		blob_step(&b, PFQ_LANG_SET_MARK, 0xff, 0);
		use_program();
		v = world_add("ip4-udp", &(struct ends){ 1, 2, 3, 4, 5 });
		v->flags = PFQ_REC_F_VLAN;
		v->tci = 5;
		v->tpid = 0x8100;
		if (!ways[i])
			world_add("arp", &(struct ends){ 1, 2, 3, 4, 5 });
		world_run();
		rec = world_next(0);
		assert_non_null(rec);
		assert_int_equal(rec->caplen, 14 + 4 + 20 + 8 + 2);
		assert_int_equal(rec->flags, PFQ_REC_F_VLAN | PFQ_REC_F_LABEL);
		rec = world_next(0);
		if (!ways[i])
			assert_int_equal(rec->caplen, rec->len);
		w->member[0].snaplen = 20;
		world_add_flow(1);
		world_run();
		assert_int_equal(world_next(0)->caplen, 20);
		world_check_sums();
		close_world(NULL);
	}
}

static void counters_count_packets_and_bytes(void **state)
{
	struct pfq_count sum;
	u64 bytes = 0;
	u32 i, n;

	(void)state;
	open_world(1);
	n = blob_counter(&b, "all");
	blob_step(&b, PFQ_LANG_COUNT, n, 0);
	use_program();
	for (i = 0; i < 70; i++) {
		bytes += world_add_flow(i)->len;
		if (i % 40 == 39)
			world_run();
	}
	world_run();
	/* the world and its twin have run the program */
	sum = pfq_object_count(prog->object[0]);
	assert_int_equal(sum.packets, 2 * 70);
	assert_int_equal(sum.bytes, 2 * bytes);
	assert_string_equal(prog->object[0]->name, "all");
	assert_int_equal(world_count_records(0), 70);
}

static void devices_are_known_by_index(void **state)
{
	u32 n;

	(void)state;
	open_world(1);
	n = blob_device(&b, "eth0");
	blob_step(&b, PFQ_LANG_FROM_DEVICE, n, 0);
	use_program();
	world_add_flow(1)->ifindex = 0;
	world_add_flow(1)->ifindex = 5;
	world_run();
	assert_int_equal(G(drop_program), 2);
	pfq_object_ifindex_set(prog->object[0], 5);
	world_add_flow(1)->ifindex = 0;
	world_add_flow(1)->ifindex = 5;
	world_run();
	assert_int_equal(world_count_records(0), 1);
	assert_string_equal(prog->object[0]->name, "eth0");
	world_check_sums();
}

/* --- fragments ------------------------------------------------------------------------- */

/* Run the batch without the world's twin, which would use the same table of held fragments. */
static void run_alone(void)
{
	pfq_group_process(&w->group, &w->batch, &w->env, &w->scratch);
	w->batch.n = 0;
}

static const struct ends datagram = { 1, 2, 1234, 53, 77 };

/* A program that counts, copies to class 1, cuts, labels and steers; the last fragment waits. */
static void let_a_fragment_wait(struct pfq_hold *hold, bool alone)
{
	u32 n, m;

	open_world(6);
	memset(hold, 0, sizeof(*hold));
	pfq_hold_init(hold, 1000000);
	w->group.hold = hold;
	n = blob_counter(&b, "all");
	blob_step(&b, PFQ_LANG_COUNT, n, 0);
	also(2, PFQ_LANG_COPY, 0);
	blob_step(&b, PFQ_LANG_SLICE, 40, 0);
	blob_step(&b, PFQ_LANG_SET_MARK, 7, 0);
	blob_step(&b, PFQ_LANG_STEER_FLOW, 0, 0);
	use_program();
	world_add("ip4-last", &datagram);
	if (!alone)
		world_add_flow(9);
	run_alone();
	assert_int_equal(pfq_hold_count(hold), 1);
	assert_int_equal(G(steered), alone ? 0 : 1);
	for (m = 0; m < 6; m++)
		world_count_records(m);
}

/* Meanwhile the group gets another program: the held fragment goes by the one that it met. */
static void fragments_keep_their_outcome(void **state)
{
	static struct pfq_hold hold;
	const struct pfq_rec *rec;
	struct pfq_program *old;
	u32 i, m, found;

	(void)state;
	FOR_EACH_WAY(i) {
		let_a_fragment_wait(&hold, ways[i]);
		old = prog;
		prog = NULL;
		blob_step(&b, PFQ_LANG_STEER_FLOW, 0, 0);
		use_program();
		world_add("ip4-first", &datagram);
		if (!ways[i])
			world_add_flow(9);
		run_alone();
		assert_int_equal(pfq_hold_count(&hold), 0);
		assert_int_equal(pfq_object_count(old->object[0]).packets, ways[i] ? 1 : 2);
		for (m = 0, found = 0; m < 6; m += 3)
			while ((rec = world_next(m)))
				found += rec->caplen == 40 && PFQ_REC_LABEL(rec) == 7 && rec->hash;
		assert_int_equal(found, 1);
		assert_int_equal(world_count_records(1), 1);
		assert_int_equal(world_count_records(4), 1);
		assert_int_equal(G(steered), ways[i] ? 2 : 4);
		assert_int_equal(G(recv), G(steered));
		blob_free(old);
		close_world(NULL);
	}
}

/* Only a further output needs the datagram's hash: the whole packet waits for it. */
static void a_further_output_waits(void **state)
{
	static struct pfq_hold hold;

	(void)state;
	open_world(6);
	pfq_hold_init(&hold, 1000000);
	w->group.hold = &hold;
	also(2, PFQ_LANG_STEER_FLOW, 0);
	use_program();
	world_add("ip4-last", &datagram);
	world_add("ip4-tcp", &datagram);
	run_alone();
	assert_int_equal(pfq_hold_count(&hold), 1);
	assert_int_equal(G(recv), 2);
	assert_int_equal(G(steered), 1);
	world_add("ip4-first", &datagram);
	run_alone();
	assert_int_equal(pfq_hold_count(&hold), 0);
	assert_int_equal(G(steered), 3);
	assert_int_equal(world_count_records(0), 3);
	assert_int_equal(world_count_records(3), 3);
	assert_int_equal(world_count_records(1) + world_count_records(4), 3);
	assert_int_equal(G(recv), 3);
}

#define OUTPUT_TEST(name)	cmocka_unit_test(name)
#define WORLD_TEST(name)	cmocka_unit_test_teardown(name, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OUTPUT_TEST(each_output_has_its_members),
		OUTPUT_TEST(a_member_has_one_copy_by_the_first_output),
		OUTPUT_TEST(an_output_survives_the_drop_of_the_main_one),
		OUTPUT_TEST(packets_without_output_and_without_member),
		OUTPUT_TEST(classes_and_broadcast),
		OUTPUT_TEST(cuts_are_of_the_frame_on_the_wire),
		WORLD_TEST(counters_count_packets_and_bytes),
		WORLD_TEST(devices_are_known_by_index),
		OUTPUT_TEST(fragments_keep_their_outcome),
		WORLD_TEST(a_further_output_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
