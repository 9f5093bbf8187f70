/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the lists of counters as tables, and the sums computed from their kinds. */
#include <string.h>
#include "tests/unit/fixture/check.h"
#include "pfq.h"

static void lists(void **state)
{
	const struct pfq_counter *c;
	unsigned int list, i, ins;

	(void)state;
	for (list = PFQ_COUNTER_LIST_GROUP; list <= PFQ_COUNTER_LIST_INGEST; list++) {
		ins = 0;
		for (i = 0; (c = pfq_counter_get(list, i)); i++) {
			/* Scripts recognise drops by this prefix. */
			assert_int_equal(c->kind == PFQ_COUNTER_DROP,
					 !strncmp(c->name, "drop_", 5));
			assert_true(strlen(c->text) > 0);
			ins += c->kind == PFQ_COUNTER_IN;
		}
		assert_int_equal(ins, list != PFQ_COUNTER_LIST_INGEST);
	}
	c = pfq_counter_get(PFQ_COUNTER_LIST_GROUP, PFQ_GROUP_pending);
	assert_string_equal(c->name, "pending");
	assert_null(pfq_counter_get(PFQ_COUNTER_LIST_GROUP, PFQ_GROUP_COUNTERS_MAX));
	assert_null(pfq_counter_get(PFQ_COUNTER_LIST_ENDPOINT, PFQ_ENDPOINT_COUNTERS_MAX));
	assert_null(pfq_counter_get(PFQ_COUNTER_LIST_INGEST, PFQ_INGEST_COUNTERS_MAX));
	assert_null(pfq_counter_get((enum pfq_counter_list)(1 << 24), 0));
}

static void group_sum(void **state)
{
	static struct pfq_group_info g = { .counters = {
		[PFQ_GROUP_recv] = 1023,
		[PFQ_GROUP_drop_filter] = 1,
		[PFQ_GROUP_drop_vlan] = 2,
		[PFQ_GROUP_drop_program] = 4,
		[PFQ_GROUP_drop_no_member] = 8,
		[PFQ_GROUP_steered] = 1000,
		[PFQ_GROUP_pending] = 8,
		[PFQ_GROUP_copies] = 5000,
		[PFQ_GROUP_frag_waited] = 90,
		[PFQ_GROUP_frag_timed_out] = 80,
		[PFQ_GROUP_frag_no_room] = 70,
	} };

	(void)state;
	assert_int_equal(pfq_group_unexplained(&g), 0);
	g.counters[PFQ_GROUP_recv] += 3;
	assert_int_equal(pfq_group_unexplained(&g), 3);
	g.counters[PFQ_GROUP_steered] += 5;
	assert_int_equal(pfq_group_unexplained(&g), 2);
}

static void endpoint_sums(void **state)
{
	static struct pfq_endpoint_info e = {
		.counters = {
			[PFQ_ENDPOINT_offered] = 111,
			[PFQ_ENDPOINT_drop_endpoint_filter] = 1,
			[PFQ_ENDPOINT_drop_ring_full] = 10,
			[PFQ_ENDPOINT_delivered] = 100,
		},
		.read = 60,
		.unread = 40,
	};

	(void)state;
	assert_int_equal(pfq_endpoint_unexplained(&e), 0);
	e.unread = 38;
	assert_int_equal(pfq_endpoint_unexplained(&e), 2);
	/* One sum is short by two and the other too large by two: four are unexplained. */
	e.counters[PFQ_ENDPOINT_offered] = 109;
	assert_int_equal(pfq_endpoint_unexplained(&e), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(group_sum),
		cmocka_unit_test(endpoint_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
