/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-fuzz SECONDS SEED DEVICE: consumers of the kernel engine that do all they can to
 * their memory, to their files and by netlink. Each worker has a few open files, and three
 * threads use them at once. Workers run as root, as nobody, and as root of user namespaces
 * of their own. The program fails if an unprivileged worker does what it may not. Other
 * programs check whether consumers or the kernel suffered.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "kmod_fuzz.h"
#include "kmod_wire.h"

#define WORKERS		8
#define THREADS		3
#define NOBODY		65534
#define LIVES_MAX	100000
#define LIFE_SECONDS	15
#define LATE_SECONDS	3

volatile bool *is_broken;

static const char *const identity_names[IDENTITIES] = {
	"root", "nobody", "root of a user namespace", "root of a network namespace",
};

uint32_t random_u32(struct world *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (uint32_t)(w->random >> 32);
}

uint32_t below(struct world *w, uint32_t n)
{
	return random_u32(w) % n;
}

uint64_t random_number(struct world *w)
{
	static const uint64_t edges[] = { 0, 1, 4095, 4096, 65535, 65536, 1ULL << 31, 1ULL << 32,
					  1ULL << 40, 1ULL << 63, ~0ULL, ~0ULL - 31 };

	switch (below(w, 3)) {
	case 0:
		return edges[below(w, sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return below(w, 4096);
	default:
		return (uint64_t)random_u32(w) << 32 | random_u32(w);
	}
}

/* --- a worker ------------------------------------------------------------------- */

static time_t life_end;
static unsigned long *acts_done;	/* [IDENTITIES], shared by all workers */

/* A read faults if this thread or another one has just unmapped the memory. */
static _Thread_local sigjmp_buf before_fault;

static void on_fault(int sig)
{
	siglongjmp(before_fault, sig);
}

static void act(struct world *w)
{
	static const struct acts *const all[] = {
		&netlink_acts, &program_acts, &memory_acts, &file_acts,
	};
	const struct acts *some = all[below(w, sizeof(all) / sizeof(all[0]))];

	some->fn[below(w, (uint32_t)some->count)](w, &w->file[below(w, FILES)]);
}

static void *run(void *arg)
{
	struct world *w = arg;
	unsigned long done = 0;

	if (channel_open(&w->channel))
		return NULL;
	(void)sigsetjmp(before_fault, 1);
	while (time(NULL) < life_end) {
		/* Count first: a fault jumps out of act(). */
		__atomic_add_fetch(&acts_done[w->identity], 1, __ATOMIC_RELAXED);
		done++;
		act(w);
	}
	return NULL;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	return ret;
}

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
}

/* Take on an identity. Returns an error if that is not possible. */
static int become(enum identity identity)
{
	int flags = CLONE_NEWUSER | (identity == IS_NETNS ? CLONE_NEWNET : 0);

	if (identity == IS_ROOT)
		return 0;
	if (setgid(NOBODY) || setuid(NOBODY))
		return -errno;
	/* setuid() has made the files in /proc root's; take them back. */
	if (prctl(PR_SET_DUMPABLE, 1) || identity == IS_NOBODY)
		return 0;
	if (unshare(flags))
		return -errno;
	(void)write_text("/proc/self/setgroups", "deny");
	(void)write_text("/proc/self/gid_map", "0 65534 1");
	return write_text("/proc/self/uid_map", "0 65534 1");
}

static void catch_faults(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL };
	struct sigaction sa = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	signal(SIGURG, SIG_IGN);
}

static int work(const struct world *from, uint64_t seed)
{
	static struct file files[FILES];
	struct world w[THREADS];
	pthread_t thread[THREADS];
	int i, err = become(from->identity);

	if (err) {
		fprintf(stderr, "kmod-fuzz: %s: %s\n", identity_names[from->identity],
			strerror(-err));
		return 1;
	}
	if (from->identity == IS_NETNS)
		lo_up();
	(void)write_text("/proc/self/oom_score_adj", "500");
	catch_faults();
	/* A thread may wait for ever, if another one has replaced the file that it reads. */
	alarm((unsigned int)(life_end - time(NULL)) + LATE_SECONDS);
	for (i = 0; i < FILES; i++) {
		file_forget(&files[i]);
		files[i].fd = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
	}
	for (i = 0; i < THREADS; i++) {
		w[i] = *from;
		w[i].random = seed * 1000003 + (uint64_t)i * 7919 + 1;
		w[i].file = files;
		if (from->identity == IS_NETNS)
			w[i].device = "lo";
		w[i].is_thread = i > 0;
		if (i && pthread_create(&thread[i], NULL, run, &w[i]))
			return 1;
	}
	run(&w[0]);
	return 0;	/* ends the other threads, too */
}

/* --- all of them --------------------------------------------------------------------- */

static pid_t start(struct world *w, unsigned int worker, uint64_t seed)
{
	pid_t pid;

	w->identity = worker % IDENTITIES;
	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	_exit(work(w, seed));
}

/*
 * Start workers again and again. A worker that ends early has killed itself, or met the end
 * of memory; both are allowed.
 */
static int keep_going(struct world *w, uint64_t seed, time_t end)
{
	pid_t pids[WORKERS] = { 0 }, pid;
	unsigned int i, lives = 0, failed = 0;
	int status;

	while (time(NULL) < end && lives < LIVES_MAX) {
		life_end = time(NULL) + LIFE_SECONDS;
		life_end = life_end < end ? life_end : end;
		for (i = 0; i < WORKERS; i++) {
			if (pids[i] <= 0)
				pids[i] = start(w, i, seed + lives++);
		}
		pid = wait(&status);
		failed += WIFEXITED(status) && WEXITSTATUS(status);
		for (i = 0; i < WORKERS; i++) {
			if (pids[i] == pid)
				pids[i] = 0;
		}
	}
	while (wait(&status) > 0)
		;
	printf("%u lives, %u of them ended badly\n", lives, failed);
	return failed > lives / 2 ? 1 : 0;
}

static void *shared_memory(size_t bytes)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 4096, 4096 };
	struct world w = { .channel.fd = -1 };
	int i, worst;
	uint64_t seed;

	if (argc != 4) {
		fprintf(stderr, "usage: %s SECONDS SEED DEVICE\n", argv[0]);
		return 2;
	}
	w.device = argv[3];
	seed = strtoull(argv[2], NULL, 10);
	acts_done = shared_memory(sizeof(*acts_done) * IDENTITIES);
	is_broken = shared_memory(sizeof(*is_broken));
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (acts_done == MAP_FAILED || is_broken == MAP_FAILED || wires_begin() ||
	    socketpair(AF_UNIX, SOCK_DGRAM, 0, w.market))
		return 1;
	(void)write_text("/proc/self/oom_score_adj", "-1000");
	worst = keep_going(&w, seed, time(NULL) + atoi(argv[1]));
	for (i = 0; i < IDENTITIES; i++) {
		printf("%s: %lu acts\n", identity_names[i], acts_done[i]);
		worst |= !acts_done[i];
	}
	return worst || *is_broken;
}
