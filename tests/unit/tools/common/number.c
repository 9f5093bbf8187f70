// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Values of options: whole, in range, with their units; anything else is refused. */
#include <errno.h>
#include "tests/unit/fixture/check.h"
#include "tools/common/number.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void plain_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int rc;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 9, 0, 0 },
		{ "9", 0, 9, 0, 9 },
		{ "10", 0, 9, -ERANGE, 0 },
		{ "1", 2, 9, -ERANGE, 0 },
		{ "007", 0, 9, 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999", 0, UINT64_MAX, -ERANGE, 0 },
		{ "", 0, 9, -EINVAL, 0 },
		{ "-1", 0, 9, -EINVAL, 0 },
		{ "+1", 0, 9, -EINVAL, 0 },
		{ " 1", 0, 9, -EINVAL, 0 },
		{ "1 ", 0, 9, -EINVAL, 0 },
		{ "1x", 0, 9, -EINVAL, 0 },
		{ "0x1", 0, 9, -EINVAL, 0 },
		{ "1.0", 0, 9, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 4711;
		int rc = number_parse(cases[i].text, cases[i].min, cases[i].max, &value);

		check_case(cases[i].text, rc == cases[i].rc);
		check_case(cases[i].text, value == (rc ? 4711 : cases[i].value));
	}
}

static void numbers_with_units(void **state)
{
	static const struct {
		const char *text;
		const struct number_unit *units;
		int rc;
		uint64_t value;
	} cases[] = {
		{ "2", number_sizes, 0, 2048 },
		{ "64M", number_sizes, 0, 64u << 20 },
		{ "1.5K", number_sizes, 0, 1536 },
		{ "64m", number_sizes, -EINVAL, 0 },
		{ "64MB", number_sizes, -EINVAL, 0 },
		{ "1.5M", number_rates, 0, 1500000 },
		{ "3k", number_rates, 0, 3000 },
		{ "0.5", number_seconds, 0, 500000000 },
		{ "200ms", number_seconds, 0, 200000000 },
		{ "5m", number_seconds, 0, 300000000000 },
		{ "0.000000001", number_seconds, 0, 1 },
		{ "0.0000000001", number_seconds, -EINVAL, 0 },
		{ "1.", number_seconds, -EINVAL, 0 },
		{ ".5", number_seconds, -EINVAL, 0 },
		{ "1.2.3", number_seconds, -EINVAL, 0 },
		{ "1h", number_seconds, -EINVAL, 0 },
		{ "99999999999G", number_sizes, -ERANGE, 0 },
		{ "18446744073709551615.9s", number_seconds, -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 4711;
		int rc = number_parse_unit(cases[i].text, cases[i].units, 0, UINT64_MAX, &value);

		check_case(cases[i].text, rc == cases[i].rc);
		check_case(cases[i].text, value == (rc ? 4711 : cases[i].value));
	}
}

static void limits_hold_after_the_unit(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(number_parse_unit("4K", number_sizes, 4096, 8192, &value), 0);
	assert_int_equal(number_parse_unit("8K", number_sizes, 4096, 8192, &value), 0);
	assert_int_equal(number_parse_unit("3.9K", number_sizes, 4096, 8192, &value), -ERANGE);
	assert_int_equal(number_parse_unit("8.1K", number_sizes, 4096, 8192, &value), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_numbers),
		cmocka_unit_test(numbers_with_units),
		cmocka_unit_test(limits_hold_after_the_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
