// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A program that enters a sandbox once its handle is active: an empty folder, user nobody, and only
 * the named system calls and the program's own. Any other call kills it. Then it uses the handle in
 * all ways of programs while packets come, and prints each step that it has passed.
 *
 * usage: pfq-sandboxed DEVICE FOLDER [CALL...]     without a CALL all are allowed
 *
 * With SANDBOXED_OUTLIVES set, the engine may end while the program reads, after the line "the
 * engine may end". It reads until there is standard input, and then until a packet has come.
 */
#include <err.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define CALL(name)	{ #name, SYS_##name }

struct call {
	const char *name;
	long number;
};

/* The numbers of system calls; other architectures lack some of them. */
static const struct call known[] = {
	CALL(brk), CALL(clock_gettime), CALL(close), CALL(eventfd2), CALL(futex), CALL(madvise),
	CALL(mmap), CALL(mprotect), CALL(munmap), CALL(openat), CALL(ppoll), CALL(read),
	CALL(connect), CALL(epoll_ctl), CALL(fcntl), CALL(fstat), CALL(getsockopt),
	CALL(inotify_add_watch), CALL(inotify_rm_watch), CALL(lseek), CALL(newfstatat),
	CALL(pread64), CALL(recvmsg), CALL(socket),
	CALL(recvfrom), CALL(restart_syscall), CALL(sendto), CALL(timerfd_settime), CALL(write),
#ifdef SYS_poll
	CALL(poll),
#endif
};

/* Calls of this program itself: waiting, its alarm, its end. */
static const long own[] = {
	SYS_write, SYS_exit_group, SYS_rt_sigreturn, SYS_setitimer, SYS_epoll_ctl,
	SYS_epoll_pwait, SYS_pselect6,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
#ifdef SYS_select
	SYS_select,
#endif
};

#define NOBODY		65534
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define CALLS_MAX	64

static long allowed[CALLS_MAX + COUNT(own)];
static unsigned int allowed_count;

static pcap_t *handle;
static char errbuf[PCAP_ERRBUF_SIZE];
static struct bpf_program udp, all;
static int wish[2];	/* a byte: the task of the other thread */

/* --- the sandbox --------------------------------------------------------------------- */

static void allow(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(known); i++) {
		if (!strcmp(name, known[i].name)) {
			allowed[allowed_count++] = known[i].number;
			return;
		}
	}
	/* The call exists on other architectures only. */
	fprintf(stderr, "pfq-sandboxed: %s is not known here\n", name);
}

static void lock_up(void)
{
	struct sock_filter insns[COUNT(allowed) + 3];
	struct sock_fprog prog = { .filter = insns };
	unsigned int i, n = 0;

	insns[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						  offsetof(struct seccomp_data, nr));
	for (i = 0; i < allowed_count; i++)
		insns[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							  (uint32_t)allowed[i],
							  (uint8_t)(allowed_count - i), 0);
	insns[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	insns[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	prog.len = (unsigned short)n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &prog))
		err(1, "seccomp");
}

/* --- what programs do ------------------------------------------------------------------ */

static void done(const char *what)
{
	char line[PCAP_ERRBUF_SIZE + 2];
	int n = snprintf(line, sizeof(line), "%s\n", what);

	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(1);
}

static void check(bool good, const char *what)
{
	if (good) {
		done(what);
		return;
	}
	done(pcap_geterr(handle));
	done(what);
	_exit(1);
}

static void count(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	(void)head;
	(void)bytes;
	++*(unsigned int *)user;
}

static void on_alarm(int sig)
{
	(void)sig;
	pcap_breakloop(handle);
}

static void *other_thread(void *arg)
{
	struct pcap_stat stats;
	char c;

	while (read(wish[0], &c, 1) == 1) {
		if (c == 's' && pcap_stats(handle, &stats))
			_exit(1);
		pcap_breakloop(handle);
	}
	return arg;
}

static void read_packets(void)
{
	struct pcap_pkthdr *head;
	const u_char *bytes;
	unsigned int n = 0;
	int ret;

	check(pcap_dispatch(handle, 1, count, (u_char *)&n) == 1, "pcap_dispatch");
	check(pcap_loop(handle, 3, count, (u_char *)&n) == 0 && n == 4, "pcap_loop");
	do
		ret = pcap_next_ex(handle, &head, &bytes);
	while (!ret);
	check(ret == 1, "pcap_next_ex");
}

static void break_loops(void)
{
	const struct itimerval soon = { .it_value.tv_usec = 100000 };
	unsigned int n = 0;

	setitimer(ITIMER_REAL, &soon, NULL);
	check(pcap_loop(handle, -1, count, (u_char *)&n) == PCAP_ERROR_BREAK,
	      "pcap_breakloop, signal");
	check(write(wish[1], "b", 1) == 1 &&
	      pcap_loop(handle, -1, count, (u_char *)&n) == PCAP_ERROR_BREAK,
	      "pcap_breakloop, thread");
	check(write(wish[1], "s", 1) == 1 &&
	      pcap_loop(handle, -1, count, (u_char *)&n) == PCAP_ERROR_BREAK, "pcap_stats, thread");
}

/* Wait in each way, and read the packets. */
static void wait_for_packets(int fd, int epoll)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct epoll_event ev;
	unsigned int n = 0;
	fd_set set;

	check(poll(&p, 1, 10000) == 1, "poll");
	check(pcap_dispatch(handle, -1, count, (u_char *)&n) >= 0, "pcap_dispatch after poll");
	FD_ZERO(&set);
	FD_SET(fd, &set);
	check(select(fd + 1, &set, NULL, NULL, NULL) == 1, "select");
	check(pcap_dispatch(handle, -1, count, (u_char *)&n) >= 0, "pcap_dispatch after select");
	check(epoll_wait(epoll, &ev, 1, 10000) == 1, "epoll");
	check(pcap_dispatch(handle, -1, count, (u_char *)&n) >= 0, "pcap_dispatch after epoll");
}

static void settings(void)
{
	struct pcap_stat stats;

	check(pcap_setfilter(handle, &udp) == 0, "pcap_setfilter");
	read_packets();
	check(pcap_setfilter(handle, &all) == 0, "pcap_setfilter again");
	check(pcap_setdirection(handle, PCAP_D_IN) == 0, "pcap_setdirection");
	read_packets();
	check(pcap_stats(handle, &stats) == 0 && stats.ps_recv > 0, "pcap_stats");
}

static void inject(void)
{
	static const u_char frame[64] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5 };

	check(pcap_inject(handle, frame, sizeof(frame)) == sizeof(frame), "pcap_inject");
}

static void outlive(int fd)
{
	struct pollfd p[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	unsigned int n = 0;
	int ret;

	check(pcap_setnonblock(handle, 1, errbuf) == 0, "pcap_setnonblock");
	done("the engine may end");
	do {
		poll(p, 2, 100);
		/* after the end of the input, only further packets count */
		if (!p[0].revents)
			n = 0;
		ret = pcap_dispatch(handle, -1, count, (u_char *)&n);
		if (ret < 0)
			check(false, "outlive");
	} while (!p[0].revents || !n);
	done("outlived");
}

static pcap_t *activate(const char *device)
{
	pcap_t *p = pcap_create(device, errbuf);

	if (!p)
		errx(1, "%s", errbuf);
	pcap_set_timeout(p, 50);
	pcap_set_promisc(p, 1);
	pcap_set_snaplen(p, 256);
	if (pcap_activate(p) < 0)
		errx(1, "%s", pcap_geterr(p));
	if (pcap_compile(p, &udp, "udp", 1, PCAP_NETMASK_UNKNOWN) ||
	    pcap_compile(p, &all, "", 1, PCAP_NETMASK_UNKNOWN))
		errx(1, "%s", pcap_geterr(p));
	return p;
}

int main(int argc, char **argv)
{
	const struct sigaction sa = { .sa_handler = on_alarm };
	int epoll = epoll_create1(EPOLL_CLOEXEC), i, fd;
	bool outlives = getenv("SANDBOXED_OUTLIVES");
	struct epoll_event ev = { .events = EPOLLIN };
	pthread_t thread;
	sigset_t alarms;
	size_t k;

	if (argc < 3 || argc - 3 > CALLS_MAX)
		errx(2, "usage: pfq-sandboxed DEVICE FOLDER [CALL...]");
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	/* Only the main thread gets the signal. */
	if (epoll < 0 || pipe(wish) || pthread_sigmask(SIG_BLOCK, &alarms, NULL) ||
	    pthread_create(&thread, NULL, other_thread, NULL) ||
	    pthread_sigmask(SIG_UNBLOCK, &alarms, NULL) || sigaction(SIGALRM, &sa, NULL))
		err(1, "a pipe, a thread and a signal");
	handle = activate(argv[1]);
	if (chroot(argv[2]) || chdir("/") || setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		err(1, "%s", argv[2]);
	for (i = 3; i < argc; i++)
		allow(argv[i]);
	for (k = 0; allowed_count && k < COUNT(own); k++)
		allowed[allowed_count++] = own[k];
	if (allowed_count)
		lock_up();
	done("locked up");
	read_packets();
	break_loops();
	settings();
	inject();
	check(pcap_setnonblock(handle, 1, errbuf) == 0 && pcap_getnonblock(handle, errbuf) == 1 &&
	      pcap_setnonblock(handle, 0, errbuf) == 0, "pcap_setnonblock");
	fd = pcap_get_selectable_fd(handle);
	check(fd >= 0, "pcap_get_selectable_fd");
	check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) == 0, "epoll_ctl");
	wait_for_packets(fd, epoll);
	break_loops();
	if (outlives)
		outlive(fd);
	pcap_close(handle);
	done("pcap_close");
	_exit(0);
}
