// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A service manager with a descriptor store, as sd_notify(3) and sd_listen_fds(3) describe them. It
 * runs one command, and starts it anew if a signal kills it.
 *
 *	SIGHUP	end the command and start it again; the store stays
 *	SIGUSR1	end the command, and do not start it before the next SIGHUP
 *	SIGUSR2	the same, but kill the command
 *	SIGTERM	end the command, and exit with its status
 *
 * The program prints "started PID" for each start, "ended" for each end that it caused, and "stored
 * N" when the number of descriptors changes.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORED_MAX	512
#define FIRST_FD	3	/* SD_LISTEN_FDS_START */

static struct stored {
	int fd;
	char name[32];
} stored[STORED_MAX];
static unsigned int count;
static int notify_fd;
static pid_t child;	/* 0: none runs */

static void say_stored(void)
{
	printf("stored %u\n", count);
}

/* --- the store ---------------------------------------------------------------- */

/* The name of a message; "stored" if it has none. */
static void name_of(const char *message, char *name, size_t size)
{
	const char *found = strstr(message, "FDNAME=");

	snprintf(name, size, "%.*s", found ? (int)strcspn(found + 7, "\n") : 6,
		 found ? found + 7 : "stored");
}

static void keep(int fd, const char *message)
{
	if (!strstr(message, "FDSTORE=1") || count == STORED_MAX) {
		close(fd);
		return;
	}
	stored[count].fd = fd;
	name_of(message, stored[count].name, sizeof(stored[count].name));
	count++;
	say_stored();
}

static void take_out(const char *message)
{
	unsigned int i, left = 0;
	char name[32];

	name_of(message, name, sizeof(name));
	for (i = 0; i < count; i++) {
		if (!strcmp(stored[i].name, name))
			close(stored[i].fd);
		else
			stored[left++] = stored[i];
	}
	count = left;
	say_stored();
}

/* Receive a message. Returns false if there is none. */
static bool receive(void)
{
	char text[4096], control[CMSG_SPACE(16 * sizeof(int))];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(notify_fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *c;

	if (n < 0)
		return false;
	text[n] = '\0';
	if (strstr(text, "FDSTOREREMOVE=1"))
		take_out(text);
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		size_t fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int), i;
		int fd;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < fds; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			keep(fd, text);
		}
	}
	return true;
}

/* Drop the descriptors that were closed at the other end. */
static void drop(const struct pollfd *p)
{
	unsigned int i, left = 0;

	for (i = 0; i < count; i++) {
		if (p[i].revents & (POLLHUP | POLLERR))
			close(stored[i].fd);
		else
			stored[left++] = stored[i];
	}
	if (left == count)
		return;
	count = left;
	say_stored();
}

/* --- the command -------------------------------------------------------------- */

/* In the child: give it the store as the descriptors from FIRST_FD on. */
static void give(void)
{
	char number[16], names[STORED_MAX * 33] = "";
	unsigned int i;
	size_t used = 0;

	if (!count)
		return;
	/* none of them may have a number that another one gets */
	for (i = 0; i < count; i++) {
		stored[i].fd = fcntl(stored[i].fd, F_DUPFD_CLOEXEC, FIRST_FD + STORED_MAX);
		if (stored[i].fd < 0)
			err(99, "a descriptor of the store");
	}
	for (i = 0; i < count; i++) {
		dup2(stored[i].fd, FIRST_FD + (int)i);
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ":" : "",
					 stored[i].name);
	}
	snprintf(number, sizeof(number), "%u", count);
	setenv("LISTEN_FDS", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
}

static void start(char **command)
{
	sigset_t none;

	child = fork();
	if (child < 0)
		err(1, "fork");
	if (child) {
		printf("started %d\n", (int)child);
		return;
	}
	give();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(command[0], command);
	err(99, "%s", command[0]);
}

static int end(int sig)
{
	int status = 0;

	if (!child)
		return 0;
	kill(child, sig);
	if (waitpid(child, &status, 0) < 0)
		err(1, "waitpid");
	child = 0;
	while (receive())
		;
	printf("ended\n");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void on_signal(int fd, char **command)
{
	struct signalfd_siginfo si;
	int status;

	if (read(fd, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo == SIGTERM)
		exit(end(SIGTERM));
	if (si.ssi_signo == SIGHUP) {
		end(SIGTERM);
		start(command);
	} else if (si.ssi_signo != SIGCHLD) {
		end(si.ssi_signo == SIGUSR1 ? SIGTERM : SIGKILL);
	} else if (child && waitpid(child, &status, WNOHANG) == child) {
		if (WIFEXITED(status))
			exit(WEXITSTATUS(status));
		start(command);
	}
}

/* --- main --------------------------------------------------------------------- */

static int watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		err(1, "signalfd");
	return fd;
}

static int notify_socket(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s", path) >= (int)sizeof(at.sun_path))
		errx(2, "%s: too long", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(1, "%s", path);
	setenv("NOTIFY_SOCKET", path, 1);
	return fd;
}

int main(int argc, char **argv)
{
	struct pollfd p[2 + STORED_MAX];
	unsigned int i;

	if (argc < 3)
		errx(2, "usage: pfq-manager NOTIFY-SOCKET COMMAND [ARGUMENT...]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	p[0] = (struct pollfd){ watch_signals(), POLLIN, 0 };
	notify_fd = notify_socket(argv[1]);
	p[1] = (struct pollfd){ notify_fd, POLLIN, 0 };
	start(argv + 2);
	for (;;) {
		for (i = 0; i < count; i++)
			p[2 + i] = (struct pollfd){ stored[i].fd, 0, 0 };
		if (poll(p, 2 + count, -1) < 0)
			err(1, "poll");
		drop(p + 2);
		if (p[1].revents)
			receive();
		if (p[0].revents)
			on_signal(p[0].fd, argv + 2);
	}
}
