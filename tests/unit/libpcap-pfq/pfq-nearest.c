/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libpcap-pfq/pfq-nearest.h"

static void distances(void **state)
{
	static const struct { const char *a, *b; unsigned int distance; } cases[] = {
		{ "", "", 0 },
		{ "GROUP", "GROUP", 0 },
		{ "group", "GROUP", 0 },
		{ "", "abc", 3 },
		{ "GRUOP", "GROUP", 1 },	/* exchanged */
		{ "GROP", "GROUP", 1 },		/* one is missing */
		{ "GROUPS", "GROUP", 1 },	/* one too many */
		{ "GRAUP", "GROUP", 1 },	/* replaced */
		{ "GRP", "GROUP", 2 },
		{ "RGUOP", "GROUP", 2 },	/* exchanged twice */
		{ "SNAPLEN", "CAPLEN", 2 },
		{ "CLASS", "WEIGHT", 6 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (pfq_nearest_distance(cases[i].a, cases[i].b) != cases[i].distance)
			fail_msg("%s, %s: %u", cases[i].a, cases[i].b,
				 pfq_nearest_distance(cases[i].a, cases[i].b));
		assert_int_equal(pfq_nearest_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
}

static void long_names(void **state)
{
	char a[65], b[65];

	(void)state;
	memset(a, 'x', sizeof(a));
	memset(b, 'y', sizeof(b));
	a[63] = b[63] = '\0';
	assert_int_equal(pfq_nearest_distance(a, b), 63);
	assert_int_equal(pfq_nearest_distance(a, a), 0);
	a[63] = 'x';
	a[64] = '\0';
	assert_int_equal(pfq_nearest_distance(a, b), PFQ_NEAREST_NONE);
	assert_int_equal(pfq_nearest_distance(b, a), PFQ_NEAREST_NONE);
}

static void slips(void **state)
{
	(void)state;
	assert_true(pfq_nearest_is_slip(2, "GROUP"));
	assert_false(pfq_nearest_is_slip(3, "GROUP"));
	assert_true(pfq_nearest_is_slip(1, "RING"));
	assert_false(pfq_nearest_is_slip(2, "RING"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(long_names),
		cmocka_unit_test(slips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
