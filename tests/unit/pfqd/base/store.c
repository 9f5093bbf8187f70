/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what goes into the store of the service manager, and what comes out of it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pfqd/base/store.h"
#include "tests/unit/fixture/check.h"

#define FIRST	3	/* SD_LISTEN_FDS_START */

static char path[64];
static int manager = -1;

static int setup(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	(void)state;
	snprintf(path, sizeof(path), "/tmp/pfqd-store-%d", (int)getpid());
	strcpy(un.sun_path, path);
	unlink(path);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&un, sizeof(un)), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(manager);
	unlink(path);
	unsetenv("NOTIFY_SOCKET");
	return 0;
}

/* Does what is sent on @a come out of @b? */
static bool is_same(int a, int b)
{
	char c = 'x';

	return send(a, &c, 1, MSG_DONTWAIT) == 1 && recv(b, &c, 1, MSG_DONTWAIT) == 1;
}

static void put(void **state)
{
	char text[256], control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	int pair[2], fd;
	ssize_t n;

	(void)state;
	assert_true(store_is_there());
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(store_put_member(pair[0], 17), 0);
	n = recvmsg(manager, &m, MSG_DONTWAIT);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "FDSTORE=1"));
	assert_non_null(strstr(text, "FDNAME=member-17"));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	assert_true(is_same(fd, pair[1]));
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

static void no_manager(void **state)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)state;
	unlink(path);
	assert_true(store_put_member(fd, 1) < 0);
	unsetenv("NOTIFY_SOCKET");
	assert_false(store_is_there());
	close(fd);
}

/* In a child, which may use any descriptor: count those that are taken, or 100 for a fault. */
static int take_in_child(const char *names, unsigned int count)
{
	int pair[2], file = memfd_create("shares", 0);
	struct store s;
	char number[16];
	unsigned int i, n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) || write(file, "x", 1) != 1)
		return 100;
	pair[0] = fcntl(pair[0], F_DUPFD, 50);
	pair[1] = fcntl(pair[1], F_DUPFD, 50);
	file = fcntl(file, F_DUPFD, 50);
	for (i = 0; i < count; i++)
		dup2(i == 1 ? file : pair[0], FIRST + (int)i);
	snprintf(number, sizeof(number), "%u", count);
	setenv("LISTEN_FDS", number, 1);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	store_take(&s);
	for (i = 0; i < s.members; i++) {
		if (!is_same(s.member[i].sock, pair[1]) || s.member[i].endpoint != 7 + i ||
		    !(fcntl(s.member[i].sock, F_GETFD) & FD_CLOEXEC))
			return 100;
	}
	n = s.members;
	if (s.shares && fgetc(s.shares) == 'x')
		n += 50;
	/* the others are closed */
	for (i = 0; i < count; i++)
		n += fcntl(FIRST + (int)i, F_GETFD) < 0 ? 10 : 0;
	store_close(&s);
	for (i = 0; i < count; i++) {
		if (fcntl(FIRST + (int)i, F_GETFD) >= 0)
			return 100;
	}
	store_take(&s);
	return s.members ? 100 : (int)n;
}

static int count_of(const char *names, unsigned int count)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(take_in_child(names, count));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void takes_members_only(void **state)
{
	(void)state;
	assert_int_equal(count_of("member-7", 1), 1);
	/* the second is a file, the third is a socket with a name that pfqd does not give */
	assert_int_equal(count_of("member-7:shares:other:member-8", 4), 2 + 10 + 50);
	assert_int_equal(count_of("member-7:member-1", 2), 1 + 10);
	assert_int_equal(count_of("member:shares", 2), 10 + 50);
	unsetenv("LISTEN_PID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(put, setup, teardown),
		cmocka_unit_test_setup_teardown(no_manager, setup, teardown),
		cmocka_unit_test(takes_members_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
