/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "clock_watch.h"

#define FAR_S	(1LL << 33)	/* beyond any time of the clock: the timer never ends */
#define TRIES	100

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t clock_watch_now_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/*
 * Read the difference of the two clocks. If the thread did not run for a while between the two
 * calls, the difference says nothing. Returns false if all tries were such.
 */
static bool read_offset(int64_t *offset_ns)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t before_ns = clock_ns(CLOCK_MONOTONIC), real_ns = clock_watch_now_ns();
		uint64_t after_ns = clock_ns(CLOCK_MONOTONIC);

		*offset_ns = (int64_t)(real_ns - after_ns);
		if (after_ns - before_ns <= CLOCK_WATCH_STEP_NS / 2)
			return true;
	}
	return false;
}

int clock_watch_open(struct clock_watch *w)
{
	const struct itimerspec never = { .it_value.tv_sec = (time_t)FAR_S };
	int ret;

	*w = (struct clock_watch){
		.fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK),
	};
	if (w->fd < 0)
		return -errno;
	if (timerfd_settime(w->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL)) {
		ret = -errno;
		clock_watch_close(w);
		return ret;
	}
	(void)read_offset(&w->offset_ns);
	return 0;
}

void clock_watch_close(struct clock_watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/*
 * The kernel sets the clock, and then cancels the timer, before the call that sets the clock ends.
 * So between the two, the difference of the clocks shows the step. If the clock was put right
 * before the difference was read, the timer was cancelled before that.
 */
uint64_t clock_watch_look(struct clock_watch *w)
{
	int64_t offset_ns, before_ns = w->offset_ns;
	bool is_set = true;
	uint64_t ends;

	if (read_offset(&offset_ns)) {
		is_set = llabs(offset_ns - before_ns) > CLOCK_WATCH_STEP_NS;
		w->offset_ns = offset_ns;
	}
	if (read(w->fd, &ends, sizeof(ends)) < 0 && errno == ECANCELED)
		is_set = true;
	w->sets += is_set;
	return w->sets;
}
