/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests access policies: how they are read, and whom they allow what. */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pfqd/settings/access.h"
#include "tests/unit/fixture/check.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_access_parse),
		cmocka_unit_test(test_cred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
