/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests how much memory is available: of the machine, and in control groups. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pfqd/host/available.h"
#include "tests/unit/fixture/check.h"

static void put(const char *root, const char *dir, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "mkdir -p %s/%s", root, dir);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/%s/%s", root, dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_available(void **state)
{
	char root[] = "/tmp/pfqd-available-XXXXXX", command[128];

	(void)state;
	assert_non_null(mkdtemp(root));
	put(root, "proc", "meminfo", "MemTotal: 4000 kB\nMemFree: 1 kB\nMemAvailable:   3000 kB\n");
	assert_int_equal(available_bytes(root), 3000 << 10);
	assert_int_equal(available_total_bytes(root), 4000 << 10);
	/* A control group without a limit changes nothing, but its parent's limit holds. */
	put(root, "proc/self", "cgroup", "1:cpu:/x\n0::/a/b\n");
	put(root, "sys/fs/cgroup/a/b", "memory.max", "max\n");
	put(root, "sys/fs/cgroup/a/b", "memory.current", "500000\n");
	assert_int_equal(available_bytes(root), 3000 << 10);
	put(root, "sys/fs/cgroup/a", "memory.max", "1000000\n");
	put(root, "sys/fs/cgroup/a", "memory.current", "900000\n");
	assert_int_equal(available_bytes(root), 100000);
	assert_int_equal(available_total_bytes(root), 1000000);
	/* The kernel can free page cache. */
	put(root, "sys/fs/cgroup/a", "memory.stat",
	    "anon 1\ninactive_file 50000\nactive_file 7000\n");
	assert_int_equal(available_bytes(root), 157000);
	put(root, "sys/fs/cgroup/a", "memory.current", "1900000\n");
	assert_int_equal(available_bytes(root), 0);
	assert_int_equal(errno, 0);
	/* A limit that cannot be read is no missing limit. A folder gives EISDIR. */
	snprintf(command, sizeof(command), "cd %s/sys/fs/cgroup/a && rm memory.max && mkdir "
		 "memory.max", root);
	assert_int_equal(system(command), 0);
	assert_int_equal(available_bytes(root), 0);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(available_total_bytes(root), 0);
	snprintf(command, sizeof(command), "rm -r %s/proc/meminfo", root);
	assert_int_equal(system(command), 0);
	assert_int_equal(available_bytes(root), 0);
	assert_int_equal(errno, ENOENT);
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
	/* the real values of this machine */
	assert_true(available_bytes("") > 0);
	assert_true(available_bytes("") <= available_total_bytes(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_available),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
