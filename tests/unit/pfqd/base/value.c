/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests how values of pfqd.conf are read: numbers, bytes, times and CPUs. */
#include "config.h"

#include <errno.h>

#include "pfqd/base/value.h"
#include "tests/unit/fixture/check.h"

static void test_numbers(void **state)
{
	uint32_t v = 0;

	(void)state;
	assert_int_equal(value_u32("0", 0, 5, &v), 0);
	assert_int_equal(value_u32("5", 0, 5, &v), 0);
	assert_int_equal(v, 5);
	assert_int_equal(value_u32("4294967295", 0, UINT32_MAX, &v), 0);
	assert_int_equal(value_u32("6", 0, 5, &v), -ERANGE);
	assert_int_equal(value_u32("4294967296", 0, UINT32_MAX, &v), -ERANGE);
	assert_int_equal(value_u32("18446744073709551616", 0, UINT32_MAX, &v), -ERANGE);
	assert_int_equal(value_u32("", 0, 5, &v), -EINVAL);
	assert_int_equal(value_u32(" 1", 0, 5, &v), -EINVAL);
	assert_int_equal(value_u32("+1", 0, 5, &v), -EINVAL);
	assert_int_equal(value_u32("-1", 0, 5, &v), -EINVAL);
	assert_int_equal(value_u32("1x", 0, 5, &v), -EINVAL);
}

static void test_bytes(void **state)
{
	uint64_t v;

	(void)state;
	assert_int_equal(value_bytes("65536", &v), 0);
	assert_int_equal(v, 65536);
	assert_int_equal(value_bytes("3K", &v), 0);
	assert_int_equal(v, 3 << 10);
	assert_int_equal(value_bytes("64m", &v), 0);
	assert_int_equal(v, 64 << 20);
	assert_int_equal(value_bytes("2G", &v), 0);
	assert_true(v == 2ULL << 30);
	assert_int_equal(value_bytes("17179869184G", &v), -ERANGE);
	assert_int_equal(value_bytes("1T", &v), -EINVAL);
	assert_int_equal(value_bytes("1MB", &v), -EINVAL);
	assert_int_equal(value_bytes("M", &v), -EINVAL);
	assert_int_equal(value_bytes("", &v), -EINVAL);
}

static void test_times(void **state)
{
	uint64_t v = 1;

	(void)state;
	assert_int_equal(value_ns("0", &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(value_ns("500us", &v), 0);
	assert_int_equal(v, 500000);
	assert_int_equal(value_ns("50ms", &v), 0);
	assert_int_equal(v, 50000000);
	assert_int_equal(value_ns("30s", &v), 0);
	assert_true(v == 30000000000ULL);
	assert_int_equal(value_ns("18446744073709551615s", &v), -ERANGE);
	assert_int_equal(value_ns("50", &v), -EINVAL);
	assert_int_equal(value_ns("ms", &v), -EINVAL);
	assert_int_equal(value_ns("5 ms", &v), -EINVAL);
	assert_int_equal(value_ns("5m", &v), -EINVAL);
	assert_int_equal(value_ns("-5ms", &v), -EINVAL);
	assert_int_equal(value_ns("", &v), -EINVAL);
}

static void test_cpus(void **state)
{
	unsigned int cpu = check_cpu(), bad;
	char text[32];
	cpu_set_t set;

	(void)state;
	CPU_ZERO(&set);
	value_cpus_print(&set, text, sizeof(text));
	assert_string_equal(text, "");
	CPU_SET(1, &set);
	CPU_SET(4, &set);
	CPU_SET(5, &set);
	CPU_SET(6, &set);
	CPU_SET(9, &set);
	value_cpus_print(&set, text, sizeof(text));
	assert_string_equal(text, "1,4-6,9");
	/* A list too long for the buffer is cut at an element. */
	value_cpus_print(&set, text, 4);
	assert_string_equal(text, "1,4");
	snprintf(text, sizeof(text), "%u , %u-%u", cpu, cpu, cpu);
	assert_int_equal(value_cpus(text, &set, &bad), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET(cpu, &set));
	assert_int_equal(value_cpus("99999", &set, &bad), -ERANGE);
	assert_int_equal(bad, 99999);
	assert_int_equal(value_cpus("3-1", &set, &bad), -EINVAL);
	snprintf(text, sizeof(text), "%u,", cpu);
	assert_int_equal(value_cpus(text, &set, &bad), -EINVAL);
	assert_int_equal(value_cpus("", &set, &bad), -EINVAL);
	assert_int_equal(value_cpus("a", &set, &bad), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
