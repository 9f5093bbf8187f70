/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Verifies programs. Each refusal has a program with only that fault, and the verifier must say
 * which, and where.
 */
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/check.h"
#include "core/lang_row.h"

#define STEP(i)		.step = (i), .object = -1
#define OBJECT(i)	.step = -1, .object = (i)
#define HEADER		.step = -1, .object = -1

static struct blob b;
static struct pfq_lang_check check;

/* --- programs with one fault ---------------------------------------------------------- */

static void filter_and_steer(void)
{
	memset(&b, 0, sizeof(b));
	blob_step(&b, PFQ_LANG_IS_UDP, 0, 0);
	blob_step(&b, PFQ_LANG_STEER_FLOW, 0, 0);
}

static struct pfq_lang_step *one(u32 symbol, u64 arg0, u64 arg1)
{
	memset(&b, 0, sizeof(b));
	return blob_step(&b, symbol, arg0, arg1);
}

static void two(u32 first, u64 arg, u32 second)
{
	one(first, arg, 0);
	blob_step(&b, second, 0, 0);
}

static void many_counters(void)
{
	char name[16];
	u32 i;

	filter_and_steer();
	for (i = 0; i <= PFQ_LANG_COUNTERS_MAX; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		blob_counter(&b, name);
	}
}

/* Ways of which only one is within the further output meet at step 2. */
static void also_on_one_way(void)
{
	struct pfq_lang_step *s = one(PFQ_LANG_IS_UDP, 0, 0);

	s->no = 2;
	blob_step(&b, PFQ_LANG_ALSO, 0, 0);
	blob_step(&b, PFQ_LANG_STEER_IP, 0, 0);
	blob_step(&b, PFQ_LANG_ALSO_END, 0, 0);
}

static void saved_on_one_way(void)
{
	struct pfq_lang_step *s = one(PFQ_LANG_IS_UDP, 0, 0);

	s->no = 2;
	blob_step(&b, PFQ_LANG_SAVE, 1, 0);
	blob_step(&b, PFQ_LANG_RESTORE, 1, 0);
}

static void saved_within_also(void)
{
	one(PFQ_LANG_ALSO, 0, 0);
	blob_step(&b, PFQ_LANG_SAVE, 0, 0);
	blob_step(&b, PFQ_LANG_ALSO_END, 0, 0);
	blob_step(&b, PFQ_LANG_RESTORE, 0, 0);
}

static void many_also(void)
{
	u32 i;

	memset(&b, 0, sizeof(b));
	for (i = 0; i < 4; i++) {
		blob_step(&b, PFQ_LANG_ALSO, 0, 0);
		blob_step(&b, PFQ_LANG_ALSO_END, 0, 0);
	}
}

/* The last step goes beyond the limit. */
static s32 cheap_steps(void)
{
	return PFQ_LANG_COST_MAX / pfq_lang_row(PFQ_LANG_HAS_ADDR)->units;
}

static void costly(void)
{
	s32 i;

	memset(&b, 0, sizeof(b));
	blob_prefix(&b, 4, 8, (const u8 *)"\x0a\0\0\0");
	for (i = 0; i <= cheap_steps(); i++)
		blob_step(&b, PFQ_LANG_HAS_ADDR, 0, 0);
}

static struct pfq_lang_prefix *prefix(void)
{
	one(PFQ_LANG_HAS_ADDR, 0, 0);
	blob_prefix(&b, 4, 8, (const u8 *)"\x0a\0\0\0");
	return (struct pfq_lang_prefix *)b.data;
}

static struct pfq_lang_range *ports(u16 first, u16 last)
{
	one(PFQ_LANG_HAS_PORT_IN, 0, 0);
	blob_ports(&b, first, last);
	return (struct pfq_lang_range *)b.data;
}

static void counter(const char *name)
{
	one(PFQ_LANG_COUNT, 0, 0);
	blob_counter(&b, name);
}

/* A field by its place, compared with 1 to 2. */
static void field(u64 place)
{
	one(PFQ_LANG_FIELD, 2ULL << 32 | 1, place);
}

#include "lang_load_set.h"
#include "lang_load_state.h"

#define PLACE(base, bytes, off, off2)	PFQ_LANG_FIELD(base, bytes, off, off2)

static void two_ranges(u16 second)
{
	struct pfq_lang_range range[2] = { { 10, 20 }, { second, second } };

	one(PFQ_LANG_HAS_PORT_IN, 0, 0);
	blob_object(&b, PFQ_LANG_KIND_PORTS, NULL, range, 2, sizeof(range[0]));
}

static void device(const char *name)
{
	one(PFQ_LANG_FROM_DEVICE, 0, 0);
	blob_device(&b, name);
}

/* --- what must be refused --------------------------------------------------------------- */

/* Each row changes a program or makes one, in a statement of its own. */
#define REFUSALS(_) \
	_(SYMBOL, STEP(0), one(60000, 0, 0)) \
	_(SYMBOL, STEP(0), one(__PFQ_LANG_SYMBOL_MAX, 0, 0)) \
	_(TARGET, STEP(1), (filter_and_steer(), b.step[1].yes = b.step[1].no = 1)) \
	_(TARGET, STEP(0), (filter_and_steer(), b.step[0].no = 0)) \
	_(TARGET, STEP(0), (filter_and_steer(), b.step[0].yes = 3)) \
	_(TARGET, STEP(0), (filter_and_steer(), b.step[0].no = 0xfffd)) \
	_(BRANCH, STEP(1), (filter_and_steer(), b.step[1].no = PFQ_LANG_DROP)) \
	_(FLAGS, STEP(0), (filter_and_steer(), b.step[0].flags = PFQ_LANG_F_NOT)) \
	_(FLAGS, STEP(0), one(PFQ_LANG_LEN, 1, 2)->flags = 8) \
	_(FLAGS, STEP(0), one(PFQ_LANG_LEN, 1, 0)->flags = PFQ_LANG_F_ANY | PFQ_LANG_F_ALL) \
	_(FLAGS, STEP(0), one(PFQ_LANG_LEN, 1, 0)->flags = PFQ_LANG_F_ANY | PFQ_LANG_F_NOT) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_STEER_TO, 256, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_CLASS, 0, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_SLICE, 13, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_SLICE, 262145, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_HAS_PORT, 1, 65536)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_HAS_VID, 1, 4095)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_FROM_QUEUE, 1, 65535)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_HAS_MAC, 1ULL << 48, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_SAMPLE, (1ULL << 32) + 1, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_STEER_KEY, 1U << __PFQ_LANG_KEY_MAX, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_STEER_KEY, 0, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_SAVE, PFQ_LANG_SAVES_MAX, 0)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_LEN, 1, 1ULL << 32)) \
	_(ARGUMENT, STEP(0), one(PFQ_LANG_LEN, 1ULL << 32, 0)->flags = PFQ_LANG_F_ANY) \
	_(ARGUMENT, STEP(0), (prefix(), b.step[0].symbol = PFQ_LANG_STEER_LOCAL_NET, \
			      b.step[0].no = b.step[0].yes, b.step[0].arg[1] = 129)) \
	_(ARGUMENT, OBJECT(0), (one(PFQ_LANG_HAS_VID_IN, 0, 0), blob_vlans(&b, 1, 4095))) \
	_(RANGE, STEP(0), one(PFQ_LANG_HAS_PORT, 2, 1)) \
	_(RANGE, STEP(0), one(PFQ_LANG_LEN, 2, 1)) \
	_(RANGE, STEP(0), one(PFQ_LANG_FIELD, 1ULL << 32 | 2, PLACE(0, 1, 0, 0))) \
	_(RANGE, OBJECT(0), ports(2, 1)) \
	_(SPARE, STEP(0), one(PFQ_LANG_IS_UDP, 1, 0)) \
	_(SPARE, STEP(0), one(PFQ_LANG_IS_UDP, 0, 1)) \
	_(SPARE, STEP(0), one(PFQ_LANG_STEER_TO, 1, 1)) \
	_(SPARE, STEP(0), one(PFQ_LANG_TCP_FLAGS, 1, 1)->flags = PFQ_LANG_F_ALL) \
	_(SPARE, STEP(0), one(PFQ_LANG_STEER_FIELD, 1, PLACE(0, 1, 0, 0))) \
	_(SPARE, STEP(0), one(PFQ_LANG_STEER_BY, PFQ_LANG_LEN, 1)) \
	_(SPARE, STEP(0), (prefix(), b.step[0].arg[1] = 1)) \
	_(PLACE, STEP(0), field(PLACE(__PFQ_LANG_BASE_MAX, 1, 0, 0))) \
	_(PLACE, STEP(0), field(PLACE(0, 0, 0, 0))) \
	_(PLACE, STEP(0), field(PLACE(0, 5, 0, 0))) \
	_(PLACE, STEP(0), field(PLACE(0, 4, 0, 1))) \
	_(PLACE, STEP(0), one(PFQ_LANG_STEER_FIELD, 0, PLACE(0, 9, 0, 0))) \
	_(PLACE, STEP(0), one(PFQ_LANG_STEER_FIELD, 0, PLACE(0, 8, 0, 1))) \
	_(PLACE, STEP(0), one(PFQ_LANG_DOUBLE_STEER_FIELD, 0, PLACE(0, 8, 0, 0x10000))) \
	_(PLACE, STEP(0), one(PFQ_LANG_STEER_BY, PFQ_LANG_FIELD, 0)) \
	_(PROPERTY, STEP(0), one(PFQ_LANG_STEER_BY, PFQ_LANG_IS_UDP, 0)) \
	_(PROPERTY, STEP(0), one(PFQ_LANG_STEER_BY, __PFQ_LANG_SYMBOL_MAX, 0)) \
	_(PROPERTY, STEP(0), one(PFQ_LANG_STEER_BY, 1ULL << 32, 0)) \
	_(NO_OBJECT, STEP(0), one(PFQ_LANG_COUNT, 0, 0)) \
	_(NO_OBJECT, STEP(0), (prefix(), b.step[0].arg[0] = 1)) \
	_(NO_OBJECT, STEP(0), (prefix(), b.step[0].arg[0] = 1ULL << 32)) \
	_(NO_OBJECT, STEP(0), (prefix(), b.step[0].symbol = PFQ_LANG_HAS_PORT_IN)) \
	_(COST, STEP(cheap_steps()), costly()) \
	_(NO_WAY, STEP(1), (filter_and_steer(), b.step[0].yes = PFQ_LANG_END)) \
	_(SAVED, STEP(0), one(PFQ_LANG_RESTORE, 0, 0)) \
	_(SAVED, STEP(1), two(PFQ_LANG_SAVE, 1, PFQ_LANG_RESTORE)) \
	_(SAVED, STEP(2), saved_on_one_way()) \
	_(SAVED, STEP(3), saved_within_also()) \
	_(NESTED, STEP(1), two(PFQ_LANG_ALSO, 0, PFQ_LANG_ALSO)) \
	_(NOT_ALSO, STEP(0), one(PFQ_LANG_ALSO_END, 0, 0)) \
	_(NOT_ALSO, STEP(1), two(PFQ_LANG_IS_UDP, 0, PFQ_LANG_ALSO_DROP)) \
	_(JOIN, STEP(1), also_on_one_way()) \
	_(INSIDE, STEP(0), one(PFQ_LANG_ALSO, 0, 0)) \
	_(INSIDE, STEP(1), two(PFQ_LANG_ALSO, 0, PFQ_LANG_IS_UDP)) \
	_(MANY_ALSO, STEP(6), many_also()) \
	_(KIND, OBJECT(0), (counter("a"), b.object[0].kind = __PFQ_LANG_KIND_MAX)) \
	_(OBJECT, OBJECT(0), (counter("a"), b.object[0].size = 1)) \
	_(OBJECT, OBJECT(0), (counter("a"), b.object[0].flags = 1)) \
	_(OBJECT, OBJECT(0), (counter("a"), b.object[0].arg[2] = 1)) \
	_(OBJECT, OBJECT(0), (counter("a"), b.object[0].count = 1)) \
	_(OBJECT, OBJECT(0), (counter("a"), b.object[0].data = 4)) \
	_(NAME, OBJECT(0), counter("")) \
	_(NAME, OBJECT(0), counter("1a")) \
	_(NAME, OBJECT(0), counter("a-b")) \
	_(NAME, OBJECT(0), (counter("a"), b.object[0].name[5] = 'b')) \
	_(NAME, OBJECT(0), counter("abcdefghijklmnopqrstuvwxyzabcdef")) \
	_(TWICE, OBJECT(1), (counter("a"), blob_counter(&b, "a"))) \
	_(MANY_COUNTERS, OBJECT(64), many_counters()) \
	_(COUNT, OBJECT(0), (ports(1, 2), b.object[0].count = 0)) \
	_(COUNT, OBJECT(0), (prefix(), b.object[0].count = 9)) \
	_(DATA, OBJECT(0), (ports(1, 2), b.object[0].count = 2)) \
	_(DATA, OBJECT(0), (ports(1, 2), b.object[0].count = ~0U)) \
	_(DATA, OBJECT(0), (ports(1, 2), b.object[0].data = 4)) \
	_(DATA, OBJECT(0), (ports(1, 2), b.data_bytes = 8, b.object[0].data = 2)) \
	_(DATA, OBJECT(0), (ports(1, 2), b.object[0].data = 0xfffffffc)) \
	_(ORDER, OBJECT(0), two_ranges(20)) \
	_(ORDER, OBJECT(0), two_ranges(5)) \
	_(PREFIX, OBJECT(0), prefix()->family = 5) \
	_(PREFIX, OBJECT(0), prefix()->plen = 33) \
	_(PREFIX, OBJECT(0), prefix()->addr[1] = 1) \
	_(PREFIX, OBJECT(0), prefix()->plen = 6) \
	_(PREFIX, OBJECT(0), prefix()->addr[15] = 1) \
	_(RESERVED, OBJECT(0), prefix()->timeout_s = 1) \
	_(RESERVED, OBJECT(0), prefix()->flags = 1) \
	_(DEVICE, OBJECT(0), device("e\nh0")) \
	_(DEVICE, OBJECT(0), device("a/b")) \
	_(LEVEL, STEP(0), one(PFQ_LANG_ENTER, 2, 1))

static void expect(const char *what, enum pfq_lang_reason reason, struct pfq_lang_fault at)
{
	bool unknown = reason == PFQ_LANG_REASON_SYMBOL || reason == PFQ_LANG_REASON_KIND;
	size_t bytes;
	u8 *blob = blob_bytes(&b, &bytes);
	int ret = pfq_lang_verify(&check, blob, bytes);

	check_case(what, ret == (unknown ? -EOPNOTSUPP : -EINVAL));
	check_case(what, check.fault.reason == reason);
	check_case(what, check.fault.step == at.step && check.fault.object == at.object);
	free(blob);
}

#define RUN(reason, at, make) \
	(void)(make); \
	expect(#reason " by " #make, PFQ_LANG_REASON_##reason, (struct pfq_lang_fault){ at }); \
	seen[PFQ_LANG_REASON_##reason] = true;

/* Reasons that the header alone gives; header_is_checked() has them. */
static const enum pfq_lang_reason of_others[] = {
	PFQ_LANG_REASON_SHORT, PFQ_LANG_REASON_LONG, PFQ_LANG_REASON_MAGIC,
	PFQ_LANG_REASON_VERSION, PFQ_LANG_REASON_MANY_STEPS, PFQ_LANG_REASON_MANY_OBJECTS,
	/* of changes of live sets: live.c */
	PFQ_LANG_REASON_FULL, PFQ_LANG_REASON_BUSY,
};

static void each_fault_is_found(void **state)
{
	bool seen[__PFQ_LANG_REASON_MAX] = { false };
	u32 i;

	(void)state;
	REFUSALS(RUN)
	SET_REFUSALS(RUN)
	STATE_REFUSALS(RUN)
	for (i = 0; i < ARRAY_SIZE(of_others); i++)
		seen[of_others[i]] = true;
	for (i = 0; i < __PFQ_LANG_REASON_MAX; i++)
		if (!seen[i])
			fail_msg("reason %u has no program in REFUSALS", i);
}

/* --- the header ------------------------------------------------------------------------- */

static void expect_header(u8 *blob, size_t bytes, enum pfq_lang_reason reason)
{
	int ret = pfq_lang_verify(&check, blob, bytes);

	assert_int_equal(ret, reason == PFQ_LANG_REASON_VERSION ? -EOPNOTSUPP : -EINVAL);
	assert_int_equal(check.fault.reason, reason);
	assert_int_equal(check.fault.step, -1);
	assert_int_equal(check.fault.object, -1);
}

static void header_is_checked(void **state)
{
	static const struct {
		u32 word, value;
		enum pfq_lang_reason reason;
	} rows[] = {
		{ 0, 0, PFQ_LANG_REASON_MAGIC },
		{ 1, 0, PFQ_LANG_REASON_VERSION },
		{ 1, 2, PFQ_LANG_REASON_VERSION },
		{ 2, 257, PFQ_LANG_REASON_MANY_STEPS },
		{ 2, ~0U, PFQ_LANG_REASON_MANY_STEPS },
		{ 2, 1, PFQ_LANG_REASON_LONG },
		{ 2, 3, PFQ_LANG_REASON_SHORT },
		{ 3, 129, PFQ_LANG_REASON_MANY_OBJECTS },
		{ 3, 1, PFQ_LANG_REASON_SHORT },
		{ 4, 1, PFQ_LANG_REASON_SHORT },
		{ 4, ~0U, PFQ_LANG_REASON_SHORT },
		{ 5, 1, PFQ_LANG_REASON_RESERVED },
	};
	size_t bytes, n;
	u8 *blob, *cut;
	u32 i, was;

	(void)state;
	filter_and_steer();
	blob = blob_bytes(&b, &bytes);
	assert_int_equal(pfq_lang_verify(&check, blob, bytes), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(&was, blob + 4 * rows[i].word, 4);
		memcpy(blob + 4 * rows[i].word, &rows[i].value, 4);
		expect_header(blob, bytes, rows[i].reason);
		memcpy(blob + 4 * rows[i].word, &was, 4);
	}
	/* in memory of exactly that size, so that ASan sees a read beyond it */
	for (n = 0; n < bytes; n++) {
		cut = malloc(n + !n);
		assert_non_null(cut);
		memcpy(cut, blob, n);
		expect_header(cut, n, PFQ_LANG_REASON_SHORT);
		free(cut);
	}
	free(blob);
}

static void a_long_program_is_refused(void **state)
{
	size_t bytes = PFQ_LANG_BYTES_MAX + 4;
	u8 *blob = calloc(1, bytes);
	struct pfq_lang_hdr hdr = {
		.magic = PFQ_LANG_MAGIC, .version = PFQ_LANG_VERSION,
		.data_bytes = PFQ_LANG_BYTES_MAX + 4 - sizeof(hdr),
	};

	(void)state;
	assert_non_null(blob);
	memcpy(blob, &hdr, sizeof(hdr));
	expect_header(blob, bytes, PFQ_LANG_REASON_LONG);
	hdr.data_bytes -= 4;
	memcpy(blob, &hdr, sizeof(hdr));
	assert_int_equal(pfq_lang_verify(&check, blob, bytes - 4), 0);
	free(blob);
}

/* --- what is taken ------------------------------------------------------------------------ */

static void ways_are_added_up(void **state)
{
	struct pfq_lang_step *s;
	size_t bytes;
	u8 *blob;

	(void)state;
	/* 1 + the higher one of 4 and 1 + 1 */
	s = one(PFQ_LANG_IS_UDP, 0, 0);
	s->no = 2;
	s = blob_step(&b, PFQ_LANG_STEER_FLOW, 0, 0);
	s->yes = s->no = 3;
	s = blob_step(&b, PFQ_LANG_STEER_TO, 0, 0);
	s->yes = s->no = 3;
	blob_step(&b, PFQ_LANG_CLASS, 2, 0);
	blob = blob_bytes(&b, &bytes);
	assert_int_equal(pfq_lang_verify(&check, blob, bytes), 0);
	assert_int_equal(check.cost, 2 + pfq_lang_row(PFQ_LANG_STEER_FLOW)->units);
	free(blob);
}

/* A failed try of par may have begun outputs: RESTORE takes them back, so there is room again. */
static void outputs_that_are_taken_back_leave_room(void **state)
{
	size_t bytes;
	u8 *blob;
	u32 i;

	(void)state;
	memset(&b, 0, sizeof(b));
	for (i = 0; i < 5; i++) {
		blob_step(&b, PFQ_LANG_SAVE, 2, 0);
		blob_step(&b, PFQ_LANG_ALSO, 0, 0);
		blob_step(&b, PFQ_LANG_ALSO_END, 0, 0);
		blob_step(&b, PFQ_LANG_RESTORE, 2, 0);
	}
	blob = blob_bytes(&b, &bytes);
	assert_int_equal(pfq_lang_verify(&check, blob, bytes), 0);
	free(blob);
}

static void the_flags_follow_from_the_steps(void **state)
{
	struct pfq_program *prog;

	(void)state;
	memset(&b, 0, sizeof(b));
	prog = blob_build(&b);
	assert_true(pfq_program_copies_all(prog) && pfq_program_is_copy(prog));
	blob_free(prog);
	one(PFQ_LANG_STEER_FLOW, 0, 0);
	prog = blob_build(&b);
	assert_true(pfq_program_is_flow(prog));
	blob_free(prog);
	b.step[0].yes = b.step[0].no = PFQ_LANG_DROP;
	prog = blob_build(&b);
	assert_false(pfq_program_is_flow(prog));
	blob_free(prog);
	filter_and_steer();
	prog = blob_build(&b);
	assert_false(pfq_program_is_flow(prog) || pfq_program_is_copy(prog));
	assert_true(pfq_program_uses_flow(prog) && pfq_program_has_shares(prog));
	assert_false(pfq_program_is_special(prog) || pfq_program_uses_rxhash(prog));
	assert_int_equal(pfq_program_classes(prog), PFQ_CLASS_DEFAULT);
	blob_free(prog);
	one(PFQ_LANG_IS_UDP, 0, 0);
	blob_step(&b, PFQ_LANG_CLASS, 6, 0);
	blob_step(&b, PFQ_LANG_ADD_CLASS, 1ULL << 63, 0);
	blob_step(&b, PFQ_LANG_SLICE, 64, 0);
	prog = blob_build(&b);
	assert_true(pfq_program_is_copy(prog) && pfq_program_is_special(prog));
	assert_false(pfq_program_copies_all(prog) || pfq_program_has_shares(prog));
	assert_true(pfq_program_classes(prog) == (7 | 1ULL << 63));
	blob_free(prog);
}

static void faults_have_words(void **state)
{
	struct pfq_lang_fault fault = { PFQ_LANG_REASON_TARGET, 107, -1 };
	char text[PFQ_LANG_FAULT_BYTES];
	u32 i;

	(void)state;
	pfq_lang_explain(&fault, text, sizeof(text));
	assert_string_equal(text, "step 107: a target is no later step, no end and no drop");
	fault = (struct pfq_lang_fault){ PFQ_LANG_REASON_TWICE, -1, 0 };
	pfq_lang_explain(&fault, text, 12);
	assert_string_equal(text, "object 0: a");
	for (i = 0; i < __PFQ_LANG_REASON_MAX; i++) {
		fault.reason = (enum pfq_lang_reason)i;
		pfq_lang_explain(&fault, text, sizeof(text));
		assert_in_range(strlen(text), 20, sizeof(text) - 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_found),
		cmocka_unit_test(header_is_checked),
		cmocka_unit_test(a_long_program_is_refused),
		cmocka_unit_test(ways_are_added_up),
		cmocka_unit_test(outputs_that_are_taken_back_leave_room),
		cmocka_unit_test(the_flags_follow_from_the_steps),
		cmocka_unit_test(faults_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
