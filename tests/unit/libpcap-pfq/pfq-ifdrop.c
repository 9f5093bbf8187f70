/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the sum of the packets that devices dropped: of which devices, and from which files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libpcap-pfq/pfq-ifdrop.h"
#include "tests/unit/fixture/check.h"

static const struct {
	const char *name;
	uint32_t ifindex;
} devices[] = {
	{ "lo", 1 },
	{ "lo", 1 },		/* other queues of the same device */
	{ "absent0", 0 },
	{ "no-such-device", 99 },
};

static const char *fake_device(const struct pfq *q, unsigned int i, uint32_t *ifindex)
{
	(void)q;
	if (i >= sizeof(devices) / sizeof(devices[0]))
		return NULL;
	*ifindex = devices[i].ifindex;
	return devices[i].name;
}

static void each_device_is_opened_once(void **state)
{
	const struct pfq_lib lib = { .pfq_device = fake_device };
	struct pfq_ifdrop d = { .count = 9 };
	char link[64], where[256] = "";

	(void)state;
	pfq_ifdrop_open(&d, &lib, NULL);
	assert_int_equal(d.count, 1);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", d.fd[0]);
	assert_true(readlink(link, where, sizeof(where) - 1) > 0);
	assert_non_null(strstr(where, "/net/lo/statistics"));
	pfq_ifdrop_close(&d);
	assert_int_equal(d.count, 0);
	assert_int_equal(readlink(link, where, sizeof(where) - 1), -1);
}

static void put(const char *dir, const char *name, const char *value)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(value, f);
	assert_int_equal(fclose(f), 0);
}

/* A device is renamed, and another device gets its name: the sum still is of the first device. */
static void a_directory_stays_the_devices(void **state)
{
	char top[] = "/tmp/pfq-ifdrop-XXXXXX", was[64], now[64], command[128];
	struct pfq_ifdrop d = { .count = 1 };

	(void)state;
	assert_non_null(mkdtemp(top));
	snprintf(was, sizeof(was), "%s/eth0", top);
	snprintf(now, sizeof(now), "%s/wan0", top);
	assert_int_equal(mkdir(was, 0700), 0);
	put(was, "rx_missed_errors", "5\n");
	put(was, "rx_fifo_errors", "18446744073709551000\n");
	d.fd[0] = open(was, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(pfq_ifdrop_sum(&d), 18446744073709551005ULL);
	assert_int_equal(rename(was, now), 0);
	assert_int_equal(mkdir(was, 0700), 0);
	put(was, "rx_missed_errors", "1000\n");
	put(now, "rx_missed_errors", "7\n");
	put(now, "rx_fifo_errors", "1\n");
	assert_int_equal(pfq_ifdrop_sum(&d), 8);
	/* The device is removed. */
	snprintf(command, sizeof(command), "rm -r %s", top);
	assert_int_equal(system(command), 0);
	assert_int_equal(pfq_ifdrop_sum(&d), 0);
	pfq_ifdrop_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_device_is_opened_once),
		cmocka_unit_test(a_directory_stays_the_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
