/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A sandbox lets system calls fail. For each call that joining makes, the error names the
 * sandbox's error, and not an engine that is absent or malformed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

static struct pfq_error err;

struct denied {
	const char *name;
	long call;
	int arg;		/* -1: any arguments; else @bit must be set in this one */
	uint32_t bit;
};

static const struct denied table[] = {
	{ "socket", SYS_socket, -1, 0 },
	{ "connect", SYS_connect, -1, 0 },
	{ "sendto", SYS_sendto, -1, 0 },
	{ "recvfrom", SYS_recvfrom, -1, 0 },
	{ "recvmsg", SYS_recvmsg, -1, 0 },
	{ "ppoll", SYS_ppoll, -1, 0 },
	{ "lseek", SYS_lseek, -1, 0 },
	{ "fcntl", SYS_fcntl, -1, 0 },
	{ "pread64", SYS_pread64, -1, 0 },
	/* only shared mappings, so not malloc()'s own */
	{ "mmap", SYS_mmap, 3, MAP_SHARED },
	{ "epoll_create1", SYS_epoll_create1, -1, 0 },
	{ "epoll_ctl", SYS_epoll_ctl, -1, 0 },
	{ "timerfd_create", SYS_timerfd_create, -1, 0 },
};

#define LOAD(offset)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define DATA(member)	offsetof(struct seccomp_data, member)
/* offset of an argument's lower half */
#define LOW_HALF	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4U : 0U)

static int deny(const struct denied *d, int error)
{
	struct sock_filter insns[] = {
		LOAD(DATA(nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)d->call, 0, 3),
		LOAD(d->arg < 0 ? DATA(nr) : DATA(args[0]) + 8 * (uint32_t)d->arg + LOW_HALF),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, d->arg < 0 ? ~0U : d->bit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { sizeof(insns) / sizeof(insns[0]), insns };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static int attempt(const char *path, int error)
{
	struct pfq_params params = { .socket = path, .group = "ids" };
	struct pfq *q;
	int ret;

	ret = pfq_open(&q, &params, &err);
	if (!ret) {
		ret = pfq_fd_prepare(q);
		snprintf(err.text, sizeof(err.text), "%s", ret ? pfq_error_text(ret) : "joined");
	}
	pfq_close(q);
	/* -EACCES for EPERM: the program may try again as another user, as for any socket. */
	if (ret != -error && !(ret == -EACCES && error == EPERM))
		return 1;
	return strstr(err.text, "sandbox of this process") ? 0 : 2;
}

static void told(const struct denied *d, int error)
{
	/* Only with an engine that does not answer does the library wait. */
	struct fake *f = fake_start(&(struct fake_config){ .is_mute = d->call == SYS_ppoll });
	pid_t pid = fork();
	int status, ret;

	if (!pid) {
		if (deny(d, error))
			_exit(9);
		ret = attempt(f->path, error);
		if (ret)
			fprintf(stderr, "%s with %s: %s\n", d->name, strerror(error), err.text);
		_exit(ret);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("%s denied with %s: %#x", d->name, strerror(error), (unsigned int)status);
	fake_stop(f);
}

/* Calls of a handle that has joined: the error does not say that the engine has ended. */
static const struct denied waiting[] = {
	{ "recvfrom", SYS_recvfrom, -1, 0 },
	{ "ppoll", SYS_ppoll, -1, 0 },
	{ "timerfd_settime", SYS_timerfd_settime, -1, 0 },
};

static int wait_denied(const char *path, const struct denied *d, int error)
{
	struct pfq_params params = { .socket = path, .group = "ids" };
	struct pfq *q;
	int ret;

	if (pfq_open(&q, &params, &err) || pfq_start(q, &err) || pfq_fd_prepare(q) ||
	    deny(d, error))
		return 9;
	if (d->call == SYS_timerfd_settime) {
		/* The timer wakes a handle that waits for a watermark. */
		pfq_wakeup_set(q, 4096, 1000000);
		ret = pfq_fd(q);
	} else {
		ret = pfq_wait(q, -1, 100);
	}
	return ret == -error ? 0 : 1;
}

static void denied_waiting(void **state)
{
	struct fake *f;
	pid_t pid;
	int status;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
		f = fake_start(NULL);
		/* This record waits until the timer wakes the reader: nothing else does. */
		if (waiting[i].call == SYS_timerfd_settime)
			fake_put(f, 0, fake_now_ns(), 1);
		pid = fork();
		if (!pid)
			_exit(wait_denied(f->path, &waiting[i], i % 2 ? EPERM : ENOSYS));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			fail_msg("%s denied: %#x", waiting[i].name, (unsigned int)status);
		fake_stop(f);
	}
}

static void denied_calls(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		told(&table[i], EPERM);
		told(&table[i], ENOSYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(denied_calls),
		cmocka_unit_test(denied_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
