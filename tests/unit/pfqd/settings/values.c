/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests values, bindings, access policies and limits: how they are read, and what they mean. */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pfqd/settings/access.h"
#include "pfqd/host/available.h"
#include "pfqd/settings/binding.h"
#include "pfqd/engine/limit.h"
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

/* --- access ------------------------------------------------------------------- */

static void test_access(void **state)
{
	gid_t more[] = { 30, 31 };
	struct access_cred root = { .uid = 0, .gid = 9 };
	struct access_cred owner = { .uid = 10, .gid = 99 };
	struct access_cred member = { .uid = 11, .gid = 20 };
	struct access_cred further = { .uid = 12, .gid = 99, .groups = 2, .group = more };
	struct access_cred other = { .uid = 13, .gid = 99 };
	struct access_cred unknown = { .uid = 65534, .gid = 65534 };
	struct access_policy p = { .uid = 10, .gid = 20, .mode = 0640 };

	(void)state;
	assert_true(access_allowed(&p, &root, ACCESS_READ | ACCESS_WRITE));
	assert_true(access_allowed(&p, &owner, ACCESS_READ | ACCESS_WRITE));
	assert_true(access_allowed(&p, &member, ACCESS_READ));
	assert_false(access_allowed(&p, &member, ACCESS_WRITE));
	assert_false(access_allowed(&p, &further, ACCESS_READ));
	p.gid = 31;
	assert_true(access_allowed(&p, &further, ACCESS_READ));
	assert_false(access_allowed(&p, &other, ACCESS_READ));
	p.mode = 0644;
	assert_true(access_allowed(&p, &other, ACCESS_READ));
	/* The owner gets the owner's rights only, as with a file. */
	p.mode = 0066;
	assert_false(access_allowed(&p, &owner, ACCESS_READ));
	assert_true(access_allowed(&p, &root, ACCESS_READ | ACCESS_WRITE));
	/* A user without an id here gets no rights, whatever ids the policy names. */
	p.uid = p.gid = 65534;
	p.mode = 0660;
	assert_false(access_allowed(&p, &unknown, ACCESS_READ));
}

static void test_access_parse(void **state)
{
	struct access_policy p;
	struct pfq_error err;

	(void)state;
	assert_int_equal(access_policy_parse(&p, "root:daemon 0660", &err), 0);
	assert_int_equal(p.uid, 0);
	assert_int_equal(p.gid, 1);
	assert_int_equal(p.mode, 0660);
	assert_int_equal(access_policy_parse(&p, "5:6\t640", &err), 0);
	assert_int_equal(p.uid, 5);
	assert_int_equal(p.gid, 6);
	assert_int_equal(p.mode, 0640);
	assert_int_equal(access_policy_parse(&p, "5 0600", &err), 0);
	assert_int_equal(p.uid, 5);
	assert_int_equal(p.gid, 0);
	assert_int_equal(p.mode, 0600);
	assert_int_equal(access_policy_parse(&p, "0666", &err), -EINVAL);
	assert_int_equal(access_policy_parse(&p, "root", &err), -EINVAL);
	assert_int_equal(access_policy_parse(&p, "root: 0666", &err), -EINVAL);
	assert_int_equal(access_policy_parse(&p, ":root 0666", &err), -EINVAL);
	assert_int_equal(access_policy_parse(&p, "4294967295 0666", &err), -EINVAL);
	assert_int_equal(access_policy_parse(&p, "root 0668", &err), -EINVAL);
}

static void test_cred(void **state)
{
	struct access_cred cred;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(access_cred_read(&cred, fds[0]), 0);
	assert_int_equal(cred.pid, getpid());
	assert_int_equal(cred.uid, geteuid());
	assert_int_equal(cred.groups, getgroups(0, NULL));
	access_cred_free(&cred);
	close(fds[0]);
	close(fds[1]);
}

/* --- limits ------------------------------------------------------------------- */

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
			    "readers");
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

/* --- available memory --------------------------------------------------------- */

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
	char root[] = "/tmp/pfqd-available-XXXXXX", command[64];

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
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
	/* the real values of this machine */
	assert_true(available_bytes("") > 0);
	assert_true(available_bytes("") <= available_total_bytes(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_bindings_many),
		cmocka_unit_test(test_binding_covers),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_access_parse),
		cmocka_unit_test(test_cred),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_available),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
