/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "libpcap-pfq/pfq-debug.h"

static struct pfq_env env;
static int saved;

static int set_up(void **state)
{
	(void)state;
	env = (struct pfq_env){ .debug = true };
	saved = dup(STDERR_FILENO);
	return saved < 0;
}

static int tear_down(void **state)
{
	(void)state;
	return dup2(saved, STDERR_FILENO) < 0 || close(saved);
}

/* Print with @fd as standard error; returns the bytes that can be read from @from. */
static ssize_t printed(int fd, int from, char *text, size_t size)
{
	assert_true(dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	pfq_debug_print(&env, "a line");
	assert_true(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	assert_int_equal(fcntl(from, F_SETFL, O_NONBLOCK), 0);
	return read(from, text, size);
}

static void a_pipe_gets_nothing(void **state)
{
	char text[64];
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_true(printed(fd[1], fd[0], text, sizeof(text)) < 0);
	close(fd[0]);
	close(fd[1]);
}

/* The journal is a stream socket. A socket that carries messages is not for texts. */
static void sockets(void **state)
{
	char text[64];
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(printed(fd[1], fd[0], text, sizeof(text)), 12);
	assert_memory_equal(text, "pfq: a line\n", 12);
	close(fd[0]);
	close(fd[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	assert_true(printed(fd[1], fd[0], text, sizeof(text)) < 0);
	close(fd[0]);
	close(fd[1]);
}

static void a_file_that_is_standard_error(void **state)
{
	char text[64], path[] = "/tmp/pfq-debug-XXXXXX";
	int fd = mkstemp(path), from = open(path, O_RDONLY);

	(void)state;
	assert_true(fd >= 0 && from >= 0);
	assert_int_equal(printed(fd, from, text, sizeof(text)), 12);
	env.debug = false;
	assert_int_equal(printed(fd, from, text, sizeof(text)), 0);
	close(fd);
	close(from);
	unlink(path);
}

/* The file gets lines appended, also if there is no standard error. */
static void a_path(void **state)
{
	char text[128] = "", wanted[128], path[] = "/tmp/pfq-debug-XXXXXX";
	int from = mkstemp(path);

	(void)state;
	assert_true(from >= 0);
	snprintf(env.debug_path, sizeof(env.debug_path), "%s", path);
	pfq_debug_print(&env, "one");
	close(STDERR_FILENO);
	pfq_debug_print(&env, "two");
	assert_true(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	assert_true(read(from, text, sizeof(text) - 1) > 0);
	snprintf(wanted, sizeof(wanted), "pfq[%d]: one\npfq[%d]: two\n", (int)getpid(),
		 (int)getpid());
	assert_string_equal(text, wanted);
	close(from);
	unlink(path);
}

int main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_pipe_gets_nothing),
		TEST(sockets),
		TEST(a_file_that_is_standard_error),
		TEST(a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
