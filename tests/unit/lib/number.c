/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests numbers: whole texts within limits, with units. All else is refused. */
#include <errno.h>
#include "tests/unit/fixture/check.h"
#include "lib/number.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void plain_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int ret;
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
		int ret = pfq_number_parse(cases[i].text, cases[i].min, cases[i].max, &value);

		check_case(cases[i].text, ret == cases[i].ret);
		check_case(cases[i].text, value == (ret ? 4711 : cases[i].value));
	}
}

static void numbers_with_units(void **state)
{
	static const struct {
		const char *text;
		const struct pfq_number_units *units;
		int ret;
		uint64_t value;
	} cases[] = {
		{ "2", &pfq_number_kib, 0, 2048 },
		{ "64M", &pfq_number_kib, 0, 64u << 20 },
		{ "1.5K", &pfq_number_kib, 0, 1536 },
		{ "64m", &pfq_number_kib, -EINVAL, 0 },
		{ "64MB", &pfq_number_kib, -EINVAL, 0 },
		{ "1.5M", &pfq_number_rates, 0, 1500000 },
		{ "3k", &pfq_number_rates, 0, 3000 },
		{ "0.5", &pfq_number_seconds, 0, 500000000 },
		{ "200ms", &pfq_number_seconds, 0, 200000000 },
		{ "5m", &pfq_number_seconds, 0, 300000000000 },
		{ "0.000000001", &pfq_number_seconds, 0, 1 },
		{ "0.0000000001", &pfq_number_seconds, -EINVAL, 0 },
		{ "1.", &pfq_number_seconds, -EINVAL, 0 },
		{ ".5", &pfq_number_seconds, -EINVAL, 0 },
		{ "1.2.3", &pfq_number_seconds, -EINVAL, 0 },
		{ "1h", &pfq_number_seconds, -EINVAL, 0 },
		{ "99999999999G", &pfq_number_kib, -ERANGE, 0 },
		{ "65536", &pfq_number_bytes, 0, 65536 },
		{ "3k", &pfq_number_bytes, 0, 3072 },
		{ "2G", &pfq_number_bytes, 0, 2ull << 30 },
		{ "1.5M", &pfq_number_bytes, -EINVAL, 0 },
		{ "1T", &pfq_number_bytes, -EINVAL, 0 },
		{ "17179869184G", &pfq_number_bytes, -ERANGE, 0 },
		{ "50ms", &pfq_number_times, 0, 50000000 },
		{ "2s", &pfq_number_times, 0, 2000000000 },
		{ "2", &pfq_number_times, -EINVAL, 0 },
		{ "18446744073709551615.9s", &pfq_number_seconds, -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 4711;
		int ret = pfq_number_parse_unit(cases[i].text, cases[i].units, 0, UINT64_MAX,
					       &value);

		check_case(cases[i].text, ret == cases[i].ret);
		check_case(cases[i].text, value == (ret ? 4711 : cases[i].value));
	}
}

static void digits_end_where_they_end(void **state)
{
	const char *text = "12-34";
	uint64_t value = 0;

	(void)state;
	assert_ptr_equal(pfq_number_digits(text, &value), text + 2);
	assert_int_equal(value, 12);
	assert_null(pfq_number_digits("", &value));
	assert_null(pfq_number_digits("-1", &value));
	assert_null(pfq_number_digits("18446744073709551616", &value));
	assert_int_equal(value, 12);
}

static void limits_hold_after_the_unit(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(pfq_number_parse_unit("4K", &pfq_number_kib, 4096, 8192, &value), 0);
	assert_int_equal(pfq_number_parse_unit("8K", &pfq_number_kib, 4096, 8192, &value), 0);
	assert_int_equal(pfq_number_parse_unit("3.9K", &pfq_number_kib, 4096, 8192, &value),
			 -ERANGE);
	assert_int_equal(pfq_number_parse_unit("8.1K", &pfq_number_kib, 4096, 8192, &value),
			 -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_numbers),
		cmocka_unit_test(numbers_with_units),
		cmocka_unit_test(digits_end_where_they_end),
		cmocka_unit_test(limits_hold_after_the_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
