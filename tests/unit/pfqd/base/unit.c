/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests which paths pfqd's unit hides, by files like those of /proc. */
#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pfqd/base/unit.h"
#include "tests/unit/fixture/check.h"

static char root[] = "/tmp/pfqd-unit-XXXXXX";

/* as systemd 252 makes them for PrivateTmp=yes and ProtectHome=yes */
static const char mounts[] =
	"100 50 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 rw\n"
	"101 100 8:1 /tmp/systemd-private-ab12-pfqd.service-Xy/tmp /tmp rw - ext4 /dev/sda1 rw\n"
	"102 100 8:1 /var/tmp/systemd-private-ab12-pfqd.service-Zz/tmp /var/tmp rw - ext4 "
	"/dev/sda1 rw\n"
	"103 100 0:20 /systemd/inaccessible/dir /home ro - tmpfs tmpfs rw\n"
	"104 100 0:20 / /run rw - tmpfs tmpfs rw\n";

static int setup(void **state)
{
	char path[128];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "mkdir -p %s/proc/self", root);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/proc/self/mountinfo", root);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(mounts, f);
	fclose(f);
	return 0;
}

static int teardown(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "rm -r %s", root);
	return system(path);
}

/* Say, as systemd does, that process @pid was started for a unit. */
static void enter_unit(pid_t pid)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)pid);
	setenv("SYSTEMD_EXEC_PID", number, 1);
}

static void test_hidden(void **state)
{
	static const struct {
		const char *path, *why;		/* NULL: not hidden */
	} cases[] = {
		{ "/tmp/pfqd.sock", "PrivateTmp=" },
		{ "/tmp", "PrivateTmp=" },
		{ "/var/tmp/a/b.pcap", "PrivateTmp=" },
		{ "/home/u/x.pcap", "ProtectHome=" },
		{ "/tmpx/y", NULL },
		{ "/var/lib/x.pcap", NULL },
		{ "/run/pfqd/pfqd.sock", NULL },
		{ "/homes/x", NULL },
	};

	(void)state;
	enter_unit(getpid());
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = unit_hides(root, cases[i].path);

		check_case(cases[i].path, !why == !cases[i].why);
		if (why)
			check_text(why, cases[i].why);
	}
	/* A program that the unit's process starts shares its view with others in the unit. */
	enter_unit(getppid());
	assert_null(unit_hides(root, "/tmp/pfqd.sock"));
	/* outside of a unit the same mounts mean nothing */
	unsetenv("SYSTEMD_EXEC_PID");
	assert_null(unit_hides(root, "/tmp/pfqd.sock"));
}

static void test_explained(void **state)
{
	(void)state;
	assert_null(unit_explains(root, "/srv/x.sock", EROFS));
	enter_unit(getpid());
	check_text(unit_explains(root, "/srv/x.sock", -EROFS), "ProtectSystem=");
	check_text(unit_explains(root, "/home/u/x", EACCES), "ProtectHome=");
	assert_null(unit_explains(root, "/srv/x", ENOENT));
	/* without /proc nothing is known */
	assert_null(unit_explains("/nonexistent", "/tmp/x", ENOENT));
	unsetenv("SYSTEMD_EXEC_PID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_explained),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
