/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Verifies programs. fixture/refusal.c has a program for each fault, and the verifier must say
 * which fault it is, and where.
 */
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/refusal.h"
#include "core/lang_row.h"

/* Reasons that only changes of live sets give; live.c has them. */
static const enum pfq_lang_reason of_others[] = {
	PFQ_LANG_REASON_FULL, PFQ_LANG_REASON_BUSY,
};

static struct blob b;
static struct pfq_lang_check check;

static struct pfq_lang_step *one(u32 symbol, u64 arg0, u64 arg1)
{
	return blob_one(&b, symbol, arg0, arg1);
}

static void filter_and_steer(void)
{
	one(PFQ_LANG_IS_UDP, 0, 0);
	blob_step(&b, PFQ_LANG_STEER_FLOW, 0, 0);
}

/* --- what is refused -------------------------------------------------------------------- */

static void each_fault_is_found(void **state)
{
	bool seen[__PFQ_LANG_REASON_MAX] = { false };
	struct refusal r;
	u32 i;

	(void)state;
	for (i = 0; refusal_make(&r, i); i++) {
		check_case(r.name, pfq_lang_verify(&check, r.bytes, r.size) == r.status);
		check_case(r.name, check.fault.reason == r.fault.reason);
		check_case(r.name, check.fault.step == r.fault.step);
		check_case(r.name, check.fault.object == r.fault.object);
		seen[r.fault.reason] = true;
		refusal_free(&r);
	}
	for (i = 0; i < ARRAY_SIZE(of_others); i++)
		seen[of_others[i]] = true;
	for (i = 0; i < __PFQ_LANG_REASON_MAX; i++)
		if (!seen[i])
			fail_msg("reason %u has no program in refusal.c", i);
}

static void expect_header(u8 *blob, size_t bytes, enum pfq_lang_reason reason)
{
	int ret = pfq_lang_verify(&check, blob, bytes);

	assert_int_equal(ret, -EINVAL);
	assert_int_equal(check.fault.reason, reason);
	assert_int_equal(check.fault.step, -1);
	assert_int_equal(check.fault.object, -1);
}

static void a_program_that_is_cut_is_refused(void **state)
{
	size_t bytes, n;
	u8 *blob, *cut;

	(void)state;
	filter_and_steer();
	blob = blob_bytes(&b, &bytes);
	assert_int_equal(pfq_lang_verify(&check, blob, bytes), 0);
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
		cmocka_unit_test(a_program_that_is_cut_is_refused),
		cmocka_unit_test(a_long_program_is_refused),
		cmocka_unit_test(ways_are_added_up),
		cmocka_unit_test(outputs_that_are_taken_back_leave_room),
		cmocka_unit_test(the_flags_follow_from_the_steps),
		cmocka_unit_test(faults_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
