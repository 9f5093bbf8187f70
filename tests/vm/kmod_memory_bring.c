/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-memory steps GROUP: PFQ_IOC_MEMORY and JOIN in every order, and their answers.
 * kmod-memory stuck GROUP COMMAND: an ioctl hangs, because its caller blocks writes to the
 * 	page with its answer. Meanwhile requests are answered and COMMAND succeeds. Then
 * 	the ioctl continues, or its process is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/netlink.h>
#include <linux/userfaultfd.h>
#include "kmod_memory.h"

#define PAGE	4096UL

/* Return 0 if @ret and err are as expected; otherwise print them. */
static int expect(const char *what, int64_t ret, int64_t wanted, const char *text)
{
	/* any positive number of bytes */
	if ((wanted > 0 ? ret > 0 : ret == wanted) && strstr(err.text, text)) {
		printf("%s: %s\n", what, err.text);
		return 0;
	}
	fprintf(stderr, "kmod-memory: %s: %lld, \"%s\"\n", what, (long long)ret, err.text);
	return 1;
}

static void reopen(struct pfq_conn *c)
{
	if (c->transport)
		pfq_conn_close(c);
	if (pfq_conn_open(c, "kernel", PFQ_DEVICE, 0, &err)) {
		fprintf(stderr, "kmod-memory: %s\n", err.text);
		exit(1);
	}
}

/* --- steps --------------------------------------------------------------------------- */

static int no_such_call(void)
{
	struct pfq_ioc_memory m = { .fd = -1, .reserved = { 0, 1 } };
	int fd = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC), worst;

	err.text[0] = '\0';
	worst = expect("another ioctl", ioctl(fd, _IO(0xf9, 1)) ? -errno : 0, -ENOTTY, "");
	worst |= expect("no structure", ioctl(fd, PFQ_IOC_MEMORY, (void *)8) ? -errno : 0, -EFAULT,
			"");
	worst |= expect("reserved", ioctl(fd, PFQ_IOC_MEMORY, &m) ? -errno : 0, -EINVAL, "");
	worst |= m.reason != PFQ_MEMORY_UNKNOWN;
	close(fd);
	return worst;
}

static int again_and_back(struct pfq_conn *c, const char *group)
{
	int fd = huge_file(), worst = 0;

	reopen(c);
	worst |= expect("flags", bring(c, fd, HUGE_BYTES, 1000, ~0U), -EINVAL, "does not know");
	worst |= expect("nothing to give back", bring(c, -1, 0, 0, 0), 0, "");
	worst |= expect("brought", bring(c, fd, HUGE_BYTES, 1000, 0), 0, "it is taken");
	worst |= expect("again", bring(c, fd, HUGE_BYTES, 1000, 0), -EBUSY, "memory already");
	worst |= expect("given back", bring(c, -1, 0, 0, 0), 0, "");
	worst |= expect("without", join(c, group, false, "2M", 1000), -EINVAL, "by PFQ_IOC_MEMORY");
	worst |= expect("brought once more", bring(c, fd, HUGE_BYTES, 1000, 0), 0, "it is taken");
	/* A JOIN that fails keeps the memory. */
	worst |= expect("no group", join(c, "nosuch", true, "2M", 1000), -ENOENT, "no such group");
	worst |= expect("joined", join(c, group, true, "2M", 1000), 1, "");
	worst |= expect("too late", bring(c, fd, HUGE_BYTES, 1000, 0), -EBUSY, "has joined");
	worst |= expect("in use", bring(c, -1, 0, 0, 0), -EBUSY, "has joined");
	close(fd);
	return worst;
}

static int too_small(struct pfq_conn *c, const char *group)
{
	int fd = huge_file(), worst = 0;

	reopen(c);
	worst |= expect("a small one", bring(c, fd, 1, 100, 0), 0, "it is taken");
	worst |= expect("too small", join(c, group, true, "2M", PFQ_SNAPLEN_MAX), -ENOMEM,
			"too small for a ring of this snaplen");
	worst |= expect("the engine's", join(c, group, false, "auto", PFQ_SNAPLEN_MAX), 1,
			"too small for a ring of this snaplen");
	reopen(c);
	worst |= expect("a large one", bring(c, fd, 1, 0, PFQ_MEMORY_F_LESS), -ENOMEM,
			"file is too small");
	close(fd);
	return worst;
}

int steps(const char *group)
{
	static struct pfq_conn c;
	int worst = no_such_call();

	worst |= again_and_back(&c, group);
	worst |= too_small(&c, group);
	pfq_conn_close(&c);
	return worst;
}

/* --- stuck ----------------------------------------------------------------------------- */

static struct pfq_ioc_memory *page;
static struct pfq_conn stuck_conn;
static int stuck_ret;

static int protect(int uffd, bool is_on)
{
	struct uffdio_writeprotect wp = { { (uintptr_t)page, PAGE },
					  is_on ? UFFDIO_WRITEPROTECT_MODE_WP : 0 };

	return ioctl(uffd, UFFDIO_WRITEPROTECT, &wp) ? -errno : 0;
}

/* Make a page that can be read, but whose writers wait for this program. */
static int watch_page(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (uffd < 0 || page == MAP_FAILED)
		return -1;
	*page = (struct pfq_ioc_memory){ .ring_bytes = HUGE_BYTES, .fd = huge_file(),
					 .snaplen = 1000 };
	reg.range.start = (uintptr_t)page;
	reg.range.len = PAGE;
	if (ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &reg) ||
	    protect(uffd, true))
		return -1;
	return uffd;
}

static void *bring_slowly(void *arg)
{
	stuck_ret = stuck_conn.transport->bring(&stuck_conn, page);
	return arg;
}

/* Let the ioctl pin the memory and wait to write its answer. Returns -1 if it does not wait. */
static int begin_stuck(pthread_t *thread)
{
	struct pollfd p = { .events = POLLIN };

	reopen(&stuck_conn);
	p.fd = watch_page();
	if (p.fd < 0 || pthread_create(thread, NULL, bring_slowly, NULL) ||
	    poll(&p, 1, 20000) != 1 || !(p.revents & POLLIN)) {
		perror("kmod-memory: the ioctl does not hang");
		return -1;
	}
	return p.fd;
}

static int goes_on(const char *group, const char *command)
{
	pthread_t thread;
	int uffd = begin_stuck(&thread), other = huge_file(), worst = 0;

	if (uffd < 0)
		return 1;
	worst |= expect("a JOIN meanwhile", join(&stuck_conn, group, true, "2M", 1000), -EBUSY,
			"bringing memory to this file");
	worst |= expect("another ioctl meanwhile", bring(&stuck_conn, other, HUGE_BYTES, 1000, 0),
			-EBUSY, "bringing memory to this file");
	worst |= expect("giving back meanwhile", bring(&stuck_conn, -1, 0, 0, 0), -EBUSY,
			"bringing memory to this file");
	err.text[0] = '\0';
	worst |= expect("a command meanwhile", system(command), 0, "");
	worst |= expect("let go", protect(uffd, false), 0, "");
	pthread_join(thread, NULL);
	worst |= expect("brought", stuck_ret, 0, "");
	worst |= expect("joined", join(&stuck_conn, group, true, "2M", 1000), 1, "");
	return worst;
}

int stuck(const char *group, const char *command)
{
	int status = 0, told[2];
	pthread_t thread;
	char byte = 0;
	pid_t pid;

	if (goes_on(group, command) || pipe(told))
		return 1;
	fflush(stdout);
	memset(&stuck_conn, 0, sizeof(stuck_conn));
	pid = fork();
	if (!pid) {
		byte = begin_stuck(&thread) < 0;
		(void)!write(told[1], &byte, 1);
		pause();
	}
	if (read(told[0], &byte, 1) != 1 || byte)
		return 1;
	kill(pid, SIGKILL);
	alarm(30);
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? 0 : 1;
}
