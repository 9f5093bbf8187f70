/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that the log writes to the journal, played by this test, or to standard error. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pfqd/base/log.h"
#include "tests/unit/fixture/check.h"

#define JOURNAL	"/run/systemd/journal"

static int journal = -1;
static char entry[8192], text[8192];	/* of the journal; of stderr */

/* Make an empty /run that only this test sees. */
static int begin(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 0;
	if (mount("tmpfs", "/run", "tmpfs", 0, NULL))
		return -1;
	if (mkdir("/run/systemd", 0755) || mkdir(JOURNAL, 0755))
		return -1;
	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return journal < 0 ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	close(journal);
	return 0;
}

static int listens(void **state)
{
	const struct sockaddr_un name = { AF_UNIX, JOURNAL "/socket" };

	(void)state;
	return journal < 0 ? 0 : bind(journal, (const struct sockaddr *)&name, sizeof(name));
}

static size_t take(int fd, char *to, size_t size)
{
	ssize_t n = read(fd, to, size - 1);

	to[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/*
 * Let @fn write its log in a process of its own, because the log checks its standard error
 * only once. @inode_off is added to the inode in JOURNAL_STREAM.
 */
static void run(void (*fn)(void), bool has_stream, unsigned int inode_off)
{
	char stream[64];
	struct stat st;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	assert_int_equal(fstat(fds[1], &st), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + inode_off);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fds[1], STDERR_FILENO);
		if (has_stream)
			setenv("JOURNAL_STREAM", stream, 1);
		else
			unsetenv("JOURNAL_STREAM");
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	take(fds[0], text, sizeof(text));
	take(journal, entry, sizeof(entry));
	close(fds[0]);
	close(fds[1]);
}

static void write_about_all(void)
{
	log_write(LOG_LEVEL_ERROR,
		  LOG_ABOUT(.group = "ids", .device = "eth0", .endpoint = 7, .pid = 4711,
			    .uid = 33),
		  "group %s: \033[1mwrong\n", "ids");
}

static void write_about_nothing(void)
{
	log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.device = ""), "as %s", "it is");
	log_debug("not at this level");
}

static void write_long(void)
{
	char name[3000];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	log_write(LOG_LEVEL_INFO, LOG_ABOUT(.group = name, .device = name), "%s", name);
}

static void check_field(const char *field)
{
	char line[256];

	snprintf(line, sizeof(line), "\n%s\n", field);
	check_text(entry, line);
}

static void test_entries(void **state)
{
	(void)state;
	if (journal < 0)
		skip();
	run(write_about_all, true, 0);
	assert_string_equal(text, "");
	assert_ptr_equal(strstr(entry, "MESSAGE=group ids: ?[1mwrong?\n"), entry);
	check_field("PRIORITY=3");
	check_field("SYSLOG_IDENTIFIER=pfqd");
	check_field("PFQ_GROUP=ids");
	check_field("PFQ_DEVICE=eth0");
	check_field("PFQ_ENDPOINT=7");
	check_field("PFQ_PID=4711");
	check_field("PFQ_UID=33");
	run(write_about_nothing, true, 0);
	assert_string_equal(text, "");
	assert_string_equal(entry, "MESSAGE=as it is\nPRIORITY=4\nSYSLOG_IDENTIFIER=pfqd\n");
	run(write_long, true, 0);
	check_text(entry, "\nPFQ_GROUP=xxx");
	assert_int_equal(strcspn(entry, "\n"), strlen("MESSAGE=") + 1023);
}

/* The variable names another stream, or is not set. */
static void test_no_journal(void **state)
{
	unsigned int off;

	(void)state;
	if (journal < 0)
		skip();
	for (off = 0; off < 2; off++) {
		run(write_about_all, off, off);
		assert_string_equal(text, "pfqd: error: group ids: ?[1mwrong?\n");
		assert_string_equal(entry, "");
	}
	run(write_about_nothing, false, 0);
	assert_string_equal(text, "pfqd: warning: as it is\n");
	run(write_long, false, 0);
	assert_int_equal(strlen(text), 1023);
	assert_int_equal(text[1022], '\n');
}

/* If the journal's socket is out of reach, the log writes lines with their level. */
static void test_lines_for_the_journal(void **state)
{
	(void)state;
	if (journal < 0)
		skip();
	assert_int_equal(unlink(JOURNAL "/socket"), 0);
	run(write_about_all, true, 0);
	assert_string_equal(text, "<3>group ids: ?[1mwrong?\n");
	assert_string_equal(entry, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_entries, listens),
		cmocka_unit_test(test_no_journal),
		cmocka_unit_test(test_lines_for_the_journal),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
