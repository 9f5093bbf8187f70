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

/* Receive the manager's next message, which has these two texts. Returns its descriptor, or -1. */
static int message(const char *first, const char *second)
{
	char text[256], control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(manager, &m, MSG_DONTWAIT);
	int fd = -1;

	assert_true(n > 0);
	text[n] = '\0';
	check_text(text, first);
	check_text(text, second);
	if (CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

static void put(void **state)
{
	int pair[2], fd;

	(void)state;
	assert_true(store_is_there());
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(store_put_member(pair[0], 17), 0);
	fd = message("FDSTORE=1", "FDNAME=member-17");
	assert_true(is_same(fd, pair[1]));
	close(fd);
	/* any descriptor serves here */
	assert_int_equal(store_put_listener(pair[0], 25, 4711), 0);
	fd = message("FDSTORE=1", "FDNAME=listener-25-4711");
	assert_true(is_same(fd, pair[1]));
	close(fd);
	store_drop_listener(25, 4711);
	assert_int_equal(message("FDSTOREREMOVE=1", "FDNAME=listener-25-4711"), -1);
	close(pair[0]);
	close(pair[1]);
}

static void write_letter(void *arg, FILE *f)
{
	fputc(*(const char *)arg, f);
}

/* The store has a whole file at each moment. */
static void replace(void **state)
{
	char c = '\0';
	int fd;

	(void)state;
	assert_int_equal(store_put_shares(write_letter, "a"), 0);
	fd = message("FDSTORE=1", "FDNAME=shares-1");
	assert_int_equal(pread(fd, &c, 1, 0), 1);
	assert_int_equal(c, 'a');
	close(fd);
	assert_int_equal(store_put_shares(write_letter, "b"), 0);
	fd = message("FDSTORE=1", "FDNAME=shares-2");
	assert_int_equal(pread(fd, &c, 1, 0), 1);
	assert_int_equal(c, 'b');
	close(fd);
	assert_int_equal(message("FDSTOREREMOVE=1", "FDNAME=shares-1"), -1);
	store_drop_shares();
	assert_int_equal(message("FDSTOREREMOVE=1", "FDNAME=shares-2"), -1);
	store_drop_shares();
	assert_int_equal(recv(manager, &c, 1, MSG_DONTWAIT), -1);
}

/* In a child: take two files. Returns the letter in the one that is taken, or 0 for a fault. */
static int letter_in_child(const char *names)
{
	int new = memfd_create("new", 0), old = memfd_create("old", 0), letter;
	bool is_second = names[strlen(names) - 1] == '0';
	struct store s;
	char pid[16];

	if (write(new, "n", 1) != 1 || write(old, "o", 1) != 1)
		return 0;
	new = fcntl(new, F_DUPFD, 50);
	old = fcntl(old, F_DUPFD, 50);
	dup2(is_second ? old : new, FIRST);
	dup2(is_second ? new : old, FIRST + 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "2", 1);
	setenv("LISTEN_FDNAMES", names, 1);
	store_take(&s);
	letter = s.shares ? fgetc(s.shares) : 0;
	/* the other one is closed */
	if ((fcntl(FIRST, F_GETFD) < 0) == (fcntl(FIRST + 1, F_GETFD) < 0))
		letter = 0;
	store_close(&s);
	/* the next one replaces it */
	if (store_put_shares(write_letter, "x"))
		letter = 0;
	return letter;
}

/* The last pfqd was killed between two calls. */
static void takes_the_newest(void **state)
{
	static const char *const names[] = { "shares-9:shares-10", "shares-10:shares-9" };
	int i, status;
	pid_t pid;

	(void)state;
	for (i = 0; i < 2; i++) {
		pid = fork();
		if (!pid)
			_exit(letter_in_child(names[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WEXITSTATUS(status), 'n');
		assert_int_equal(message("FDSTOREREMOVE=1", "FDNAME=shares-9"), -1);
		close(message("FDSTORE=1", "FDNAME=shares-11"));
		assert_int_equal(message("FDSTOREREMOVE=1", "FDNAME=shares-10"), -1);
	}
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

/* The address of a listening socket, which needs no file. */
static const struct sockaddr_un at = { AF_UNIX, "\0pfqd-store-test" };

/*
 * In a child, which may use any descriptor: count those that are taken, or 100 for a fault. The
 * second one is a file, and from the fifth one on all are listening sockets.
 */
static int take_in_child(const char *names, unsigned int count)
{
	int pair[2], file = memfd_create("shares", 0);
	int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct store s;
	char number[16];
	unsigned int i, n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) || write(file, "x", 1) != 1 ||
	    bind(listener, (const struct sockaddr *)&at, sizeof(at)) || listen(listener, 1))
		return 100;
	pair[0] = fcntl(pair[0], F_DUPFD, 50);
	pair[1] = fcntl(pair[1], F_DUPFD, 50);
	file = fcntl(file, F_DUPFD, 50);
	listener = fcntl(listener, F_DUPFD, 50);
	for (i = 0; i < count; i++)
		dup2(i == 1 ? file : i >= 4 ? listener : pair[0], FIRST + (int)i);
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
	if (s.listener.sock >= 0 && s.listener.dev == 25 && s.listener.ino == 4711)
		n += 30;
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
	return s.members || s.listener.sock >= 0 ? 100 : (int)n;
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
	assert_int_equal(count_of("member-7:shares-3:other:member-8", 4), 2 + 10 + 50);
	assert_int_equal(count_of("member-7:member-1", 2), 1 + 10);
	assert_int_equal(count_of("member:shares-3", 2), 10 + 50);
	assert_int_equal(count_of("member:shares-0", 2), 20);
	assert_int_equal(count_of("member-7:shares-3:other:listener-25-4711:listener-25-4711", 5),
			 1 + 50 + 20 + 30);
	/* a listener needs its file, and is no member; there is one */
	assert_int_equal(count_of("member-7:a:a:a:listener-25", 5), 1 + 40);
	assert_int_equal(count_of("member-7:a:a:a:member-8", 5), 1 + 40);
	assert_int_equal(count_of("member-7:a:a:a:listener-25-4711:listener-1-2", 6), 1 + 40 + 30);
	assert_int_equal(count_of("member-7:listener-25-4711", 2), 1 + 10);
	assert_int_equal(count_of("listener-25-4711", 1), 10);
	unsetenv("LISTEN_PID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(put, setup, teardown),
		cmocka_unit_test_setup_teardown(replace, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_the_newest, setup, teardown),
		cmocka_unit_test_setup_teardown(no_manager, setup, teardown),
		cmocka_unit_test(takes_members_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
