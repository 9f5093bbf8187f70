/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the daemon as a process: command line, socket file, signals, exit status. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pfqd/control/listener.h"
#include "pfqd/base/exit.h"
#include "pfqd/pfqd.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"

static char dir[] = "/tmp/pfqd-life-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void write_conf(const char *more)
{
	FILE *f = fopen(in_dir("conf"), "w");

	assert_non_null(f);
	fprintf(f, "[pfqd]\nworkers = 1\nsocket = %s\n%s", in_dir("sock"), more);
	fclose(f);
}

/* Start pfqd in a child; its output goes to "log". NULL ends the arguments. */
static pid_t start(const char *arg1, ...)
{
	char *argv[16] = { "pfqd", (char *)arg1 };
	int argc = 1, fd;
	va_list ap;
	pid_t pid;

	va_start(ap, arg1);
	while (argv[argc])
		argv[++argc] = va_arg(ap, char *);
	va_end(ap);
	/* remove the output of an earlier pfqd */
	unlink(in_dir("log"));
	pid = fork();
	if (pid)
		return pid;
	fd = open(in_dir("log"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	dup2(fd, 1);
	dup2(fd, 2);
	exit(pfqd_main(argc, argv));
}

static int status_of(pid_t pid)
{
	int status, i;

	for (i = 0; i < 1000; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		usleep(10000);
	}
	kill(pid, SIGKILL);
	fail_msg("it does not end");
	return -1;
}

static const char *said(void)
{
	static char text[4096];
	FILE *f = fopen(in_dir("log"), "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static void wait_said(const char *what)
{
	int i;

	for (i = 0; i < 1000 && !strstr(said(), what); i++)
		usleep(10000);
	if (!strstr(said(), what))
		fail_msg("\"%s\" is not in: %s", what, said());
}

/* --- the command line ---------------------------------------------------------- */

static void test_usage(void **state)
{
	(void)state;
	write_conf("");
	assert_int_equal(status_of(start("--version", NULL)), 0);
	assert_string_equal(said(), "pfqd " PACKAGE_VERSION "\n");
	assert_int_equal(status_of(start("--help", NULL)), 0);
	assert_null(strstr(said(), "sysconfdir"));
	assert_non_null(strstr(said(), "pfq/pfqd.conf"));
	assert_int_equal(status_of(start("--nonsense", NULL)), PFQD_EXIT_USAGE);
	assert_int_equal(status_of(start("-l", "loud", NULL)), PFQD_EXIT_USAGE);
	assert_non_null(
		strstr(said(), "--log: \"loud\" is not allowed here; allowed: error, warning"));
	assert_int_equal(status_of(start("-s", "relative", NULL)), PFQD_EXIT_USAGE);
	assert_int_equal(status_of(start("extra", NULL)), PFQD_EXIT_USAGE);
	assert_int_equal(status_of(start("--strict", "-c", in_dir("conf"), NULL)), PFQD_EXIT_USAGE);
	assert_non_null(strstr(said(), "--strict is allowed only with --check"));
	assert_int_equal(status_of(start("-c", in_dir("none"), NULL)), PFQD_EXIT_FAILED);
	assert_non_null(strstr(said(), "pfqd: "));
	assert_non_null(strstr(said(), "none: No such file or directory"));
	assert_non_null(strstr(said(), "\npfqd: an example is /"));
}

static void test_check(void **state)
{
	(void)state;
	write_conf("[group a]\ndevice = lo\n");
	assert_int_equal(status_of(start("--check", in_dir("conf"), NULL)), 0);
	assert_non_null(strstr(said(), "conf: valid, 1 group\n"));
	assert_null(strstr(said(), "not here now"));
	assert_int_equal(status_of(start("--check", in_dir("conf"), "--strict", NULL)), 0);
	write_conf("[group a]\ndevice = lo, nosuch0/3\n");
	assert_int_equal(status_of(start("--check", in_dir("conf"), NULL)), 0);
	assert_non_null(strstr(said(), "conf:5: [group a] device: \"nosuch0\" is not here now"));
	assert_non_null(strstr(said(), "conf: valid, 1 group\n"));
	assert_int_equal(status_of(start("--check", in_dir("conf"), "--strict", NULL)),
			 PFQD_EXIT_FAILED);
	assert_non_null(strstr(said(), "conf:5: [group a] device: \"nosuch0\" is not here now"));
	assert_null(strstr(said(), "valid"));
	write_conf("wrokers = 2\n[grup a]\n");
	assert_int_equal(status_of(start("--check", in_dir("conf"), NULL)), PFQD_EXIT_FAILED);
	assert_non_null(strstr(said(), "conf:4: [pfqd] wrokers: no such key"));
	assert_non_null(strstr(said(), "conf:5: section [grup a]"));
	assert_int_equal(status_of(start("-c", in_dir("conf"), NULL)), PFQD_EXIT_FAILED);
	assert_int_equal(access(in_dir("sock"), F_OK), -1);
}

/* --- life ------------------------------------------------------------------------ */

static void test_signals(void **state)
{
	static const int ends[] = { SIGTERM, SIGINT };
	struct stat st;
	pid_t pid;
	size_t i;

	(void)state;
	write_conf("[group a]\ndevice = lo\n");
	for (i = 0; i < 2; i++) {
		pid = start("-c", in_dir("conf"), "-f", NULL);
		wait_said("listening on");
		assert_int_equal(stat(in_dir("sock"), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0666);
		kill(pid, SIGHUP);
		wait_said("nothing has changed");
		wait_said("was read again");
		kill(pid, ends[i]);
		assert_int_equal(status_of(pid), 0);
		assert_int_equal(stat(in_dir("sock"), &st), -1);
	}
}

static void test_socket_in_use(void **state)
{
	char want[256];
	pid_t first;

	(void)state;
	write_conf("[group a]\ndevice = lo\n");
	first = start("-c", in_dir("conf"), NULL);
	wait_said("listening on");
	assert_int_equal(status_of(start("-c", in_dir("conf"), NULL)), PFQD_EXIT_FAILED);
	snprintf(want, sizeof(want),
		 "error: socket %s is in use by process %d; end it or choose another "
		 "path",
		 in_dir("sock"), (int)first);
	assert_non_null(strstr(said(), want));
	/* The first pfqd's socket still exists, and another pfqd may have its own. */
	assert_int_equal(access(in_dir("sock"), F_OK), 0);
	kill(first, SIGKILL);
	assert_int_equal(status_of(first), 128 + SIGKILL);
	/* The socket that it left is replaced. */
	assert_int_equal(access(in_dir("sock"), F_OK), 0);
	first = start("-c", in_dir("conf"), NULL);
	wait_said("listening on");
	kill(first, SIGTERM);
	assert_int_equal(status_of(first), 0);
}

static void test_socket_option(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("");
	/* pfqd makes the directory of its socket. */
	pid = start("-c", in_dir("conf"), "-s", in_dir("new/other"), "-l", "debug", NULL);
	wait_said("new/other");
	assert_int_equal(access(in_dir("new/other"), F_OK), 0);
	assert_int_equal(access(in_dir("sock"), F_OK), -1);
	kill(pid, SIGTERM);
	assert_int_equal(status_of(pid), 0);
	rmdir(in_dir("new"));
	assert_int_equal(status_of(start("-c", in_dir("conf"), "-s", in_dir("no/such/x"), NULL)),
			 PFQD_EXIT_FAILED);
	assert_non_null(strstr(said(), "No such file or directory"));
}

/* pfqd starts although a device of a group does not exist. */
static void test_starts(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("[group a]\ndevice = lo, nosuch0\nfilter = vlan 5\n[group b]\ndevice = lo/0\nid "
		   "= 65535\n");
	pid = start("-c", in_dir("conf"), NULL);
	wait_said("listening on");
	wait_said("lo is bound");
	wait_said("nosuch0 does not exist: pfqd waits for it");
	kill(pid, SIGTERM);
	assert_int_equal(status_of(pid), 0);
}

/* Without the right to capture pfqd says so and ends. */
static void test_no_right(void **state)
{
	pid_t pid;

	(void)state;
	write_conf("[group a]\ndevice = lo\n");
	assert_int_equal(chmod(dir, 0777), 0);
	unlink(in_dir("log"));
	pid = fork();
	if (!pid) {
		if (setgid(9) || setuid(9))
			_exit(99);
		_exit(status_of(start("-c", in_dir("conf"), NULL)));
	}
	assert_int_equal(status_of(pid), PFQD_EXIT_FAILED);
	if (!strstr(said(), "CAP_NET_RAW") && !strstr(said(), "not permitted"))
		fail_msg("%s", said());
	assert_int_equal(access(in_dir("sock"), F_OK), -1);
}

/* --- the socket's file ------------------------------------------------------------ */

static void test_listener(void **state)
{
	const char *path = in_dir("l");
	struct listener l, second;
	struct pfq_error err;
	struct stat st;
	FILE *f;

	(void)state;
	listener_init(&l);
	assert_int_equal(listener_open(&l, path, &err), 0);
	listener_init(&second);
	assert_int_equal(listener_open(&second, path, &err), -EADDRINUSE);
	assert_int_equal(second.sock, -1);
	assert_int_equal(stat(path, &st), 0);
	/* Another server has replaced the socket: listener_close() must not remove it. */
	unlink(path);
	assert_int_equal(listener_open(&second, path, &err), 0);
	listener_close(&l);
	assert_int_equal(stat(path, &st), 0);
	listener_close(&second);
	assert_int_equal(stat(path, &st), -1);
	/* A file that is no socket stays. */
	f = fopen(path, "w");
	fclose(f);
	assert_int_equal(listener_open(&l, path, &err), -EEXIST);
	assert_int_equal(stat(path, &st), 0);
	unlink(path);
	/* A symbolic link is not followed. */
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(listener_open(&l, path, &err), -EEXIST);
	unlink(path);
	assert_int_equal(listener_open(&l, "relative", &err), -EINVAL);
}

/* A server that listens but does not answer counts as alive. */
static void test_listener_foreign(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct pfq_error err;
	struct listener l;
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	strcpy(un.sun_path, in_dir("stream"));
	assert_int_equal(bind(s, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(s, 1), 0);
	listener_init(&l);
	assert_int_equal(listener_open(&l, un.sun_path, &err), -EADDRINUSE);
	assert_int_equal(access(un.sun_path, F_OK), 0);
	close(s);
	unlink(un.sun_path);
}

static int group_teardown(void **state)
{
	(void)state;
	unlink(in_dir("conf"));
	unlink(in_dir("log"));
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_socket_in_use),
		cmocka_unit_test(test_socket_option),
		cmocka_unit_test(test_starts),
		cmocka_unit_test(test_no_right),
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_listener_foreign),
	};
	int ret = net_enter();

	if (ret)
		return ret;
	if (!mkdtemp(dir))
		return 1;
	return cmocka_run_group_tests(tests, NULL, group_teardown);
}
