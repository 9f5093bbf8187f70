/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* System calls on the device's file, and passing it from process to process */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kmod_fuzz.h"

void file_forget(struct file *f)
{
	*f = (struct file){ .fd = -1 };
}

static void read_write(struct world *w, struct file *f)
{
	char buf[64] = "";
	struct iovec iov[2] = { { buf, below(w, 32) }, { buf + 32, below(w, 32) } };

	switch (below(w, 7)) {
	case 0:
		(void)!read(f->fd, buf, below(w, sizeof(buf)));
		break;
	case 1:
		(void)!write(f->fd, buf, below(w, sizeof(buf)));
		break;
	case 2:
		(void)!readv(f->fd, iov, 2);
		break;
	case 3:
		(void)!pread(f->fd, buf, sizeof(buf), (off_t)random_number(w));
		break;
	case 4:
		/* The buffer is its own ring: read-only, or not mapped. */
		(void)!read(f->fd, below(w, 2) ? f->data.at : f->reader.at, 64);
		break;
	case 5:
		(void)!read(f->fd, (void *)(uintptr_t)random_number(w), 1);
		break;
	default:
		(void)!writev(f->fd, iov, 2);
	}
}

static void splice_to_and_from(struct world *w, struct file *f)
{
	int fds[2];

	if (pipe(fds))
		return;
	(void)!write(fds[1], "x", 1);
	if (below(w, 2))
		(void)!splice(fds[0], NULL, f->fd, NULL, 1, SPLICE_F_NONBLOCK);
	else
		(void)!splice(f->fd, NULL, fds[1], NULL, 100, SPLICE_F_NONBLOCK);
	(void)!sendfile(fds[1], f->fd, NULL, 100);
	(void)!copy_file_range(f->fd, NULL, fds[1], NULL, 100, 0);
	close(fds[0]);
	close(fds[1]);
}

static void resize_and_seek(struct world *w, struct file *f)
{
	struct stat st;

	(void)!ftruncate(f->fd, (off_t)random_number(w));
	(void)!fallocate(f->fd, (int)below(w, 64), (off_t)random_number(w),
			 (off_t)random_number(w));
	(void)!lseek(f->fd, (off_t)random_number(w), (int)below(w, 6));
	(void)!fsync(f->fd);
	(void)!fstat(f->fd, &st);
	(void)!posix_fadvise(f->fd, 0, (off_t)random_number(w), (int)below(w, 6));
}

static void control(struct world *w, struct file *f)
{
	static const unsigned long known[] = { FIONREAD, FIOASYNC, FIONBIO, FIOCLEX, FIOQSIZE,
					       0x5401 /* TCGETS */, 1 /* FIBMAP */ };
	int on = (int)below(w, 2);

	switch (below(w, 5)) {
	case 0:
		(void)ioctl(f->fd, random_u32(w), random_number(w));
		break;
	case 1:
		(void)ioctl(f->fd, known[below(w, sizeof(known) / sizeof(known[0]))], &on);
		break;
	case 2:
		(void)fcntl(f->fd, F_SETFL,
			    (int)random_u32(w) & (O_NONBLOCK | O_ASYNC | O_APPEND | O_DIRECT));
		break;
	case 3:
		(void)fcntl(f->fd, (int)below(w, 1050), (int)below(w, 64));
		break;
	default:
		(void)flock(f->fd, LOCK_NB | (on ? LOCK_EX : LOCK_UN));
	}
}

/* Wait in all ways at once, also with a set that outlives the file. */
static void wait_for_it(struct world *w, struct file *f)
{
	struct pollfd p[2] = { { .fd = f->fd, .events = (short)random_u32(w) },
			       { .fd = w->file[below(w, FILES)].fd, .events = POLLIN } };
	struct epoll_event e = { .events = EPOLLIN | (below(w, 2) ? EPOLLET : EPOLLONESHOT) };
	struct epoll_event out[4];
	int set = epoll_create1(EPOLL_CLOEXEC), other = epoll_create1(EPOLL_CLOEXEC);

	(void)epoll_ctl(set, EPOLL_CTL_ADD, f->fd, &e);
	(void)epoll_ctl(other, EPOLL_CTL_ADD, set, &e);
	(void)epoll_ctl(set, (int)below(w, 5), p[1].fd, &e);
	(void)poll(p, 2, (int)below(w, 5));
	(void)epoll_wait(other, out, 4, (int)below(w, 3));
	if (below(w, 2))
		close(other);
	close(set);
	(void)close(other);
}

/* Send the file through a socket that is closed before it is received, or to any other worker. */
static void pass_on(struct world *w, struct file *f)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control_data = { .hdr = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	size_t bytes[2] = { f->area_bytes, f->reader_bytes };
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control_data,
			      .msg_controllen = sizeof(control_data) };
	int pair[2];

	memcpy(CMSG_DATA(&control_data.hdr), &f->fd, sizeof(int));
	if (below(w, 3)) {
		(void)sendmsg(w->market[0], &msg, MSG_DONTWAIT);
		return;
	}
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return;
	(void)sendmsg(pair[0], &msg, 0);
	close(pair[below(w, 2)]);
	close(pair[0]);
	close(pair[1]);
}

static void close_file(struct world *w, struct file *f)
{
	bool first = below(w, 2);

	if (first)
		close(f->fd);
	if (f->data.at && below(w, 4))
		munmap(f->data.at, f->data.bytes);
	if (f->reader.at && below(w, 4))
		munmap(f->reader.at, f->reader.bytes);
	if (!first)
		close(f->fd);
	file_forget(f);
}

static void reopen(struct world *w, struct file *f)
{
	static const int modes[] = { O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };

	if (f->fd >= 0)
		close_file(w, f);
	f->fd = open(PFQ_DEVICE, modes[below(w, 5)] | O_CLOEXEC | (below(w, 2) ? O_NONBLOCK : 0));
}

/* Receive a file that another worker, as another user, has passed on. */
static void take(struct world *w, struct file *f)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control_data = { .room = { 0 } };
	size_t bytes[2] = { 0, 0 };
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control_data,
			      .msg_controllen = sizeof(control_data) };

	if (recvmsg(w->market[1], &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0 ||
	    !CMSG_FIRSTHDR(&msg))
		return;
	close_file(w, f);
	memcpy(&f->fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	f->area_bytes = bytes[0];
	f->reader_bytes = bytes[1];
	memory_map(w, f);
}

/* Fork a child that has all of it, for a moment or for longer than its parent. */
static void share_with_child(struct world *w, struct file *f)
{
	bool is_left = below(w, 2);
	pid_t pid;

	if (w->is_thread)
		return;
	pid = fork();
	if (pid > 0) {
		if (is_left)
			close_file(w, f);
		if (below(w, 3) == 0)
			kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	if (pid)
		return;
	/* A fault must not jump back into the parent's loop. */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	(void)channel_reopen(&w->channel);
	memory_scribble(w, f);
	file_command(w, f);
	file_join(w, f);
	if (below(w, 2))
		close(f->fd);
	_exit(0);
}

static const act_fn fns[] = {
	read_write, read_write, splice_to_and_from, resize_and_seek, control, wait_for_it,
	wait_for_it, pass_on, take, reopen, reopen, share_with_child,
};

const struct acts file_acts = { fns, sizeof(fns) / sizeof(fns[0]) };
