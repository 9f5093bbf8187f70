/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

#define LOOP_EVENTS	64

struct loop_watch {
	TAILQ_ENTRY(loop_watch) entry;
	struct loop *loop;
	int fd;
	bool timer;		/* fd is a timerfd that the loop owns */
	bool dead;		/* deleted, but events of this round may still point to it */
	loop_fn fn;
	void *arg;
};

TAILQ_HEAD(watch_list, loop_watch);

struct loop {
	int epoll;
	bool stop;
	struct watch_list live, dead;
};

int loop_create(struct loop **loop)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	TAILQ_INIT(&l->live);
	TAILQ_INIT(&l->dead);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0) {
		int ret = -errno;

		free(l);
		return ret;
	}
	*loop = l;
	return 0;
}

static void sweep(struct loop *l)
{
	struct loop_watch *w;

	while ((w = TAILQ_FIRST(&l->dead))) {
		TAILQ_REMOVE(&l->dead, w, entry);
		free(w);
	}
}

void loop_destroy(struct loop *l)
{
	struct loop_watch *w;

	if (!l)
		return;
	while ((w = TAILQ_FIRST(&l->live)))
		loop_watch_del(w);
	sweep(l);
	close(l->epoll);
	free(l);
}

int loop_watch_add(struct loop *l, int fd, uint32_t events, loop_fn fn, void *arg,
		   struct loop_watch **watch)
{
	struct loop_watch *w = calloc(1, sizeof(*w));
	struct epoll_event ev = { .events = events, .data.ptr = w };

	if (!w)
		return -ENOMEM;
	w->loop = l;
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev)) {
		int ret = -errno;

		free(w);
		return ret;
	}
	TAILQ_INSERT_TAIL(&l->live, w, entry);
	*watch = w;
	return 0;
}

int loop_watch_events(struct loop_watch *w, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	return epoll_ctl(w->loop->epoll, EPOLL_CTL_MOD, w->fd, &ev) ? -errno : 0;
}

void loop_watch_del(struct loop_watch *w)
{
	if (!w)
		return;
	epoll_ctl(w->loop->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	if (w->timer)
		close(w->fd);
	w->dead = true;
	TAILQ_REMOVE(&w->loop->live, w, entry);
	TAILQ_INSERT_TAIL(&w->loop->dead, w, entry);
}

uint64_t loop_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int loop_timer_add(struct loop *l, loop_fn fn, void *arg, struct loop_watch **watch)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int ret;

	if (fd < 0)
		return -errno;
	ret = loop_watch_add(l, fd, EPOLLIN, fn, arg, watch);
	if (ret) {
		close(fd);
		return ret;
	}
	(*watch)->timer = true;
	return 0;
}

void loop_timer_set(struct loop_watch *w, unsigned int ms)
{
	struct itimerspec t = {
		.it_value = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 },
	};

	timerfd_settime(w->fd, 0, &t, NULL);
}

static void dispatch(struct loop_watch *w, uint32_t events)
{
	uint64_t expired;

	if (!w->timer) {
		w->fn(w->arg, events);
		return;
	}
	/* the timer was set again after it had expired: it is not due */
	if (read(w->fd, &expired, sizeof(expired)) == sizeof(expired))
		w->fn(w->arg, 0);
}

int loop_once(struct loop *l, int timeout_ms)
{
	struct epoll_event ev[LOOP_EVENTS];
	int i, n;

	n = epoll_wait(l->epoll, ev, LOOP_EVENTS, timeout_ms);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (i = 0; i < n; i++) {
		struct loop_watch *w = ev[i].data.ptr;

		if (!w->dead)
			dispatch(w, ev[i].events);
	}
	sweep(l);
	return n;
}

int loop_run(struct loop *l)
{
	int n = 0;

	while (!l->stop && n >= 0)
		n = loop_once(l, -1);
	return n < 0 ? n : 0;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}
