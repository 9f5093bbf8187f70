/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A worker waits for packets. */
#include "config.h"

#include <time.h>
#include <unistd.h>

#include "core/tick.h"
#include "worker_thread.h"

/* From NAP_PACKETS packets between two rests on, the worker naps for NAP_NS instead of polling. */
#define NAP_NS		100000L
#define NAP_PACKETS	32
/*
 * After FAULTS_MAX errors of a descriptor, each within FAULTS_NS of the last, the worker no longer
 * polls it.
 */
#define FAULTS_MAX	4
#define FAULTS_NS	100000000ULL

/* Fill in the descriptors to wait for: kick_fd, and each ingest of this lane that is not muted. */
static void poll_fill(struct worker *w)
{
	struct lane_work *lane = worker_lane(w);

	lane->fd[0] = (struct pollfd){ .fd = w->kick_fd, .events = POLLIN };
	for (uint32_t i = 0; i < worker_plan(w)->sources; i++) {
		const struct plan_source *ps = &worker_plan(w)->source[i];
		struct ingest *in = worker_ingest(w, i);

		/* poll() skips negative descriptors */
		lane->fd[1 + i] = (struct pollfd){
			.fd = in && !lane->source[i].muted ? ps->driver->fd(in) : -1,
			.events = POLLIN,
		};
	}
}

/*
 * Clear an error of source @i's descriptor. Several errors in quick succession mute the descriptor,
 * and so does an error that the driver cannot clear. A muted source counts as down.
 */
static void source_fault(struct worker *w, uint32_t i, short revents)
{
	const struct plan_source *ps = &worker_plan(w)->source[i];
	struct lane_source *ls = &worker_lane(w)->source[i];
	struct ingest *in = worker_ingest(w, i);
	int ret = 0;

	if (!in)
		return;
	if (w->now_ns - ls->fault_ns > FAULTS_NS)
		ls->faults = 0;
	ls->fault_ns = w->now_ns;
	if (++ls->faults >= FAULTS_MAX || revents & POLLNVAL || !ps->driver->fault)
		ls->muted = true;
	if (ps->driver->fault)
		ret = ps->driver->fault(in);
	if (ret || ls->muted)
		worker_state_set(w, i, -ENETDOWN);
}

/*
 * Wait in ppoll() for packets, a kick, or @deadline_ns of CLOCK_MONOTONIC (~0: none). Then set
 * now_ns, take the kick, and handle errors of descriptors.
 */
static void wait_until(struct worker *w, uint64_t deadline_ns)
{
	struct lane_work *lane = worker_lane(w);
	/* read the clock anew: now_ns is as old as the watermarks */
	uint64_t now_ns = worker_clock_ns(), kicks;
	uint64_t left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
	struct timespec left = {
		.tv_sec = (time_t)(left_ns / 1000000000ULL),
		.tv_nsec = (long)(left_ns % 1000000000ULL),
	};
	int ret;

	poll_fill(w);
	ret = ppoll(lane->fd, 1 + worker_plan(w)->sources,
		   deadline_ns == ~0ULL ? NULL : &left, NULL);
	w->now_ns = worker_clock_ns();
	if (ret <= 0)
		return;
	if (lane->fd[0].revents) {
		ssize_t unused = read(w->kick_fd, &kicks, sizeof(kicks));

		(void)unused;
	}
	for (uint32_t i = 0; i < worker_plan(w)->sources; i++) {
		short revents = lane->fd[1 + i].revents;

		if (revents & (POLLERR | POLLHUP | POLLNVAL))
			source_fault(w, i, revents);
	}
}

/* Has no worker found a packet for PFQ_IDLE_NS? */
static bool is_idle(const struct worker *w)
{
	uint64_t active_ns = READ_ONCE(w->all->active_ns);

	return w->now_ns > active_ns && w->now_ns - active_ns > PFQ_IDLE_NS;
}

/*
 * Sleep until packets come, a timer of an ingest or doorbell runs out, or another worker kicks. A
 * worker that finds packets stores active_ns, then loads asleep. This worker stores asleep, then
 * loads active_ns. So at least one of the two sees the other. now_ns was read before the
 * watermarks. So packets that another worker found since the last watermarks make active_ns younger
 * than now_ns, even if this worker was preempted. It then stays awake and makes new watermarks.
 */
static void fall_asleep(struct worker *w, uint64_t deadline_ns)
{
	struct workers *all = w->all;
	uint64_t self = 1ULL << w->lane;

	__atomic_fetch_or(&all->asleep, self, __ATOMIC_SEQ_CST);
	smp_mb();
	if (is_idle(w) && !worker_has_news(w))
		wait_until(w, deadline_ns);
	__atomic_fetch_and(&all->asleep, ~self, __ATOMIC_SEQ_CST);
	w->tick_ns = 0;
}

/* Did more packets come since the last rest than are worth one wake-up each? */
static bool is_streaming(struct worker *w)
{
	bool streaming = w->found >= NAP_PACKETS;

	w->found = 0;
	return streaming;
}

/*
 * Sleep for a fixed time. A worker in poll() is woken by the CPU that receives the next packet. A
 * wake-up costs that CPU more than a packet does, many times a millisecond. So while packets
 * stream, the worker sleeps without poll().
 */
static void nap(struct worker *w)
{
	static const struct timespec length = { .tv_nsec = NAP_NS };

	nanosleep(&length, NULL);
	w->now_ns = worker_clock_ns();
}

void worker_rest(struct worker *w)
{
	uint64_t deadline_ns = w->bell_ns;
	bool idle = is_idle(w);

	if (idle) {
		worker_tick(w);
		deadline_ns = w->bell_ns;
	} else {
		deadline_ns = min_t(uint64_t, deadline_ns, w->tick_ns);
	}
	for (uint32_t i = 0; i < worker_plan(w)->sources; i++) {
		if (worker_ingest(w, i))
			deadline_ns = min_t(uint64_t, deadline_ns,
					    worker_lane(w)->source[i].next_ns);
	}
	if (deadline_ns <= w->now_ns)
		return;
	if (is_streaming(w))
		nap(w);
	else if (idle)
		fall_asleep(w, deadline_ns);
	else
		wait_until(w, deadline_ns);
}
