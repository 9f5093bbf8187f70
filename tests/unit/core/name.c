/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the names of a process's further endpoints: the same name with a number, never too
 * long.
 */
#include "tests/unit/fixture/check.h"
#include "core/name.h"

static void numbers(void **state)
{
	static const struct {
		const char *base;
		u32 n;
		const char *name;
	} cases[] = {
		{ "ids", 0, "ids" },
		{ "ids", 1, "ids" },
		{ "ids", 2, "ids.2" },
		{ "ids", 10, "ids.10" },
		{ "ids", 4294967295U, "ids.4294967295" },
		{ "abcdefghijklmnopqrstuvwxyz01234", 1, "abcdefghijklmnopqrstuvwxyz01234" },
		{ "abcdefghijklmnopqrstuvwxyz01234", 2, "abcdefghijklmnopqrstuvwxyz012.2" },
		{ "abcdefghijklmnopqrstuvwxyz01234", 256, "abcdefghijklmnopqrstuvwxyz0.256" },
		{ "abcdefghijklmnopqrstuvwxyz012", 9, "abcdefghijklmnopqrstuvwxyz012.9" },
	};
	char name[PFQ_NAME_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(name, 'x', sizeof(name));
		pfq_name_nth(name, cases[i].base, cases[i].n);
		assert_string_equal(name, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
