/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Verifies programs that enter tunnels, and tests that a run leaves the frame as it was. */
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"
#include "core/frag.h"
#include "core/lang_row.h"

static struct blob b;
static struct pfq_lang_check check;

/* --- the verifier ------------------------------------------------------------------------- */

static struct pfq_lang_step *one(u32 symbol, u64 arg0, u64 arg1)
{
	memset(&b, 0, sizeof(b));
	return blob_step(&b, symbol, arg0, arg1);
}

static void two(u32 first, u64 level, u32 symbol, u64 arg0, u64 arg1)
{
	one(first, level, first == PFQ_LANG_ENTER);
	blob_step(&b, symbol, arg0, arg1);
}

/* Ways of which only one is inside a tunnel meet at step 2. */
static void enter_on_one_way(u32 symbol, u64 arg0, u64 arg1)
{
	one(PFQ_LANG_IS_UDP, 0, 0)->no = 2;
	blob_step(&b, PFQ_LANG_ENTER, 1, 1);
	blob_step(&b, symbol, arg0, arg1);
}

static void enter_deep(void)
{
	u32 i;

	memset(&b, 0, sizeof(b));
	for (i = 1; i <= 5; i++)
		blob_step(&b, PFQ_LANG_ENTER, i, 1);
}

/* -1: verified */
static int fault_of_step(u32 *reason)
{
	size_t bytes;
	u8 *blob = blob_bytes(&b, &bytes);
	int ret = pfq_lang_verify(&check, blob, bytes);

	free(blob);
	*reason = check.fault.reason;
	return ret ? check.fault.step : -1;
}

#define REFUSALS(_) \
	_(ARGUMENT, 0, one(PFQ_LANG_ENTER, 0, 1)) \
	_(ARGUMENT, 0, one(PFQ_LANG_ENTER, 1, 0)) \
	_(ARGUMENT, 0, one(PFQ_LANG_ENTER, 1, 5)) \
	_(ARGUMENT, 0, one(PFQ_LANG_ENTER, 1, 1ULL << 32)) \
	_(ARGUMENT, 4, enter_deep()) \
	_(ARGUMENT, 0, one(PFQ_LANG_LEAVE, 5, 0)) \
	_(SPARE, 0, one(PFQ_LANG_LEAVE, 0, 1)) \
	_(LEVEL, 0, one(PFQ_LANG_ENTER, 2, 1)) \
	_(LEVEL, 0, one(PFQ_LANG_LEAVE, 1, 0)) \
	_(LEVEL, 1, two(PFQ_LANG_ENTER, 1, PFQ_LANG_ENTER, 1, 1)) \
	_(LEVEL, 1, two(PFQ_LANG_ENTER, 1, PFQ_LANG_ENTER, 3, 1)) \
	_(LEVEL, 1, two(PFQ_LANG_ENTER, 1, PFQ_LANG_LEAVE, 2, 0)) \
	_(LEVEL, 1, two(PFQ_LANG_ALSO, 0, PFQ_LANG_ALSO_END, 1, 0)) \
	_(LEVEL, 1, two(PFQ_LANG_ALSO, 0, PFQ_LANG_ALSO_DROP, 1, 0)) \
	_(LEVEL, 2, enter_on_one_way(PFQ_LANG_LEAVE, 1, 0)) \
	_(LEVEL, 2, enter_on_one_way(PFQ_LANG_ENTER, 2, 1)) \
	_(LEVEL, 2, enter_on_one_way(PFQ_LANG_ENTER, 1, 1))

static void wrong_levels_are_refused(void **state)
{
	u32 reason;

	(void)state;
#define REFUSED(why, step, make) \
	(void)(make); \
	check_case(#make, fault_of_step(&reason) == (step)); \
	check_case(#make, reason == PFQ_LANG_REASON_##why);

	REFUSALS(REFUSED)
}

/* Ways from different levels may meet, and leave to a level that all have. */
static void levels_may_differ_where_they_end(void **state)
{
	u32 reason, enter = pfq_lang_row(PFQ_LANG_ENTER)->units;

	(void)state;
	enter_on_one_way(PFQ_LANG_LEAVE, 0, 0);
	blob_step(&b, PFQ_LANG_ENTER, 1, 4);
	assert_int_equal(fault_of_step(&reason), -1);
	/* as many units as tunnels */
	assert_int_equal(check.cost, 5 * enter + pfq_lang_row(PFQ_LANG_LEAVE)->units +
				     pfq_lang_row(PFQ_LANG_IS_UDP)->units);
	enter_on_one_way(PFQ_LANG_STEER_IP, 0, 0);
	assert_int_equal(fault_of_step(&reason), -1);
	two(PFQ_LANG_ENTER, 1, PFQ_LANG_LEAVE, 1, 0);
	assert_int_equal(fault_of_step(&reason), -1);
}

/* --- a run -------------------------------------------------------------------------------- */

static const struct ends ends = { 1, 2, 1234, 53, 77 };
static struct pfq_frag_table frags;
static struct pfq_lane_env env = { .seed = 42, .random = 1, .frags = &frags };

static struct pfq_view view_of(const char *name, struct packet *p)
{
	const struct packet_kind *k = &packet_tunnel(name)->packet;

	memset(p, 0, sizeof(*p));
	k->build(p, &ends);
	return packet_view(k, p, p->data, p->len);
}

/* The engine goes on with the frame, its record and its flow. */
static void the_frame_is_as_it_was(void **state)
{
	struct pfq_program *prog;
	struct pfq_outcome out;
	struct pfq_view v, was;
	struct packet p;

	(void)state;
	one(PFQ_LANG_ENTER, 1, 4);
	blob_step(&b, PFQ_LANG_ENTER, 2, 1);
	blob_step(&b, PFQ_LANG_STEER_FLOW_INNER, 0, 0);
	prog = blob_build(&b);
	was = view_of("deep-46", &p);
	pfq_parse(&was);
	v = was;
	pfq_program_run(prog, &v, &out, &env);
	assert_memory_equal(&v, &was, sizeof(v));
	assert_int_equal(out.main.kind, PFQ_VERDICT_STEER);
	blob_free(prog);
}

static bool has_field(const char *name, u32 off, u64 type)
{
	struct pfq_program *prog;
	struct pfq_outcome out;
	struct pfq_view v;
	struct packet p;

	one(PFQ_LANG_ENTER, 1, 1);
	blob_step(&b, PFQ_LANG_FIELD, type << 32 | type,
		  PFQ_LANG_FIELD(PFQ_LANG_BASE_L2, 2, off, 0));
	prog = blob_build(&b);
	v = view_of(name, &p);
	pfq_program_run(prog, &v, &out, &env);
	blob_free(prog);
	return out.main.kind != PFQ_VERDICT_DROP;
}

/* From l2, the outer tag of a frame in a tunnel is left out, as that of a frame outside. */
static void fields_leave_the_tag_out(void **state)
{
	(void)state;
	assert_true(has_field("erspan3-44", 12, 0x800));
	assert_false(has_field("erspan3-44", 12, 0x8100));
	assert_true(has_field("erspan3-46", 12, 0x86dd));
	/* one of two tags */
	assert_true(has_field("vxlan-linux-44", 12, 0x8100));
	assert_true(has_field("vxlan-linux-44", 16, 0x800));
	/* no tag */
	assert_true(has_field("gre-frame-44", 12, 0x800));
}

/* The symbol is what the compiler could make of innermost steer_flow. */
static void steer_flow_inner_is_innermost_steer_flow(void **state)
{
	struct pfq_program *symbol, *steps;
	struct pfq_outcome out[2];
	struct pfq_view v;
	struct packet p;
	u32 i;

	(void)state;
	one(PFQ_LANG_STEER_FLOW_INNER, 0, 0);
	symbol = blob_build(&b);
	two(PFQ_LANG_ENTER, 1, PFQ_LANG_STEER_FLOW, 0, 0);
	b.step[0].arg[1] = PFQ_LANG_TUNNELS_MAX;
	steps = blob_build(&b);
	for (i = 0; i < packet_any_count(); i++) {
		memset(&p, 0, sizeof(p));
		packet_any(i)->build(&p, &ends);
		v = packet_view(packet_any(i), &p, p.data, p.len);
		pfq_program_run(symbol, &v, &out[0], &env);
		v.flow.parsed = 0;
		pfq_program_run(steps, &v, &out[1], &env);
		check_case(packet_any(i)->name, out[0].main.kind == out[1].main.kind);
		check_case(packet_any(i)->name, out[0].main.h1 == out[1].main.h1);
		check_case(packet_any(i)->name, out[0].main.flow_hash == out[1].main.flow_hash);
	}
	blob_free(symbol);
	blob_free(steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_levels_are_refused),
		cmocka_unit_test(levels_may_differ_where_they_end),
		cmocka_unit_test(the_frame_is_as_it_was),
		cmocka_unit_test(fields_leave_the_tag_out),
		cmocka_unit_test(steer_flow_inner_is_innermost_steer_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
