/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The property pressure: the fill of the fullest ring in a lane, as packets in batches see it, and
 * packets that come alone.
 */
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/core_world.h"

#define LANE_BYTES	65536

static struct pfq_program *prog;

static void open_world(u32 members, u32 most)
{
	struct blob *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	world_open(members, LANE_BYTES, "copy");
	blob_step(b, PFQ_LANG_PRESSURE, 0, most);
	prog = blob_build(b);
	free(b);
	w->group.program = prog;
}

static void close_world(void)
{
	world_close(NULL);
	blob_free(prog);
}

/* Send @n packets, in batches of @batch. Returns how many the program has dropped. */
static u64 send(u32 n, u32 batch, u64 ts_ns)
{
	u64 before = G(drop_program);
	u32 i, k;

	for (i = 0; i < n; i += batch) {
		for (k = 0; k < batch; k++)
			world_add_flow(i + k)->ts_ns = ts_ns;
		pfq_group_process(&w->group, &w->batch, &w->env, &w->scratch);
		w->batch.n = 0;
	}
	return G(drop_program) - before;
}

static u64 fill(u32 m)
{
	return pfq_ring_unread(&w->endpoint[m].producer[LANE]) * 100 / LANE_BYTES;
}

static void a_ring_is_never_full(void **state)
{
	static const u32 batches[] = { 1, 4, 64 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(batches); i++) {
		open_world(1, 50);
		assert_true(send(4096, batches[i], 1000) > 2000);
		/* and as much as comes until the next look */
		assert_in_range(fill(0), 50, 70);
		assert_int_equal(C(0, drop_ring_full), 0);
		/* the consumer has read all */
		world_count_records(0);
		assert_int_equal(send(64, 64, 1000), 0);
		close_world();
	}
}

/* Of several members the fullest counts, and other lanes do not. */
static void the_fullest_ring_counts(void **state)
{
	(void)state;
	open_world(3, 30);
	assert_int_equal(send(128, 64, 1000), 0);
	world_count_records(0);
	world_count_records(2);
	assert_true(send(2048, 64, 1000) > 0);
	assert_true(fill(1) > fill(0) && fill(1) > 30);
	world_count_records(0);
	world_count_records(1);
	world_count_records(2);
	w->endpoint[0].producer[!LANE].prod = w->endpoint[0].producer[!LANE].cons + LANE_BYTES;
	assert_int_equal(send(64, 64, 1000), 0);
	close_world();
}

/* A packet that comes alone does not go by the fill of an hour ago. */
static void a_look_is_soon_old(void **state)
{
	(void)state;
	open_world(1, 50);
	assert_true(send(4096, 1, 1000) > 0);
	world_count_records(0);
	assert_int_equal(send(1, 1, 3600000000000ULL), 0);
	/* nor after 64 packets, if the clock stands still */
	assert_true(send(4096, 1, 3600000000000ULL) > 0);
	world_count_records(0);
	assert_true(send(64, 1, 3600000000000ULL) < 64);
	assert_int_equal(send(64, 1, 3600000000000ULL), 0);
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_is_never_full),
		cmocka_unit_test(the_fullest_ring_counts),
		cmocka_unit_test(a_look_is_soon_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
