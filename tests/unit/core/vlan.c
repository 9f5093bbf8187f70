/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "tests/unit/fixture/check.h"
#include "core/vlan.h"

static bool matches(const struct pfq_vlan_set *set, u16 tci, bool tagged)
{
	struct pfq_view v = { .tci = tci, .flags = tagged ? PFQ_REC_F_VLAN : 0 };

	return pfq_vlan_match(set, &v);
}

static void reads_lists(void **state)
{
	struct pfq_vlan_set set;
	const char *bad;
	u16 id;

	(void)state;
	assert_int_equal(pfq_vlan_parse(&set, "10, 20-29, untagged", &bad), 0);
	for (id = 1; id < 4095; id++)
		assert_int_equal(matches(&set, id, true), id == 10 || (id >= 20 && id <= 29));
	assert_true(matches(&set, 0, false));
	assert_int_equal(pfq_vlan_parse(&set, " \t1-4094 ", &bad), 0);
	for (id = 1; id < 4095; id++)
		assert_true(matches(&set, id, true));
	assert_false(matches(&set, 0, false));
	assert_false(matches(&set, 4095, true));
	assert_int_equal(pfq_vlan_parse(&set, "5,5,5-5", &bad), 0);
	assert_true(matches(&set, 5, true));
	assert_false(matches(&set, 4, true));
	assert_false(matches(&set, 6, true));
}

static void priority_bits_do_not_count(void **state)
{
	struct pfq_vlan_set set;
	const char *bad;

	(void)state;
	assert_int_equal(pfq_vlan_parse(&set, "untagged,7", &bad), 0);
	assert_true(matches(&set, 0xe007, true));
	/* A priority tag names no VLAN and counts as untagged. */
	assert_true(matches(&set, 0xe000, true));
	/* tci has no meaning in an untagged frame. */
	assert_true(matches(&set, 9, false));
	assert_false(matches(&set, 9, true));
}

static void names_the_bad_word(void **state)
{
	/* texts, and the place of the error */
	static const struct {
		const char *text;
		size_t at;
	} rows[] = {
		{ "", 0 },	 { " ", 1 },	       { "0", 0 },	   { "4095", 0 },
		{ "10,", 3 },	 { "10,,11", 3 },      { ",10", 0 },	   { "10-5", 0 },
		{ "10-", 0 },	 { "-10", 0 },	       { "1, 20-4095", 3 }, { "1 2", 2 },
		{ "tagged", 0 }, { "1,untaggedx", 2 }, { "0x10", 0 },	   { "5-6-7", 0 },
		{ "10;11", 0 },	 { "99999999999", 0 }, { "4294967306", 0 }, { "untag", 0 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pfq_vlan_set set;
		const char *bad = NULL;

		check_case(rows[i].text, pfq_vlan_parse(&set, rows[i].text, &bad) == -EINVAL);
		check_case(rows[i].text, bad == rows[i].text + rows[i].at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lists),
		cmocka_unit_test(priority_bits_do_not_count),
		cmocka_unit_test(names_the_bad_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
