/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Linked with --wrap for each of these: the library's calls come here. */
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "lib_calls.h"

unsigned int calls;
void (*before_wait)(void);

ssize_t __real_recv(int fd, void *buf, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t size, int flags);
int __real_poll(struct pollfd *p, nfds_t n, int timeout_ms);
int __wrap_poll(struct pollfd *p, nfds_t n, int timeout_ms);
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *value,
			   struct itimerspec *old);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *value,
			   struct itimerspec *old);

ssize_t __wrap_recv(int fd, void *buf, size_t size, int flags)
{
	calls++;
	return __real_recv(fd, buf, size, flags);
}

int __wrap_poll(struct pollfd *p, nfds_t n, int timeout_ms)
{
	void (*act)(void) = before_wait;

	calls++;
	if (act && timeout_ms) {
		before_wait = NULL;
		act();
	}
	return __real_poll(p, n, timeout_ms);
}

int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *value,
			   struct itimerspec *old)
{
	calls++;
	return __real_timerfd_settime(fd, flags, value, old);
}
