/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A process lacks a resource, or an engine does not answer: the error names the cause, and
 * nothing stays open. Each attempt is a process of its own, because the engine would share
 * its limits.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

static struct pfq_error err;

enum { JOINED = 0, REFUSED = 1, LEAKED = 2, MISNAMED = 3 };

static int count_fds(void)
{
	int fd, used = 0;

	/* /proc cannot be opened when no descriptor is left. */
	for (fd = 0; fd < 256; fd++)
		used += fcntl(fd, F_GETFD) >= 0;
	return used;
}

static int lowest_free(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* In a child: join with as many descriptors as a program on libpcap has open. */
static int attempt(const char *path, int error, const char *word)
{
	struct pfq_params params = { .socket = path, .group = "ids" };
	int before = count_fds(), ret;
	struct pfq *q;

	ret = pfq_open(&q, &params, &err);
	if (!ret) {
		ret = pfq_fd_prepare(q);
		if (ret)
			snprintf(err.text, sizeof(err.text), "%s", pfq_error_text(ret));
	}
	pfq_close(q);
	if (count_fds() != before)
		return LEAKED;
	if (!ret)
		return JOINED;
	if (ret == error && strstr(err.text, word))
		return REFUSED;
	fprintf(stderr, "%d: %s\n", ret, err.text);
	return MISNAMED;
}

static int attempt_within(const struct fake *f, int resource, rlim_t limit, int error,
			  const char *word)
{
	const struct rlimit rl = { limit, limit };
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setrlimit((unsigned int)resource, &rl))
			_exit(9);
		_exit(attempt(f->path, error, word));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Try each limit, from no descriptor to enough. */
static void few_descriptors(void **state)
{
	struct fake *f;
	int limit, ret = REFUSED, refused = 0;

	(void)state;
	for (limit = 0; ret == REFUSED && limit < 64; limit++) {
		/* The fake engine hands out its endpoint once. */
		f = fake_start(NULL);
		ret = attempt_within(f, RLIMIT_NOFILE, (rlim_t)(lowest_free() + limit), -EMFILE,
				     "Too many open files: raise `ulimit -n`");
		refused += ret == REFUSED;
		fake_stop(f);
	}
	assert_int_equal(ret, JOINED);
	/*
	 * Too few descriptors for the connection, the three of the answer, or the two of the
	 * selectable one
	 */
	assert_int_equal(refused, 5);
}

static void few_memory(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .lane_size = 1 << 30 });

	(void)state;
	assert_int_equal(attempt_within(f, RLIMIT_AS, 1 << 29, -ENOMEM, "ulimit -v"), REFUSED);
	fake_stop(f);
}

/*
 * The process locks its mappings, so mmap() returns EAGAIN. syscall(), because the mlockall() of
 * AddressSanitizer does nothing.
 */
static void few_locked_memory(void **state)
{
	const struct rlimit rl = { 4 << 20, 4 << 20 };
	struct fake *f;
	pid_t pid;
	int status;

	(void)state;
	f = fake_start(&(struct fake_config){ .lane_size = 1 << 27 });
	assert_false(chmod(f->dir, 0755) || chmod(f->path, 0666));
	pid = fork();
	if (!pid) {
		if (setrlimit(RLIMIT_MEMLOCK, &rl) || syscall(SYS_mlockall, MCL_FUTURE) ||
		    (!geteuid() && seteuid(65534)))
			_exit(9);
		_exit(attempt(f->path, -ENOMEM, "raise `ulimit -l`"));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), REFUSED);
	fake_stop(f);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Signals that interrupt every call do not matter. */
static void interrupted(void **state)
{
	const struct itimerval often = { { 0, 150 }, { 0, 150 } };
	const struct sigaction sa = { .sa_handler = on_alarm };
	struct fake *f;
	pid_t pid;
	int i, status;

	(void)state;
	for (i = 0; i < 20; i++) {
		f = fake_start(NULL);
		pid = fork();
		if (!pid) {
			if (sigaction(SIGALRM, &sa, NULL) || setitimer(ITIMER_REAL, &often, NULL))
				_exit(9);
			_exit(attempt(f->path, 0, ""));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, JOINED);
		fake_stop(f);
	}
}

/*
 * A program closes all descriptors that it does not know. The error says so, and not that
 * the engine has ended.
 */
static void closed_by_program(void **state)
{
	struct fake *f = fake_start(NULL);
	const struct pfq_rec *rec;
	struct pfq *q;
	pid_t pid;
	int status, fd, way, ret;

	(void)state;
	for (way = 0; way < 2; way++) {
		pid = fork();
		if (!pid) {
			fd = lowest_free();
			q = fake_join(f, false);
			if (pfq_read(q, &rec, 1))
				_exit(9);
			for (; fd < 64; fd++) {
				close(fd);
				/* By now the number is another file's, which is readable. */
				if (way && open("/dev/zero", O_RDONLY) != fd)
					_exit(8);
			}
			ret = pfq_wait(q, -1, 50);
			_exit(ret == (way ? -ENOTSOCK : -EBADF) ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		fake_stop(f);
		f = fake_start(NULL);
	}
	fake_stop(f);
}

static void no_socket(void **state)
{
	char path[] = "/tmp/pfq-test-file-XXXXXX";
	struct pfq_ctl *ctl;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -EPROTO);
	check_text(err.text, "is not pfqd's socket");
	unlink(path);
}

/* Start an engine that listens but does nothing: it is stopped, or busy. */
static pid_t deaf(const char *path, bool is_stopped)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), ready[2];
	pid_t pid;
	char c;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		/* The process that calls listen() is the peer that a client sees. */
		if (listen(fd, 8) || write(ready[1], "", 1) != 1)
			_exit(9);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	if (is_stopped) {
		kill(pid, SIGSTOP);
		assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
	}
	close(fd);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void no_answer(void **state)
{
	static const char *const words[] = { "is busy, or out of descriptors",
					     "is stopped; `kill -CONT" };
	char path[] = "/tmp/pfq-test-deaf-XXXXXX";
	struct pfq_ctl *ctl;
	pid_t pid;
	int i;

	(void)state;
	close(mkstemp(path));
	for (i = 0; i < 2; i++) {
		unlink(path);
		pid = deaf(path, i);
		assert_int_equal(pfq_ctl_open(&ctl, path, &err), -ETIMEDOUT);
		check_text(err.text, "did not answer HELLO within 1000 ms: process ");
		check_text(err.text, words[i]);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_descriptors),
		cmocka_unit_test(few_memory),
		cmocka_unit_test(few_locked_memory),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(closed_by_program),
		cmocka_unit_test(no_socket),
		cmocka_unit_test(no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
