/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests a program that starts while a service manager restarts pfqd and keeps its socket: the
 * process that listened has ended, and connections wait for the next one.
 */
/* Alone: it measures how long a client waits. */
#include <errno.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/conn.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

#define AWAY_MS	1500	/* longer than a request may take */

static char path[64];
static int listener = -1;
static pthread_t thread;
static struct pfq_error err;

static int setup(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	pid_t pid;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/pfq-test-restarted-%d", (int)getpid());
	unlink(path);
	strcpy(un.sun_path, path);
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&un, sizeof(un)), 0);
	/* the process that calls listen() is the peer that a client sees */
	pid = fork();
	if (!pid)
		_exit(!!listen(listener, 8));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(listener);
	unlink(path);
	return 0;
}

/* --- what happens after AWAY_MS ---------------------------------------------------- */

/* Answer HELLO on the first connection. Returns NULL if the client says it again. */
static void *serve(void)
{
	static uint64_t buf[PFQ_MSG_MAX / sizeof(uint64_t)];
	struct pfq_msg_out o;
	struct pfq_msg m;
	int fd;
	ssize_t n;

	fd = accept(listener, NULL, NULL);
	n = recv(fd, buf, sizeof(buf), 0);
	if (n <= 0 || pfq_msg_parse(&m, buf, (size_t)n))
		abort();
	pfq_msg_begin(&o, PFQ_CMD_HELLO, 0, m.seq);
	pfq_msg_put_u32(&o, PFQ_A_ABI, PFQ_ABI_VERSION);
	pfq_msg_put_string(&o, PFQ_A_ENGINE, "user");
	(void)pfq_msg_send(fd, &o, NULL, 0);
	pfq_msg_free(&o);
	n = recv(fd, buf, sizeof(buf), 0);
	close(fd);
	return n ? NULL : &listener;
}

static void *next_serves(void *arg)
{
	(void)arg;
	usleep(AWAY_MS * 1000);
	return serve();
}

/* The service manager gives up. */
static void *manager_stops(void *arg)
{
	usleep(AWAY_MS * 1000);
	unlink(path);
	close(listener);
	listener = -1;
	return arg;
}

/* The next pfqd does not take this socket, and makes another one. */
static void *next_listens_anew(void *arg)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int old = listener;

	(void)arg;
	usleep(AWAY_MS * 1000);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	strcpy(un.sun_path, path);
	if (bind(listener, (struct sockaddr *)&un, sizeof(un)) || listen(listener, 8))
		abort();
	close(old);
	return serve();
}

/* Open a connection while @fn runs. Returns the result, and how long it took. */
static int await(void *(*fn)(void *), uint64_t *ms)
{
	struct pfq_ctl *ctl;
	void *is_good;
	int ret;

	*ms = fake_now_ns();
	assert_int_equal(pthread_create(&thread, NULL, fn, NULL), 0);
	ret = pfq_ctl_await(&ctl, path, &err);
	*ms = (fake_now_ns() - *ms) / 1000000;
	pfq_ctl_close(ctl);
	assert_int_equal(pthread_join(thread, &is_good), 0);
	if (!ret)
		assert_non_null(is_good);
	return ret;
}

/* --- tests ------------------------------------------------------------------------- */

static void waits_for_the_next(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(await(next_serves, &ms), 0);
	assert_in_range(ms, AWAY_MS - 10, 5000);
}

static void connects_anew(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(await(next_listens_anew, &ms), 0);
	assert_in_range(ms, AWAY_MS - 10, 5000);
}

static void is_told_of_the_end(void **state)
{
	uint64_t ms;

	(void)state;
	assert_int_equal(await(manager_stops, &ms), -ENOENT);
	assert_in_range(ms, AWAY_MS - 10, 5000);
	check_text(err.text, "pfqd is not running: nothing listens on ");
}

#define SILENT "pfqd has ended, and the next one does not answer yet; see `systemctl status pfqd`"

static void gives_up(void **state)
{
	uint64_t begun = fake_now_ns();
	struct pfq_ctl *ctl;
	struct pfq_conn c;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -ETIMEDOUT);
	assert_in_range((fake_now_ns() - begun) / 1000000, 990, 1500);
	check_text(err.text, "did not answer HELLO within 1000 ms: " SILENT);
	begun = fake_now_ns();
	assert_int_equal(pfq_conn_open(&c, "user", path, 1500, &err), -ETIMEDOUT);
	assert_in_range((fake_now_ns() - begun) / 1000000, 1990, 4000);
	check_text(err.text, "did not answer HELLO within 2000 ms: " SILENT);
}

/* A process that listens is not waited for longer. */
static void does_not_wait_for_the_living(void **state)
{
	uint64_t begun = fake_now_ns();
	struct pfq_ctl *ctl;

	(void)state;
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(pfq_ctl_await(&ctl, path, &err), -ETIMEDOUT);
	assert_in_range((fake_now_ns() - begun) / 1000000, 990, 1500);
	check_text(err.text, "within 1000 ms: process ");
}

/* pfqd ends while a program joins. */
static void joins_the_next(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .join_closes = 1 });
	struct pfq *q;

	(void)state;
	q = fake_join(f, false);
	assert_int_equal(f->joins, 1);
	assert_int_equal(f->accepted, 2);
	pfq_close(q);
	fake_stop(f);
}

static void *remove_socket(void *arg)
{
	const struct fake *f = arg;

	usleep(100000);
	unlink(f->path);
	return NULL;
}

/* The text still says what has happened to the join. */
static void has_no_next(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .join_closes = 1, .works = 5,
							   .works_ms = 100 });
	struct pfq_params params = { .socket = f->path, .group = "ids" };
	struct pfq *q;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, remove_socket, f), 0);
	assert_int_equal(pfq_open(&q, &params, &err), -EPIPE);
	check_text(err.text, "has closed the connection (JOIN): it has ended");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(f->accepted, 1);
	fake_stop(f);
}

static void asks_no_third(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .join_closes = 9 });
	struct pfq_params params = { .socket = f->path, .group = "ids" };
	struct pfq *q;

	(void)state;
	assert_int_equal(pfq_open(&q, &params, &err), -EPIPE);
	check_text(err.text, "has closed the connection (JOIN): it has ended");
	assert_int_equal(f->accepted, 2);
	fake_stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(waits_for_the_next, setup, teardown),
		cmocka_unit_test_setup_teardown(connects_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(is_told_of_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(gives_up, setup, teardown),
		cmocka_unit_test_setup_teardown(does_not_wait_for_the_living, setup, teardown),
		cmocka_unit_test(joins_the_next),
		cmocka_unit_test(has_no_next),
		cmocka_unit_test(asks_no_third),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
