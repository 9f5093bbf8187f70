// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <sched.h>
#include "run.h"
#include "worker.h"
#include "tools/common/frame.h"
#include "tools/common/pace.h"

#define BURST 64 /* packets between two looks at the clock and at the end */

/* The source of a worker's frames: frames that captop makes, or the frames of the file */
struct source {
	struct frame frame;
	uint64_t random;
	bool is_random, is_trace;
	const struct trace *trace;
	/* of the file: index of the next frame, its increment, and the first index of a loop */
	size_t at, step, first;
	uint64_t loops; /* left, including the present one; 0: for ever */
};

static void source_init(struct source *s, const struct worker *w)
{
	const struct options *o = w->run->options;
	struct frame_spec spec;

	*s = (struct source){
		/* The seed: an odd number that differs from worker to worker */
		.random = 0x2545f4914f6cdd1dull * (2 * w->index + 1),
		.is_random = o->random_flows,
		.is_trace = o->mode == MODE_REPLAY,
		.trace = &w->run->trace,
		.first = w->member,
		.at = w->member,
		.step = o->threads,
		.loops = o->loops,
	};
	frame_spec_init(&spec);
	spec.length = (uint32_t)o->frame_length;
	frame_build(&s->frame, &spec);
	frame_set(&s->frame, w->index, spec.length, 0);
}

/* Get the next frame. Returns false if the file has been sent as often as the user asked. */
static bool source_next(struct source *s, const uint8_t **data, uint32_t *length)
{
	if (!s->is_trace) {
		if (s->is_random)
			frame_set(&s->frame, (uint32_t)(frame_random(&s->random) >> 40),
				  s->frame.length, 0);
		*data = s->frame.data;
		*length = s->frame.length;
		return true;
	}
	if (s->at >= s->trace->count) {
		if (s->loops && !--s->loops)
			return false;
		s->at = s->first;
		if (s->at >= s->trace->count) /* the file has fewer frames than there are workers */
			return false;
	}
	*data = s->trace->frames[s->at].data;
	*length = s->trace->frames[s->at].length;
	s->at += s->step;
	return true;
}

/* Send a frame. Returns 1 if it was sent, 0 if the device had no room, -1 if the run must end. */
static int frame_send(struct worker *w, const uint8_t *data, uint32_t length)
{
	errno = 0;
	if (pcap_inject(w->pcap, data, length) >= 0) {
		worker_add(&w->counters.packets, 1);
		worker_add(&w->counters.bytes, length);
		return 1;
	}
	if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) {
		worker_add(&w->counters.refused, 1);
		sched_yield();
		return 0;
	}
	worker_fail(w, "--output: \"%s\": packet of %u bytes: %s",
		    w->run->options->devices[w->device], length, pcap_geterr(w->pcap));
	return -1;
}

/*
 * Send up to @n frames and return how many were sent. *more becomes false when the loop
 * must end.
 */
static uint64_t burst_send(struct worker *w, struct source *s, uint64_t n, bool *more)
{
	uint64_t sent = 0;

	for (uint64_t i = 0; i < n && *more; i++) {
		const uint8_t *data;
		uint32_t length;
		int ret = 0;

		*more = source_next(s, &data, &length);
		/* Send a refused frame again, so that -c and the file are sent completely. */
		while (*more && !(ret = frame_send(w, data, length)))
			*more = !run_is_stopped(w->run);
		if (ret < 0)
			*more = false;
		sent += ret > 0;
	}
	return sent;
}

/* The worker's share of --rate, in packets per second. 0: no limit. */
static uint64_t worker_rate(const struct worker *w)
{
	uint64_t rate = w->run->options->rate_pps, n = w->run->worker_count;

	return rate / n + (w->index < rate % n);
}

/* Send frames at the worker's rate until -c, the file or the run ends. */
void send_loop(struct worker *w)
{
	struct source source;
	struct pace pace;
	bool more = true;

	source_init(&source, w);
	pace_start(&pace, worker_rate(w), pace_now());
	while (more && !run_is_stopped(w->run)) {
		uint64_t due, granted, sent;

		if (!pace_wait(&pace, 1))
			continue;
		due = pace_due(&pace, pace_now(), BURST);
		granted = run_take(w->run, due);
		sent = burst_send(w, &source, granted, &more);
		run_settle(w->run, granted, sent);
		pace_return(&pace, due - sent);
		if (!granted)
			sched_yield();
	}
}
