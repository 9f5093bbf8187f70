/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the account of what each user has of each limited thing. */
#include "config.h"

#include <errno.h>

#include "pfqd/engine/limit.h"
#include "tests/unit/fixture/check.h"

static void test_limits(void **state)
{
	uint64_t max = limits_max(5, LIMIT_ENDPOINTS);
	struct pfq_error err;
	struct limits *l;
	uint64_t i;

	(void)state;
	assert_int_equal(limits_create(&l), 0);
	for (i = 0; i < max; i++)
		assert_int_equal(limits_take(l, 5, LIMIT_ENDPOINTS, 1, &err), 0);
	assert_int_equal(limits_take(l, 5, LIMIT_ENDPOINTS, 1, &err), -EDQUOT);
	assert_string_equal(err.text,
			    "user 5 has 256 endpoints and wants 1 more; allowed: 256; end some "
			    "consumers");
	/* Another user and another kind have their own limits. */
	assert_int_equal(limits_take(l, 6, LIMIT_ENDPOINTS, 1, &err), 0);
	assert_int_equal(limits_take(l, 5, LIMIT_RING_BYTES, 1 << 20, &err), 0);
	assert_int_equal(limits_take(l, 5, LIMIT_RING_BYTES, UINT64_MAX, &err), -EDQUOT);
	assert_int_equal(limits_take(l, 5, LIMIT_RING_BYTES, 4ULL << 30, &err), -EDQUOT);
	assert_int_equal(limits_used(l, 5, LIMIT_RING_BYTES), 1 << 20);
	limits_give(l, 5, LIMIT_ENDPOINTS, 1);
	assert_int_equal(limits_take(l, 5, LIMIT_ENDPOINTS, 1, &err), 0);
	limits_give(l, 5, LIMIT_ENDPOINTS, max);
	limits_give(l, 5, LIMIT_RING_BYTES, 1 << 20);
	assert_int_equal(limits_used(l, 5, LIMIT_ENDPOINTS), 0);
	assert_int_equal(limits_take(l, 0, LIMIT_ENDPOINTS, max + 1, &err), 0);
	limits_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
