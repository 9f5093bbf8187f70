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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_bindings_many),
		cmocka_unit_test(test_binding_covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
