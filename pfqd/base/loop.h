/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The control thread's event loop: descriptors and timers with epoll. Control thread only. */
#ifndef PFQD_LOOP_H
#define PFQD_LOOP_H

#include <stdint.h>
#include <sys/epoll.h>

struct loop;
struct loop_watch;

typedef void (*loop_fn)(void *arg, uint32_t events);

/* Make a loop without watches. Returns 0 or -errno. */
int loop_create(struct loop **loop);
/* Delete all watches and free the loop. NULL: nothing. */
void loop_destroy(struct loop *loop);

/* Call @fn when @fd has one of @events (EPOLL*). The caller still owns @fd. Returns 0 or -errno. */
int loop_watch_add(struct loop *loop, int fd, uint32_t events, loop_fn fn, void *arg,
		   struct loop_watch **watch);
/* Wait for other @events from now on. Returns 0 or -errno. */
int loop_watch_events(struct loop_watch *watch, uint32_t events);
/*
 * Delete a watch: @fn is not called any more. Call this before @fd is closed. Closes the descriptor
 * of a timer. NULL: nothing.
 */
void loop_watch_del(struct loop_watch *watch);

/* CLOCK_MONOTONIC, the clock of timers, in nanoseconds. Any thread. */
uint64_t loop_now_ns(void);
/* Make a timer that is not set yet. @fn gets 0 as events. Returns 0 or -errno. */
int loop_timer_add(struct loop *loop, loop_fn fn, void *arg, struct loop_watch **watch);
/* Let the timer expire once, in @ms milliseconds. 0: stop it. */
void loop_timer_set(struct loop_watch *timer, unsigned int ms);

/* Call callbacks until one of them calls loop_stop(). Returns 0, or -errno of epoll. */
int loop_run(struct loop *loop);
/* Let loop_run() return after the present round. For callbacks. */
void loop_stop(struct loop *loop);
/* Run one round, and wait at most @timeout_ms for events (-1: without limit). For tests. */
int loop_once(struct loop *loop, int timeout_ms);

#endif /* PFQD_LOOP_H */
