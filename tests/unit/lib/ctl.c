/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the connection to an engine: made, refused, late; and the lists that it reads. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lang/compile.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

static struct pfq_error err;
static int poll_error;	/* ppoll() of the library fails with it */

int __real_ppoll(struct pollfd *p, nfds_t n, const struct timespec *left, const sigset_t *mask);
int __wrap_ppoll(struct pollfd *p, nfds_t n, const struct timespec *left, const sigset_t *mask);

int __wrap_ppoll(struct pollfd *p, nfds_t n, const struct timespec *left, const sigset_t *mask)
{
	errno = poll_error;
	return poll_error ? -1 : __real_ppoll(p, n, left, mask);
}

static void hello(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_ctl *ctl;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_string_equal(pfq_ctl_engine(ctl)->version, "9.8.7");
	assert_string_equal(pfq_ctl_engine(ctl)->socket, f->path);
	assert_int_equal(pfq_ctl_engine(ctl)->pid, getpid());
	pfq_ctl_close(ctl);
	pfq_ctl_close(NULL);
	fake_stop(f);
}

static void nobody_listens(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char path[] = "/tmp/pfq-test-dead-XXXXXX";
	struct pfq_ctl *ctl;
	int fd;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, "/nonexistent/pfqd.sock", &err), -ENOENT);
	assert_null(ctl);
	check_text(err.text,
		   "nothing listens on /nonexistent/pfqd.sock; start it with `pfqd -c FILE`");

	/* a socket left by a pfqd that was killed */
	close(mkstemp(path));
	unlink(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -ECONNREFUSED);
	check_text(err.text, "systemctl start pfqd");
	close(fd);
	unlink(path);

	/* a socket of another type */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -EPROTO);
	check_text(err.text, "is not pfqd's socket");
	close(fd);
	unlink(path);
}

static void bad_path(void **state)
{
	char path[200];
	struct pfq_ctl *ctl;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -EINVAL);
	check_text(err.text, "an absolute path of at most 107 bytes");
	assert_int_equal(pfq_ctl_open(&ctl, "", &err), -EINVAL);
	assert_int_equal(pfq_ctl_open(&ctl, "", NULL), -EINVAL);
}

static void no_permission(void **state)
{
	struct fake *f;
	struct pfq_ctl *ctl;
	pid_t pid;
	int status;

	(void)state;
	if (geteuid())
		skip();
	f = fake_start(NULL);
	assert_int_equal(chmod(f->dir, 0700), 0);
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(9);
		if (pfq_ctl_open(&ctl, f->path, &err) != -EACCES)
			_exit(1);
		_exit(strstr(err.text, "no permission to use") &&
		      strstr(err.text, "uid 65534") ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	fake_stop(f);
}

static void other_abi(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .abi = 7 });
	struct pfq_ctl *ctl;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), -EPROTO);
	check_text(err.text, "ABI 7");
	check_text(err.text, "9.8.7");
	check_text(err.text, "this libpfq ABI 1");
	fake_stop(f);
}

static void deadline(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .is_mute = true });
	struct pfq_ctl *ctl;
	uint64_t t = fake_now_ns();

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), -ETIMEDOUT);
	t = fake_now_ns() - t;
	assert_in_range(t / 1000000, 990, 5000);
	check_text(err.text, "did not answer HELLO within 1000 ms");
	fake_stop(f);
}

/* A listener that accepts no connection: its backlog is full. */
static void deadline_of_connect(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char path[] = "/tmp/pfq-test-full-XXXXXX";
	int fd, other[64], n;
	struct pfq_ctl *ctl;
	uint64_t t;

	(void)state;
	close(mkstemp(path));
	unlink(path);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	for (n = 0; n < 64; n++) {
		other[n] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
		if (connect(other[n], (void *)&sun, sizeof(sun)))
			break;
	}
	assert_int_not_equal(n, 64);
	t = fake_now_ns();
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -ETIMEDOUT);
	assert_in_range((fake_now_ns() - t) / 1000000, 990, 5000);
	for (; n >= 0; n--)
		close(other[n]);
	close(fd);
	unlink(path);
}

static int count_ingest(const struct pfq_ingest_info *in, void *arg)
{
	unsigned int *n = arg;

	if (in->ifindex == 7)
		assert_int_equal(in->counters[PFQ_INGEST_drop_socket], 55);
	assert_string_equal(in->driver, "packet");
	++*n;
	return 0;
}

static int count_group(const struct pfq_group_info *g, void *arg)
{
	unsigned int *n = arg;

	assert_int_equal(g->id, 40 + *n);
	assert_int_equal(g->devices, 1);
	assert_string_equal(g->device[0].name, "lo");
	assert_int_equal(g->device[0].state, PFQ_DEVICE_UP);
	assert_int_equal(g->counters[PFQ_GROUP_recv], 7);
	assert_int_equal(g->counters[PFQ_GROUP_copies], 0);
	return ++*n == 2 ? 4242 : 0;
}

static int count_endpoint(const struct pfq_endpoint_info *e, void *arg)
{
	unsigned int *n = arg;

	assert_int_equal(e->id, 40 + *n);
	assert_int_equal(e->counters[PFQ_ENDPOINT_drop_ring_full], 9);
	++*n;
	return 0;
}

static int count_refusal(const struct pfq_refusal_info *r, void *arg)
{
	unsigned int *n = arg;

	assert_int_equal(r->pid, 77);
	assert_int_equal(r->uid, 9);
	assert_string_equal(r->comm, "snort");
	assert_string_equal(r->group, "ids");
	assert_string_equal(r->why, "user 9 may not join it");
	return ++*n == 3 ? 4242 : 0;
}

static void refusals(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_ctl *ctl;
	unsigned int n = 0;
	uint32_t all;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_int_equal(pfq_ctl_refusals(ctl, &all, count_refusal, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(all, 3);
	assert_int_equal(pfq_ctl_refusals(ctl, NULL, count_refusal, &n, &err), 4242);
	fake_die(f);
	assert_int_equal(pfq_ctl_refusals(ctl, &all, count_refusal, &n, &err), -EPIPE);
	pfq_ctl_close(ctl);
	fake_stop(f);
}

static void walks(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_engine_info info;
	struct pfq_ctl *ctl;
	unsigned int n = 0;

	(void)state;
	f->lost = 55;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_int_equal(pfq_ctl_status(ctl, &info, count_ingest, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(info.workers, 3);

	/*
	 * A walk that ends early leaves answers unread. The next request must not take them
	 * as its own.
	 */
	n = 0;
	assert_int_equal(pfq_ctl_groups(ctl, NULL, count_group, &n, &err), 4242);
	assert_int_equal(n, 2);
	n = 0;
	assert_int_equal(pfq_ctl_endpoints(ctl, "ids", count_endpoint, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(pfq_ctl_groups(ctl, "gone", count_group, &n, &err), -ENOENT);
	check_text(err.text, "group \"gone\": no such group");
	assert_int_equal(
		pfq_ctl_groups(ctl, "a-name-of-more-than-thirty-one-bytes", count_group, &n, &err),
		-EINVAL);
	fake_die(f);
	assert_int_equal(pfq_ctl_status(ctl, NULL, NULL, NULL, &err), -EPIPE);
	check_text(err.text, "has closed the connection");
	pfq_ctl_close(ctl);
	fake_stop(f);
}

/* The program's bytes are aligned, and the text is what they were made from. */
static int take_program(const struct pfq_program_info *p, void *arg)
{
	unsigned int *n = arg;
	struct pfq_lang *lang;

	assert_string_equal(p->group, "ids");
	assert_string_equal(p->steer, "lang");
	assert_string_equal(p->text, FAKE_PROGRAM);
	assert_int_equal((uintptr_t)p->wire % 8, 0);
	assert_int_equal(pfq_lang_compile(&lang, p->text, strlen(p->text)), 0);
	assert_int_equal(p->wire_bytes, lang->size);
	assert_memory_equal(p->wire, lang->bytes, lang->size);
	pfq_lang_free(lang);
	++*n;
	return 4242;
}

static int take_policy(const struct pfq_program_info *p, void *arg)
{
	(void)arg;
	assert_string_equal(p->steer, "to:3");
	assert_true(!p->wire && !p->wire_bytes);
	return 0;
}

static void program(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_ctl *ctl;
	unsigned int n = 0;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_int_equal(pfq_ctl_program(ctl, "ids", take_program, &n, &err), 4242);
	assert_int_equal(n, 1);
	assert_int_equal(pfq_ctl_program(ctl, "other", take_policy, &n, &err), 0);
	assert_int_equal(pfq_ctl_program(ctl, "gone", take_program, &n, &err), -ENOENT);
	check_text(err.text, "group \"gone\": no such group");
	assert_int_equal(pfq_ctl_program(ctl, "a-name-of-more-than-thirty-one-bytes", take_program,
					 &n, &err), -EINVAL);
	assert_int_equal(n, 1);
	pfq_ctl_close(ctl);
	fake_stop(f);
}

static void profile(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .profiles = 2 });
	struct pfq_step_count step[PFQ_LANG_STEPS_MAX];
	struct pfq_ctl *ctl;
	unsigned int steps = 7;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_int_equal(pfq_ctl_profile(ctl, "ids", 0, step, &steps, &err), 0);
	assert_int_equal(steps, 0);
	assert_int_equal(pfq_ctl_profile(ctl, "ids", 30, step, &steps, &err), 0);
	assert_int_equal(steps, FAKE_STEPS);
	assert_int_equal(f->profile_s, 30);
	assert_int_equal(pfq_ctl_profile(ctl, "ids", 0, step, &steps, &err), 0);
	assert_int_equal(steps, FAKE_STEPS);
	assert_true(step[0].no == 10 && step[0].yes == 11 && step[3].yes == 17);
	assert_int_equal(pfq_ctl_profile(ctl, "ids", 0, step, &steps, &err), 0);
	assert_int_equal(steps, 0);
	assert_int_equal(pfq_ctl_profile(ctl, "gone", 30, step, &steps, &err), -ENOENT);
	assert_int_equal(pfq_ctl_profile(ctl, "a-name-of-more-than-thirty-one-bytes", 1, step,
					 &steps, &err), -EINVAL);
	pfq_ctl_close(ctl);
	fake_stop(f);
}

/* An error of a call is not an answer of the engine. */
static void call_fails(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_ctl *ctl;
	unsigned int n = 0;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	f->config.is_mute = true;
	poll_error = ENOENT;
	assert_int_equal(pfq_ctl_groups(ctl, "ids", count_group, &n, &err), -EIO);
	check_text(err.text, "GROUP_GET to pfqd on /");
	check_text(err.text, ": No such file or directory");
	poll_error = ENOMEM;
	assert_int_equal(pfq_ctl_groups(ctl, "ids", count_group, &n, &err), -ENOMEM);
	poll_error = 0;
	pfq_ctl_close(ctl);
	fake_stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(bad_path),
		cmocka_unit_test(no_permission),
		cmocka_unit_test(other_abi),
		cmocka_unit_test(deadline),
		cmocka_unit_test(deadline_of_connect),
		cmocka_unit_test(walks),
		cmocka_unit_test(refusals),
		cmocka_unit_test(program),
		cmocka_unit_test(profile),
		cmocka_unit_test(call_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
