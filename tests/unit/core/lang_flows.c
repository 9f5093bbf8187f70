/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Programs that count flows, in a group: batches, whose lines of the table are loaded ahead, and
 * packets that come alone, with and without a filter, let the same packets pass.
 */
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/core_world.h"

#define FIRST	3	/* packets of each flow that pass */

static struct pfq_program *prog;

static void open_world(void)
{
	struct blob *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	world_open(2, 1 << 20, "copy");
	blob_flows(b, 64, 1000000000);
	blob_step(b, PFQ_LANG_FLOW_PACKETS, 0, FIRST);
	blob_step(b, PFQ_LANG_STEER_FLOW, 0, 0);
	prog = blob_build(b);
	free(b);
	w->group.program = prog;
}

static void close_world(void)
{
	world_close(NULL);
	blob_free(prog);
}

/* Run the batch without the world's twin, which would count in the same table. */
static void run_alone(void)
{
	pfq_group_process(&w->group, &w->batch, &w->env, &w->scratch);
	w->batch.n = 0;
}

/* Send @packets of every kind, in batches of @batch, each kind with a flow of its own. */
static void send(u32 packets, u32 batch)
{
	u32 i, kind;

	for (i = 0; i < packets; i++)
		for (kind = 0; kind < packet_kinds_count; kind++) {
			world_add(packet_kinds[kind].name,
				  &(struct ends){ 100 + 2 * kind, 101 + 2 * kind, 1000, 53, kind });
			if (w->batch.n == batch)
				run_alone();
		}
	if (w->batch.n)
		run_alone();
}

static void each_way_counts_alike(void **state)
{
	static const u32 batches[] = { 1, 7, PFQ_BATCH_MAX };
	u64 passed[2 * ARRAY_SIZE(batches)];
	u32 i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(passed); i++) {
		open_world();
		/* a screened group loads nothing ahead */
		if (i % 2)
			w->group.direction = PFQ_DIRECTION_IN;
		send(10, batches[i / 2]);
		passed[i] = G(steered);
		assert_int_equal(G(recv), 10 * packet_kinds_count);
		assert_int_equal(G(recv), G(steered) + G(drop_program));
		assert_int_equal(world_count_records(0) + world_count_records(1), passed[i]);
		close_world();
	}
	for (k = 1; k < ARRAY_SIZE(passed); k++)
		assert_int_equal(passed[k], passed[0]);
	/* packets with a flow, and none without one */
	assert_in_range(passed[0], 1, FIRST * packet_kinds_count);
	assert_int_equal(passed[0] % FIRST, 0);
}

/* Whole packets of one flow, and its fragments, are two flows. */
static void fragments_are_a_flow(void **state)
{
	static const struct ends ends = { 1, 2, 1234, 53, 77 };
	u32 i;

	(void)state;
	open_world();
	for (i = 0; i < 5; i++) {
		world_add("ip4-udp", &ends);
		world_add("ip4-first", &ends);
		world_add("ip4-last", &ends);
	}
	run_alone();
	assert_int_equal(G(steered), FIRST + FIRST);
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_counts_alike),
		cmocka_unit_test(fragments_are_a_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
