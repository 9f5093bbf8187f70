/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The control thread's event loop: descriptors, timers and signals over epoll. */
#ifndef PFQD_LOOP_H
#define PFQD_LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

struct loop;
struct loop_watch;

typedef void (*loop_fn)(void *arg, uint32_t events);

int loop_create(struct loop **loop);
/* All watches are gone by then, or go with it. */
void loop_destroy(struct loop *loop);

/* Call @fn when @fd (of the caller's) has @events (EPOLL*). */
int loop_watch_add(struct loop *loop, int fd, uint32_t events, loop_fn fn, void *arg,
		   struct loop_watch **watch);
int loop_watch_events(struct loop_watch *watch, uint32_t events);
/* @fn is not called any more; before its descriptor is closed. NULL: nothing. */
void loop_watch_del(struct loop_watch *watch);

/* A timer that is not set yet: @fn has events = 0. */
int loop_timer_add(struct loop *loop, loop_fn fn, void *arg, struct loop_watch **watch);
/* Once, in @ms milliseconds; 0: not any more. */
void loop_timer_set(struct loop_watch *timer, unsigned int ms);

/* Until loop_stop(), which may be called from a callback. 0 or -errno of epoll. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* One round, waiting @timeout_ms at most (-1: for ever): for tests. */
int loop_once(struct loop *loop, int timeout_ms);

#endif /* PFQD_LOOP_H */
