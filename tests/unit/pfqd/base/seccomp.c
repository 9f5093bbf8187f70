/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests which system calls a thread can still make after sandbox_enter(). A build with sanitizers
 * has no filters.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pfqd/base/sandbox.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/child.h"

#define refused(call) need((call) == -1 && errno == EPERM)

static int enter(enum sandbox_role role)
{
	struct pfq_error err = { .text = "" };
	int ret = sandbox_enter(role, &err);

	if (ret)
		dprintf(2, "sandbox: %s\n", err.text);
	return ret;
}

/* Calls that no thread of pfqd may make. */
static int refuses_common(void)
{
	static char *const argv[] = { "true", NULL };

	refused(execve("/bin/true", argv, NULL));
	refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	refused(syscall(SYS_kill, getpid(), 0));
	refused(syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL));
	refused(syscall(SYS_init_module, NULL, 0, ""));
	refused(syscall(SYS_setuid, 0));
	refused(syscall(SYS_chmod, "/", 0755));
	return 0;
}

static int worker_refuses(void)
{
	need(!enter(SANDBOX_WORKER));
	need(!refuses_common());
	refused(open("/etc/passwd", O_RDONLY));
	refused(socket(AF_UNIX, SOCK_DGRAM, 0));
	refused(syscall(SYS_fork));
	refused(syscall(SYS_memfd_create, "x", 0));
	need(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	     MAP_FAILED);
	return 0;
}

/* A worker polls, reads, rings doorbells and allocates. */
static int worker_works(void)
{
	struct pollfd p = { .fd = eventfd(0, EFD_NONBLOCK), .events = POLLIN };
	static const struct timespec once = { .tv_nsec = 1 };
	uint64_t one = 1;
	int pair[2];
	void *big;

	need(p.fd >= 0 && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	need(!enter(SANDBOX_WORKER));
	need(write(p.fd, &one, sizeof(one)) == sizeof(one));
	need(ppoll(&p, 1, &once, NULL) == 1);
	need(read(p.fd, &one, sizeof(one)) == sizeof(one));
	need(send(pair[0], "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1);
	need(!nanosleep(&once, NULL));
	big = malloc(1 << 22);
	need(big);
	memset(big, 1, 1 << 22);
	free(big);
	return 0;
}

static int maker_works(void)
{
	char *map;
	int fd;

	need(!enter(SANDBOX_MAKER));
	need(!refuses_common());
	fd = memfd_create("ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	need(fd >= 0 && !ftruncate(fd, 8192) && !fallocate(fd, 0, 0, 8192));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED && !fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	need(!munmap(map, 8192) && !close(fd));
	need(open("/proc/meminfo", O_RDONLY | O_CLOEXEC) >= 0);
	refused(socket(AF_PACKET, SOCK_RAW, 0));
	refused(syscall(SYS_fork));
	return 0;
}

static void *as_worker(void *arg)
{
	int *filters = arg, fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
	char text[4096] = "", *at;

	if (enter(SANDBOX_WORKER) || read(fd, text, sizeof(text) - 1) <= 0)
		return NULL;
	at = strstr(text, "Seccomp_filters:");
	*filters = at ? atoi(at + 16) : -1;
	return NULL;
}

static int control_works(void)
{
	pthread_t thread;
	int filters = 0, status;
	pid_t pid;

	need(!enter(SANDBOX_CONTROL));
	need(!refuses_common());
	need(prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER);
	need(socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
	need(!pthread_create(&thread, NULL, as_worker, &filters));
	need(!pthread_join(thread, NULL));
	/* kernels before 5.9 do not tell the number */
	need(filters == 2 || filters == -1);
	/* the child that compiles a filter */
	pid = fork();
	if (!pid)
		_exit(unshare(CLONE_NEWNET) ? 1 : 0);
	need(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	return 0;
}

static void test_filters(void **state)
{
	(void)state;
	in_child(worker_refuses);
	in_child(worker_works);
	in_child(maker_works);
	in_child(control_works);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
