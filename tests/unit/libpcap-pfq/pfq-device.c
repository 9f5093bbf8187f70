/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "libpcap-pfq/pfq-device.h"

static void only_three_forms_are_ours(void **state)
{
	(void)state;
	assert_true(pfq_device_is_pfq("pfq"));
	assert_true(pfq_device_is_pfq("pfq@ids"));
	assert_true(pfq_device_is_pfq("pfq@"));
	assert_true(pfq_device_is_pfq("pfq:eth0"));
	assert_true(pfq_device_is_pfq("pfq:"));
	assert_false(pfq_device_is_pfq(""));
	assert_false(pfq_device_is_pfq("pf"));
	assert_false(pfq_device_is_pfq("pfq0"));
	assert_false(pfq_device_is_pfq("pfq/0"));
	assert_false(pfq_device_is_pfq("PFQ"));
	assert_false(pfq_device_is_pfq("xpfq@ids"));
	assert_false(pfq_device_is_pfq("eth0"));
}

struct good {
	const char *name, *group, *bindings;
	unsigned int count;
};

static void good_names(void **state)
{
	static const struct good cases[] = {
		{ "pfq", "", "", 0 },
		{ "pfq@ids", "ids", "", 0 },
		{ "pfq@42", "42", "", 0 },
		{ "pfq@65535", "65535", "", 0 },
		{ "pfq@a.b-c_9", "a.b-c_9", "", 0 },
		{ "pfq@abcdefghijklmnopqrstuvwxyz01234", "abcdefghijklmnopqrstuvwxyz01234", "", 0 },
		{ "pfq:eth0", "", "eth0", 1 },
		{ "pfq@ids:eth0", "ids", "eth0", 1 },
		{ "pfq:eth0,eth1", "", "eth0,eth1", 2 },
		{ "pfq:eth0^eth1", "", "eth0,eth1", 2 },
		{ "pfq:eth0/2", "", "eth0/2", 1 },
		{ "pfq:eth0/0-3,eth1/1023", "", "eth0/0-3,eth1/1023", 2 },
		{ "pfq@7:enp0s31f6.100,br-lan/0", "7", "enp0s31f6.100,br-lan/0", 2 },
		{ "pfq:abcdefghijklmno", "", "abcdefghijklmno", 1 },
	};
	struct pfq_device dev;
	char err[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(pfq_device_parse(&dev, cases[i].name, err, sizeof(err)), 0);
		assert_string_equal(dev.group, cases[i].group);
		assert_string_equal(dev.bindings, cases[i].bindings);
		assert_int_equal(dev.count, cases[i].count);
	}
}

#define NAME_OF_32	"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"
#define NAME_OF_127	NAME_OF_32 NAME_OF_32 NAME_OF_32 "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"

struct bad {
	const char *name;
	int ret;
	const char *place;	/* text that the error contains */
};

static void bad_names_say_where(void **state)
{
	static const struct bad cases[] = {
		{ "eth0", -EINVAL, "\"eth0\"" },
		{ "pfq@", -EINVAL, "\"\" is no group" },
		{ "pfq@:eth0", -EINVAL, "\"\" is no group" },
		{ "pfq@Ids", -EINVAL, "\"Ids\" is no group" },
		{ "pfq@i ds", -EINVAL, "\"i ds\"" },
		{ "pfq@0", -EINVAL, "1-65535" },
		{ "pfq@65536", -EINVAL, "\"65536\"" },
		{ "pfq@99999999999999999999999999", -EINVAL, "1-65535" },
		{ "pfq@4two", -EINVAL, "\"4two\"" },
		{ "pfq@abcdefghijklmnopqrstuvwxyz012345", -EINVAL, "at most 31" },
		{ "pfq:", -EINVAL, "\"\" is no interface" },
		{ "pfq:eth0,", -EINVAL, "\"\" is no interface" },
		{ "pfq:,eth0", -EINVAL, "\"\" is no interface" },
		{ "pfq:eth0,,eth1", -EINVAL, "\"\" is no interface" },
		{ "pfq:eth 0", -EINVAL, "\"eth 0\"" },
		{ "pfq:eth0:1", -EINVAL, "\"eth0:1\"" },
		{ "pfq:.", -EINVAL, "\".\"" },
		{ "pfq:..", -EINVAL, "\"..\"" },
		{ "pfq:/0", -EINVAL, "\"\" is no interface" },
		{ "pfq:eth0/", -EINVAL, "\"eth0/\"" },
		{ "pfq:eth0/x", -EINVAL, "0-1023" },
		{ "pfq:eth0/1024", -EINVAL, "\"eth0/1024\"" },
		{ "pfq:eth0/3-1", -EINVAL, "\"eth0/3-1\"" },
		{ "pfq:eth0/1-", -EINVAL, "\"eth0/1-\"" },
		{ "pfq:eth0/-1", -EINVAL, "\"eth0/-1\"" },
		{ "pfq:eth0/1-2-3", -EINVAL, "\"eth0/1-2-3\"" },
		{ "pfq:" NAME_OF_127 "x", -ENODEV, "\"vvvvvvvv" },
		{ "pfq:eth0," NAME_OF_127 "x", -ENODEV, "at most 127" },
	};
	struct pfq_device dev;
	char err[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err[0] = '\0';
		assert_int_equal(pfq_device_parse(&dev, cases[i].name, err, sizeof(err)),
				 cases[i].ret);
		if (!strstr(err, cases[i].place))
			fail_msg("%s: \"%s\" lacks %s", cases[i].name, err, cases[i].place);
	}
}

static void devices_are_counted(void **state)
{
	char name[1024] = "pfq:", err[256];
	struct pfq_device dev;
	int i;

	(void)state;
	for (i = 0; i < PFQ_DEVICE_BINDINGS_MAX; i++)
		sprintf(name + strlen(name), "%sdev%d", i ? "," : "", i);
	assert_int_equal(pfq_device_parse(&dev, name, err, sizeof(err)), 0);
	assert_int_equal(dev.count, PFQ_DEVICE_BINDINGS_MAX);
	strcat(name, ",more");
	assert_int_equal(pfq_device_parse(&dev, name, err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "\"more\""));
}

/* 32 devices with the longest names and queues fit into the text. */
static void the_longest_list_fits(void **state)
{
	char name[1200] = "pfq:", err[256], last[PFQ_DEVICE_NAME_MAX + 1];
	struct pfq_device dev;
	int i;

	(void)state;
	for (i = 0; i < PFQ_DEVICE_BINDINGS_MAX; i++)
		sprintf(name + strlen(name), "%sabcdefghijklm%02d/1022-1023", i ? "," : "", i);
	assert_int_equal(pfq_device_parse(&dev, name, err, sizeof(err)), 0);
	assert_string_equal(dev.bindings, name + 4);
	pfq_device_interface(&dev, PFQ_DEVICE_BINDINGS_MAX - 1, last);
	assert_string_equal(last, "abcdefghijklm31");
}

static void interfaces_without_queues(void **state)
{
	char name[PFQ_DEVICE_NAME_MAX + 1], err[256];
	struct pfq_device dev;

	(void)state;
	assert_int_equal(pfq_device_parse(&dev, "pfq:eth0/2^lo,eth1/0-3", err, sizeof(err)), 0);
	pfq_device_interface(&dev, 0, name);
	assert_string_equal(name, "eth0");
	pfq_device_interface(&dev, 1, name);
	assert_string_equal(name, "lo");
	pfq_device_interface(&dev, 2, name);
	assert_string_equal(name, "eth1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_three_forms_are_ours),
		cmocka_unit_test(good_names),
		cmocka_unit_test(bad_names_say_where),
		cmocka_unit_test(devices_are_counted),
		cmocka_unit_test(the_longest_list_fits),
		cmocka_unit_test(interfaces_without_queues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
