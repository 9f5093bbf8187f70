/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The lists were made with strace from all behaviours of tests/netns. They also hold the calls that
 * other versions of libc make for the same functions.
 */
#include "config.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "seccomp.h"

/* --- the lists ---------------------------------------------------------------- */

/* Calls of all threads. A worker makes those of the first three lines all the time. */
static const char *const common[] = {
	"ppoll", "ppoll_time64", "sendto", "recvfrom", "read", "write", "getsockopt",
	"clock_nanosleep", "clock_nanosleep_time64", "nanosleep", "futex", "futex_time64",
	"clock_gettime", "clock_gettime64", "gettimeofday", "time",
	/* a packet socket tells the device that it lost */
	"getsockname",
	/* capture files */
	"fcntl", "fcntl64", "pread64", "readv", "lseek", "_llseek", "close", "fstat", "fstat64",
	"newfstatat", "statx",
	/* malloc() */
	"munmap", "mremap", "madvise", "brk", "getrandom",
	/* threads and signals; abort() */
	"exit", "exit_group", "rt_sigprocmask", "rt_sigaction", "rt_sigreturn", "sigreturn",
	"sigaltstack", "restart_syscall", "set_robust_list", "rseq", "membarrier", "getcpu",
	"sched_yield", "getpid", "gettid", "tgkill",
	/* the log, and messages */
	"writev", "sendmsg", "recvmsg", "poll",
};

/* Calls that make the memory of rings, and read what memory there is. */
static const char *const maker[] = {
	"memfd_create", "memfd_secret", "ftruncate", "ftruncate64", "fallocate", "openat", "open",
	"getdents64", "faccessat", "faccessat2", "access", "readlink", "readlinkat", "statfs",
	"statfs64", "fstatfs", "fstatfs64", "stat", "stat64", "lstat", "lstat64", "sysinfo",
	"setsockopt", "shutdown",
};

static const char *const control[] = {
	/* files, folders and pipes */
	"mmap", "mmap2", "mprotect", "ioctl", "flock", "umask", "mkdir", "mkdirat", "unlink",
	"unlinkat", "pipe", "pipe2", "dup3",
	/* sockets */
	"socket", "socketpair", "bind", "listen", "accept4", "connect", "getpeername",
	/* the event loop */
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2",
	"eventfd2", "timerfd_create", "timerfd_settime", "timerfd_settime64", "timerfd_gettime",
	"signalfd4",
	/* threads; the child process that compiles a filter where the device lo is down */
	"clone", "clone3", "unshare", "set_tid_address", "wait4", "waitid", "waitpid",
	"setpriority", "getpriority", "sched_setaffinity", "sched_getaffinity", "prctl", "capget",
	"capset", "seccomp",
	/* identity and limits of this process */
	"getuid", "getuid32", "geteuid", "geteuid32", "getgid", "getgid32", "getegid",
	"getegid32", "getresuid", "getresgid", "getgroups", "getppid", "uname", "prlimit64",
	"getrlimit", "ugetrlimit",
	/* XDP programs */
	"bpf",
};

/* A call that is allowed if its argument fulfils @arg. */
struct condition {
	const char *name;
	struct scmp_arg_cmp arg;
};

#define BITS_CLEAR(n, mask)	SCMP_CMP64(n, SCMP_CMP_MASKED_EQ, mask, 0)

/* no memory that is executable, which the control thread gets from dlopen() of a user data base */
static const struct condition no_code[] = {
	{ "mmap", BITS_CLEAR(2, PROT_EXEC) },
	{ "mmap2", BITS_CLEAR(2, PROT_EXEC) },
	{ "mprotect", BITS_CLEAR(2, PROT_EXEC) },
};

/* the journal's socket, and the pair of a doorbell */
static const struct condition maker_if[] = {
	{ "socket", SCMP_CMP64(0, SCMP_CMP_EQ, AF_UNIX, 0) },
	{ "socketpair", SCMP_CMP64(0, SCMP_CMP_EQ, AF_UNIX, 0) },
};

/* --- filters ------------------------------------------------------------------ */

static int allow(scmp_filter_ctx ctx, const char *const *names, size_t count)
{
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++) {
		int nr = seccomp_syscall_resolve_name(names[i]);

		/* this architecture, or this libseccomp, does not have the call */
		if (nr != __NR_SCMP_ERROR)
			ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
	}
	return ret;
}

static int allow_if(scmp_filter_ctx ctx, const struct condition *c, size_t count)
{
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++) {
		int nr = seccomp_syscall_resolve_name(c[i].name);

		if (nr != __NR_SCMP_ERROR)
			ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 1, &c[i].arg);
	}
	return ret;
}

#define ALLOW(list)	allow(ctx, list, sizeof(list) / sizeof((list)[0]))
#define ALLOW_IF(list)	allow_if(ctx, list, sizeof(list) / sizeof((list)[0]))

static int fill(scmp_filter_ctx ctx, enum sandbox_role role)
{
	int ret = ALLOW(common);

	if (!ret && role != SANDBOX_WORKER)
		ret = ALLOW(maker);
	if (!ret && role != SANDBOX_CONTROL)
		ret = ALLOW_IF(no_code);
	if (!ret && role == SANDBOX_MAKER)
		ret = ALLOW_IF(maker_if);
	if (!ret && role == SANDBOX_CONTROL)
		ret = ALLOW(control);
	return ret;
}

static int load(scmp_filter_ctx ctx)
{
	/* the kernel logs a refused call: type=1326 of its audit messages */
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
	/* the caller has set no_new_privs, and says why if it cannot */
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0);
	/* otherwise every error of the kernel is ECANCELED */
	seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	/* pfqd runs no foreign code: older kernels need not slow it down for CVE-2018-3639 */
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_SSB, 1);
	return seccomp_load(ctx);
}

int seccomp_enter(enum sandbox_role role)
{
	scmp_filter_ctx ctx;
	int ret;

	/* the kernel has no filters */
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		return -ENOSYS;
	/*
	 * A refused call fails. Killing pfqd would end the capture of all members when a new libc
	 * makes a harmless call that the list lacks. An intruder gains nothing from the error.
	 */
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		return -ENOMEM;
	ret = fill(ctx, role);
	if (!ret)
		ret = load(ctx);
	seccomp_release(ctx);
	return ret;
}

const char *seccomp_absent_reason(void)
{
	return "this kernel has none (CONFIG_SECCOMP_FILTER)";
}
