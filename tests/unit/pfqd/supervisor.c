/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what pfqd, as a process, tells the service manager. */
/* Alone: it measures delays. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pfqd/pfqd.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"

#define WATCHDOG_US	"600000"
#define PERIOD_MS	300

static char dir[] = "/tmp/pfqd-notify-XXXXXX";
static char socket_path[64], conf_path[64];
static int manager = -1;	/* where the service manager listens */

static void start_manager(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", socket_path);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&un, sizeof(un)), 0);
}

/* The next message within @ms; "": none came. */
static const char *heard(int ms)
{
	struct pollfd p = { .fd = manager, .events = POLLIN };
	static char text[512];
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return "";
	n = recv(manager, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	return text;
}

/* Wait for a message that begins with @what. */
static const char *wait_heard(const char *what)
{
	for (int i = 0; i < 200; i++) {
		const char *text = heard(10000);

		if (!*text)
			break;
		if (!strncmp(text, what, strlen(what)))
			return text;
	}
	fail_msg("\"%s\" does not come", what);
	return "";
}

/* Number of signs of life within @ms */
static unsigned int lives(int ms)
{
	uint64_t end_ns = net_clock_ns(CLOCK_MONOTONIC) + ms * 1000000ULL, now_ns;
	unsigned int count = 0;

	while ((now_ns = net_clock_ns(CLOCK_MONOTONIC)) < end_ns)
		count += !strcmp(heard((int)((end_ns - now_ns) / 1000000 + 1)), "WATCHDOG=1");
	return count;
}

static pid_t start(bool has_watchdog)
{
	FILE *f = fopen(conf_path, "w");
	char *argv[] = { "pfqd", "-c", conf_path, "-l", "error", NULL };
	char number[16];
	pid_t pid;

	assert_non_null(f);
	fprintf(f, "[pfqd]\nengine = user\nworkers = 2\nsocket = %s/sock\n[group a]\ndevice = lo\n",
		dir);
	fclose(f);
	pid = fork();
	if (pid)
		return pid;
	/* if the test fails, pfqd must not outlive it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("NOTIFY_SOCKET", socket_path, 1);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	if (has_watchdog) {
		setenv("WATCHDOG_USEC", WATCHDOG_US, 1);
		setenv("WATCHDOG_PID", number, 1);
	}
	exit(pfqd_main(5, argv));
}

static void stop(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	wait_heard("STOPPING=1");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	while (*heard(0))
		;
}

/* The thread of @pid that has the name @name */
static pid_t thread_named(pid_t pid, const char *name)
{
	char path[64], line[32];
	struct dirent *d;
	pid_t tid = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	assert_non_null(tasks);
	while ((d = readdir(tasks))) {
		char file[400];
		FILE *f;

		snprintf(file, sizeof(file), "%s/%s/comm", path, d->d_name);
		f = fopen(file, "r");
		if (f && fgets(line, sizeof(line), f) && !strncmp(line, name, strlen(name)))
			tid = atoi(d->d_name);
		if (f)
			fclose(f);
	}
	closedir(tasks);
	assert_true(tid > 0);
	return tid;
}

/* pfqd reports each step of its life, and the line of `systemctl status`. */
static void test_states(void **state)
{
	const char *text;
	pid_t pid;

	(void)state;
	pid = start(false);
	text = wait_heard("READY=1");
	check_text(text, "STATUS=groups: 1, members: 0, packets lost: 0");
	/* nobody asked for signs of life */
	assert_int_equal(lives(500), 0);
	kill(pid, SIGHUP);
	text = wait_heard("RELOADING=1");
	check_text(text, "MONOTONIC_USEC=");
	wait_heard("READY=1");
	stop(pid);
}

/* One worker that hangs ends the signs of life; when it runs again, they come again. */
static void test_watchdog(void **state)
{
	int status;
	pid_t pid, tid;

	(void)state;
	pid = start(true);
	wait_heard("READY=1");
	assert_in_range(lives(10 * PERIOD_MS), 5, 12);
	/* A signal would stop all threads; a debugger stops one. */
	tid = thread_named(pid, "pfqd/1");
	assert_int_equal(ptrace(PTRACE_SEIZE, tid, NULL, NULL), 0);
	assert_int_equal(ptrace(PTRACE_INTERRUPT, tid, NULL, NULL), 0);
	assert_int_equal(waitpid(tid, &status, __WALL), tid);
	lives(3 * PERIOD_MS);
	assert_int_equal(lives(6 * PERIOD_MS), 0);
	assert_int_equal(ptrace(PTRACE_DETACH, tid, NULL, NULL), 0);
	wait_heard("WATCHDOG=1");
	assert_true(lives(10 * PERIOD_MS) >= 3);
	stop(pid);
}

static int teardown(void **state)
{
	(void)state;
	close(manager);
	unlink(socket_path);
	unlink(conf_path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_watchdog),
	};
	int ret = net_enter();

	if (ret)
		return ret;
	if (!mkdtemp(dir))
		return 1;
	snprintf(socket_path, sizeof(socket_path), "%s/notify", dir);
	snprintf(conf_path, sizeof(conf_path), "%s/conf", dir);
	start_manager();
	return cmocka_run_group_tests(tests, NULL, teardown);
}
