/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Builds the datapath as the kernel engine does: as one unit, without filter.c, on a small
 * stack. Then runs a packet through it.
 */
#include "core/core.c"

#include "tests/unit/fixture/check.h"

/* stands for the kernel's own filters */
bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v)
{
	(void)v;
	return !f;
}

static void one_packet_passes(void **state)
{
	static const u8 frame[60] = { [12] = 8, [14] = 0x45, [23] = 17, [26] = 10, [30] = 10 };
	static struct pfq_scratch scratch;
	static struct pfq_class_members class;
	static struct pfq_producer producer;
	struct pfq_member member = { .snaplen = 1000, .producer = &producer };
	struct pfq_group_lane lane = { .counters = { 0 } };
	struct pfq_lane_env env = { .seed = 1 };
	static struct pfq_group group;
	struct pfq_steer_share share = { 1, 1, false };
	static struct pfq_program program;
	struct pfq_batch *batch = calloc(1, sizeof(*batch));
	u8 *area = calloc(1, pfq_ring_area_bytes(1, 4096));
	u8 *reader_area = calloc(1, pfq_ring_reader_bytes(1));

	(void)state;
	assert_non_null(batch);
	assert_non_null(area);
	assert_non_null(reader_area);
	pfq_ring_format(area, 1, 4096, 1000, 1);
	pfq_producer_init(&producer, area, 1, 4096, reader_area, 0);
	assert_int_equal(pfq_program_from_policy(&program, "flow"), 0);
	group.lane = &lane;
	group.members = 1;
	group.member = &member;
	group.class[0] = &class;
	group.program = &program;
	class.count = class.started_count = 1;
	pfq_steer_build(&class.table, NULL, &share, 1);
	batch->n = 1;
	batch->view[0] = (struct pfq_view){ .data = frame, .caplen = 60, .len = 60, .linktype = 1 };
	pfq_group_process(&group, batch, &env, &scratch);
	assert_int_equal(lane.counters[PFQ_GROUP_steered], 1);
	assert_int_equal(producer.hdr->prod, 96);
	free(batch);
	free(area);
	free(reader_area);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_packet_passes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
