/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests pfq_device_find() with the loopback device, which exists in every network namespace. */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <pfq.h>

#include "tests/unit/fixture/check.h"

#define LONG	"an-alternative-name-of-the-loopback-device"

static int collect(const char *name, void *arg)
{
	strcat(strcat(arg, name), " ");
	return 0;
}

static int stop(const char *name, void *arg)
{
	++*(int *)arg;
	return strcmp(name, "lo") ? 0 : 7;
}

static void a_device_is_found(void **state)
{
	uint32_t ifindex;
	int calls = 0;

	(void)state;
	assert_int_equal(pfq_device_find("lo", &ifindex, NULL, NULL), 0);
	assert_int_equal(ifindex, if_nametoindex("lo"));
	assert_int_equal(pfq_device_find("lo", &ifindex, stop, &calls), 7);
	assert_int_equal(calls, 1);
}

static void none_is_found(void **state)
{
	char name[PFQ_DEVICE_NAME_MAX + 2];
	uint32_t ifindex = 9;

	(void)state;
	assert_int_equal(pfq_device_find("no-such-device-is-here", &ifindex, NULL, NULL), -ENODEV);
	assert_int_equal(ifindex, 0);
	assert_int_equal(pfq_device_find("", &ifindex, NULL, NULL), -ENODEV);
	memset(name, 'v', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(pfq_device_find(name, &ifindex, NULL, NULL), -ENODEV);
	assert_int_equal(pfq_device_find(name + 1, &ifindex, NULL, NULL), -ENODEV);
}

static void all_names_are_told(void **state)
{
	char names[256] = "";
	uint32_t ifindex;

	(void)state;
	if (unshare(CLONE_NEWNET) || system("ip link property add dev lo altname " LONG))
		skip();
	assert_int_equal(pfq_device_find(LONG, &ifindex, collect, names), 0);
	assert_int_equal(ifindex, if_nametoindex("lo"));
	assert_string_equal(names, "lo " LONG " ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_found),
		cmocka_unit_test(none_is_found),
		cmocka_unit_test(all_names_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
