/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "wake.h"

/*
 * Records that wait for a watermark are checked again after this time. The engine renews
 * watermarks every PFQ_WATERMARK_NS, so that one is due after half of that on average.
 */
#define BLOCKED_NS	(PFQ_WATERMARK_NS / 2)
/*
 * A read itself waits for watermarks, up to this time. So a caller that was woken need not be told
 * that there is nothing. The wait takes about 1 ms, unless a worker of the engine has no CPU.
 */
#define NAP_NS		(PFQ_LAG_MAX_NS / 10)
#define NAP_STEP_NS	(PFQ_WATERMARK_NS / 4)

void pfq_wake_init(struct pfq_wake *w, struct pfq_reader *rd, int doorbell, bool is_device)
{
	memset(w, 0, sizeof(*w));
	w->rd = rd;
	pfq_doorbell_init(&w->bell, doorbell, is_device);
	w->source = doorbell;
	w->epoll = -1;
	w->timer = -1;
	w->made_epoll = -1;
	w->wanted = 1;
	w->threshold = 1;
}

void pfq_wake_exit(struct pfq_wake *w)
{
	if (w->epoll >= 0)
		close(w->epoll);
	if (w->made_epoll >= 0)
		close(w->made_epoll);
	if (w->timer >= 0)
		close(w->timer);
	w->epoll = -1;
	w->timer = -1;
	w->made_epoll = -1;
}

/* --- the timer: makes the descriptor readable, now or later ---------------------------- */

static void timer_set(struct pfq_wake *w, uint64_t ns, unsigned int state)
{
	struct itimerspec its = { .it_value = clock_timespec(ns) };

	/* timer and time are valid, so that only a sandbox can refuse */
	if (timerfd_settime(w->timer, 0, &its, NULL))
		w->error = -errno;
	w->timer_state = state;
}

static void timer_apply(struct pfq_wake *w, enum pfq_wake_state state, uint64_t again_ns)
{
	if (!pfq_wake_is_watched(w))
		return;
	if (state == PFQ_WAKE_READY) {
		if (w->timer_state != TIMER_RAISED)
			timer_set(w, 1, TIMER_RAISED);
	} else if (again_ns != NEVER_NS) {
		timer_set(w, again_ns ? again_ns : 1, TIMER_PENDING);
	} else if (w->timer_state != TIMER_OFF) {
		timer_set(w, 0, TIMER_OFF);
	}
}

/* --- decide ---------------------------------------------------------------------- */

/*
 * Is it time to wake for @unread bytes in a lane? If not, *again_ns is the time left until their
 * age is enough, or stays as it is.
 */
static bool is_due(struct pfq_wake *w, uint64_t unread, uint64_t *again_ns)
{
	uint64_t now, age;

	if (w->is_due || w->bell.is_gone || unread >= w->threshold)
		return true;
	if (w->delay_ns == NEVER_NS)
		return false;
	now = clock_monotonic_ns();
	if (!w->unread_since)
		w->unread_since = now;
	age = now - w->unread_since;
	if (age >= w->delay_ns)
		return true;
	*again_ns = w->delay_ns - age;
	return false;
}

static enum pfq_wake_state look(struct pfq_wake *w, uint64_t *again_ns)
{
	uint64_t unread = pfq_reader_look(w->rd);

	*again_ns = NEVER_NS;
	if (!unread) {
		w->unread_since = 0;
		w->is_due = false;
		return w->bell.is_gone && !w->is_away ? PFQ_WAKE_READY : PFQ_WAKE_IDLE;
	}
	if (!is_due(w, unread, again_ns))
		return PFQ_WAKE_LATER;
	if (!pfq_reader_must_wait(w->rd))
		return PFQ_WAKE_READY;
	*again_ns = BLOCKED_NS;
	return PFQ_WAKE_BLOCKED;
}

/* Take the bytes out of the doorbell. If it rang, it is time for the unread records. */
static void drain(struct pfq_wake *w)
{
	bool was_rung = pfq_doorbell_drain(&w->bell);

	if (w->bell.error)
		w->error = w->bell.error;
	if (!was_rung)
		return;
	w->is_due = true;
	w->was_rung = true;
	w->rd->is_final = w->bell.is_gone;
}

/*
 * Programs that wait on the descriptor may need an edge for the next record, although the
 * descriptor is readable for those that are left. For them the doorbell is armed in this state
 * too.
 */
static bool may_arm(const struct pfq_wake *w, enum pfq_wake_state state)
{
	return state < PFQ_WAKE_BLOCKED || (state == PFQ_WAKE_READY && pfq_wake_is_watched(w));
}

enum pfq_wake_state pfq_wake_prepare(struct pfq_wake *w, uint64_t *again_ns)
{
	struct pfq_reader_hdr *h = w->rd->ring->hdr;
	enum pfq_wake_state state = look(w, again_ns);

	/* this ring gets no more records, and the timer is another's */
	if (w->is_away)
		return state;
	if ((state != PFQ_WAKE_READY || pfq_wake_is_watched(w)) &&
	    !pfq_doorbell_is_quiet(&w->bell, h)) {
		/* an old byte would wake us again and again */
		drain(w);
		state = look(w, again_ns);
		if (may_arm(w, state)) {
			pfq_doorbell_arm(&w->bell, h, w->threshold, w->delay_ns);
			state = look(w, again_ns);
		}
	}
	if (!may_arm(w, state))
		pfq_doorbell_disarm(&w->bell, h);
	timer_apply(w, state, *again_ns);
	return state;
}

/* A lane never holds more than its size: a higher threshold would never be reached. */
static void fit_threshold(struct pfq_wake *w)
{
	uint64_t half = w->rd->ring->lane_size / 2;

	w->threshold = w->wanted > half ? (uint32_t)half : w->wanted;
	if (!w->threshold)
		w->threshold = 1;
}

void pfq_wake_policy(struct pfq_wake *w, uint32_t threshold, uint64_t delay_ns)
{
	uint64_t again_ns;

	w->wanted = threshold;
	fit_threshold(w);
	w->delay_ns = delay_ns;
	pfq_doorbell_disarm(&w->bell, w->rd->ring->hdr);
	if (pfq_wake_is_watched(w))
		pfq_wake_prepare(w, &again_ns);
}

/* --- wait ------------------------------------------------------------------------- */

int pfq_wake_wait(struct pfq_wake *w, int extra_fd, int timeout_ms)
{
	uint64_t now = timeout_ms < 0 ? 0 : clock_monotonic_ns(), again_ns, left_ns;
	uint64_t deadline_ns = timeout_ms < 0 ? NEVER_NS : now + (uint64_t)timeout_ms * NS_PER_MS;
	enum pfq_wake_state state;
	struct timespec left;
	struct pollfd p[2];
	int n;

	if (w->is_false) {
		w->is_false = false;
		return 0;
	}
	for (;;) {
		state = pfq_wake_prepare(w, &again_ns);
		if (w->error)
			return w->error;
		if (state == PFQ_WAKE_READY)
			return w->bell.is_gone && !pfq_reader_look(w->rd) ? -EPIPE : 1;
		left_ns = deadline_ns == NEVER_NS ? NEVER_NS :
			  deadline_ns > now ? deadline_ns - now : 0;
		if (again_ns < left_ns)
			left_ns = again_ns;
		/* a doorbell that is not armed can only report that the engine is gone */
		p[0] = (struct pollfd){ w->bell.fd, state == PFQ_WAKE_BLOCKED ? 0 : POLLIN, 0 };
		p[1] = (struct pollfd){ extra_fd, POLLIN, 0 };
		left = clock_timespec(left_ns);
		n = ppoll(p, 2, left_ns == NEVER_NS ? NULL : &left, NULL);
		if (n < 0)
			return -errno;
		if (p[1].revents)
			return 2;
		if (p[0].revents)
			w->bell.is_hot = true;
		if (deadline_ns == NEVER_NS)
			continue;
		now = clock_monotonic_ns();
		if (!p[0].revents && now >= deadline_ns)
			return 0;
	}
}

/* --- a descriptor for others' loops -------------------------------------------------- */

static int watch(int epoll, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

int pfq_wake_fd_make(struct pfq_wake *w)
{
	int ret = 0;

	if (w->epoll >= 0 || w->made_epoll >= 0)
		return 0;
	w->made_epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->made_epoll < 0)
		return -errno;
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->timer < 0)
		ret = -errno;
	if (!ret && w->source >= 0)
		ret = watch(w->made_epoll, w->source);
	if (!ret)
		ret = watch(w->made_epoll, w->timer);
	if (ret)
		pfq_wake_exit(w);
	return ret;
}

int pfq_wake_fd(struct pfq_wake *w)
{
	uint64_t again_ns;
	int ret;

	if (w->epoll >= 0)
		return w->error ? w->error : w->epoll;
	ret = pfq_wake_fd_make(w);
	if (ret)
		return ret;
	/* from here on others may wait on the descriptor, and each read keeps it up to date */
	w->epoll = w->made_epoll;
	w->made_epoll = -1;
	w->timer_state = TIMER_OFF;
	pfq_wake_prepare(w, &again_ns);
	return w->error ? w->error : w->epoll;
}

/* --- while the engine is away ----------------------------------------------------- */

void pfq_wake_source(struct pfq_wake *w, int fd)
{
	int epoll = w->epoll >= 0 ? w->epoll : w->made_epoll, ret = 0;

	if (fd == w->source)
		return;
	/* closing alone does not take it out: another process may have it open, after a fork */
	if (epoll >= 0 && w->source >= 0 && epoll_ctl(epoll, EPOLL_CTL_DEL, w->source, NULL))
		ret = -errno;
	if (epoll >= 0 && fd >= 0 && !ret)
		ret = watch(epoll, fd);
	if (ret)
		w->error = ret;
	w->source = fd;
}

void pfq_wake_away(struct pfq_wake *w)
{
	w->is_away = true;
	pfq_wake_source(w, -1);
	pfq_wake_alarm(w, NEVER_NS);
}

void pfq_wake_alarm(struct pfq_wake *w, uint64_t ns)
{
	if (!pfq_wake_is_watched(w))
		return;
	if (ns != NEVER_NS)
		timer_set(w, ns ? ns : 1, TIMER_PENDING);
	else if (w->timer_state != TIMER_OFF)
		timer_set(w, 0, TIMER_OFF);
}

void pfq_wake_back(struct pfq_wake *w, int doorbell)
{
	uint64_t again_ns;

	pfq_doorbell_init(&w->bell, doorbell, w->bell.is_device);
	pfq_wake_source(w, doorbell);
	pfq_wake_alarm(w, NEVER_NS);
	fit_threshold(w);
	w->unread_since = 0;
	w->is_due = false;
	w->is_false = false;
	w->is_away = false;
	if (pfq_wake_is_watched(w))
		pfq_wake_prepare(w, &again_ns);
}

void pfq_wake_keep(struct pfq_wake *w)
{
	/*
	 * a doorbell that has rung or is about to keeps the descriptor readable by itself until it
	 * is drained
	 */
	if (w->timer_state != TIMER_RAISED && pfq_reader_is_left(w->rd) &&
	    pfq_doorbell_is_quiet(&w->bell, w->rd->ring->hdr))
		timer_set(w, 1, TIMER_RAISED);
}

void pfq_wake_settle(struct pfq_wake *w)
{
	bool is_left = pfq_reader_is_left(w->rd);
	uint64_t again_ns;

	/* the doorbell rang for records that were taken, and may not have rung for later ones */
	if (!pfq_doorbell_is_quiet(&w->bell, w->rd->ring->hdr))
		drain(w);
	w->is_due = is_left;
	w->has_taken = false;
	pfq_wake_prepare(w, &again_ns);
}

/* Wait for the watermark that records need. Returns true if they may be taken. */
static bool nap(struct pfq_wake *w)
{
	const struct timespec step = clock_timespec(NAP_STEP_NS);
	uint64_t end_ns = clock_monotonic_ns() + NAP_NS, again_ns;
	enum pfq_wake_state state;

	do {
		/*
		 * ppoll() and not nanosleep(): a sandbox may forbid nanosleep(), but it allows the
		 * calls of a read
		 */
		(void)ppoll(NULL, 0, &step, NULL);
		state = look(w, &again_ns);
	} while (state == PFQ_WAKE_BLOCKED && clock_monotonic_ns() < end_ns);
	return state == PFQ_WAKE_READY;
}

bool pfq_wake_empty(struct pfq_wake *w)
{
	enum pfq_wake_state state;
	uint64_t again_ns;

	if (w->bell.is_gone)
		return false;
	if (pfq_wake_is_watched(w)) {
		/*
		 * The program may wait on the descriptor, so that no byte of an earlier ring may
		 * stay in it.
		 */
		(void)pfq_doorbell_is_quiet(&w->bell, w->rd->ring->hdr);
		if (!w->bell.is_owed && pfq_doorbell_has_news(&w->bell, POLLIN))
			w->bell.is_hot = true;
		w->was_rung = false;
		state = pfq_wake_prepare(w, &again_ns);
		/*
		 * Not after a read that found records: a caller that reads until there is nothing
		 * has other work. The timer is set, which is enough until the next read.
		 */
		if (state == PFQ_WAKE_BLOCKED && !w->has_taken && nap(w))
			state = PFQ_WAKE_READY;
		w->is_false = state == PFQ_WAKE_IDLE && w->was_rung && !w->has_taken;
		w->has_taken = false;
		return state == PFQ_WAKE_READY;
	}
	/* bytes may come before the end of file; a poll for no events sees the end behind them */
	if (!pfq_doorbell_has_news(&w->bell, 0))
		return false;
	w->bell.is_gone = true;
	w->rd->is_final = true;
	return true;
}
