/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests how bindings are read, and when one covers another. */
#include "config.h"

#include <errno.h>

#include "pfqd/settings/binding.h"
#include "tests/unit/fixture/check.h"

static void test_bindings(void **state)
{
	static const struct {
		const char *text, *printed;
	} cases[] = {
		{ "eth0", "eth0" },
		{ "eth0/2", "eth0/2" },
		{ " eth0 , eth1/0-3 ", "eth0,eth1/0-3" },
		{ "eth0^eth1", "eth0,eth1" },
		{ "eth0/1,eth0/2", "eth0/1-2" },
		{ "eth0/1,eth0/3", "eth0/1,eth0/3" },
		{ "eth0/1023", "eth0/1023" },
		{ "eth0.5,br-x_1", "eth0.5,br-x_1" },
		{ "a-long-alternative-name/0-3", "a-long-alternative-name/0-3" },
		{ "up@1,\303\274ber0", "up@1,\303\274ber0" },
	};
	struct binding_list list, again;
	struct pfq_error err;
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(binding_list_parse(&list, cases[i].text, &err), 0);
		binding_list_print(&list, text, sizeof(text));
		assert_string_equal(text, cases[i].printed);
		assert_int_equal(binding_list_parse(&again, text, &err), 0);
		assert_memory_equal(&list.binding[0], &again.binding[0], sizeof(list.binding[0]));
	}
}

static void test_bindings_many(void **state)
{
	struct binding_list list;
	struct pfq_error err;
	char text[1100];
	size_t n = 0;
	int i;

	(void)state;
	for (i = 0; i < PFQ_GROUP_DEVICES_MAX; i++)
		n += sprintf(text + n, "%sd%d", i ? "," : "", i);
	assert_int_equal(binding_list_parse(&list, text, &err), 0);
	assert_int_equal(list.count, PFQ_GROUP_DEVICES_MAX);
	strcat(text, ",one");
	assert_int_equal(binding_list_parse(&list, text, &err), -EINVAL);
	memset(text, ' ', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(binding_list_parse(&list, text, &err), -EINVAL);
	assert_string_equal(err.text, "list of devices too long; allowed: 1023 bytes");
}

static void test_binding_covers(void **state)
{
	static const struct {
		const char *a, *b;
		bool covers;
	} cases[] = {
		{ "x", "x", true },	    { "x", "x/3", true },	 { "x/3", "x", false },
		{ "x/0-5", "x/2-3", true }, { "x/0-5", "x/2-6", false },
		/* binding_covers() compares the queues only, not the devices. */
		{ "x", "y/3", true },
	};
	struct binding_list a, b;
	struct pfq_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(binding_list_parse(&a, cases[i].a, &err), 0);
		assert_int_equal(binding_list_parse(&b, cases[i].b, &err), 0);
		assert_int_equal(binding_covers(&a.binding[0], &b.binding[0]), cases[i].covers);
	}
}

static void test_queues_of_device(void **state)
{
	static const struct {
		const char *text;
		uint32_t have;
		const char *lacks;	/* NULL: none */
		bool has_some;
	} cases[] = {
		{ "x", 1, NULL, true },
		{ "x/7", 0, NULL, true },	/* the device does not tell */
		{ "x/0-3", 4, NULL, true },
		{ "x/0-3", 2, "device y has no queue 2: it has 2 receive queues, from 0 on", true },
		{ "x/1,3", 1, "device y has no queue 1: it has 1 receive queue, from 0 on", false },
		{ "x/1023", 1023, "device y has no queue 1023: it has 1023 receive queues, from 0 "
		  "on", false },
		{ "x/1023", 1024, NULL, true },
	};
	struct binding_list list;
	struct pfq_error err;
	bool has_some;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(binding_list_parse(&list, cases[i].text, &err), 0);
		ret = binding_check_queues(&list.binding[0], "y", cases[i].have, &has_some, &err);
		assert_int_equal(ret, cases[i].lacks ? -EINVAL : 0);
		if (cases[i].lacks)
			assert_string_equal(err.text, cases[i].lacks);
		assert_int_equal(has_some, cases[i].has_some);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_bindings_many),
		cmocka_unit_test(test_binding_covers),
		cmocka_unit_test(test_queues_of_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
