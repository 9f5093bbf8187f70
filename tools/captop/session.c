// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "report.h"
#include "session.h"
#include "tools/common/pace.h"

#define NSEC_PER_SEC 1000000000ull

static int workers_open(struct run *r)
{
	const struct options *o = r->options;

	for (unsigned int i = 0; i < r->worker_count; i++) {
		struct worker *w = &r->workers[i];
		int ret;

		w->run = r;
		w->index = i;
		w->device = i / (unsigned int)o->threads;
		w->member = i % (unsigned int)o->threads;
		w->core = o->first_core < 0 ? -1 : (int)(o->first_core + i);
		ret = worker_open(w);
		if (ret) {
			fprintf(stderr, "captop: %s\n", w->error);
			return ret;
		}
	}
	return 0;
}

static int trace_open(struct run *r)
{
	const struct options *o = r->options;
	char text[512];
	int ret;

	if (o->mode != MODE_REPLAY)
		return 0;
	ret = trace_load(&r->trace, o->read_path, o->filter, text, sizeof(text));
	if (ret)
		fprintf(stderr, "captop: --read: %s\n", text);
	else if (r->trace.cut)
		fprintf(stderr, "captop: --read: \"%s\" has only the beginning of %llu packets: "
			"they are sent as they are\n", o->read_path,
			(unsigned long long)r->trace.cut);
	return ret;
}

int session_open(struct run *r, const struct options *o)
{
	unsigned int devices = o->device_count ? o->device_count : 1;
	int ret;

	memset(r, 0, sizeof(*r));
	r->options = o;
	r->worker_count = devices * (unsigned int)o->threads;
	atomic_init(&r->budget, o->count);
	r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->workers = aligned_alloc(_Alignof(struct worker), r->worker_count * sizeof(*r->workers));
	if (r->wake_fd < 0 || !r->workers) {
		fprintf(stderr, "captop: %s\n", strerror(errno));
		session_close(r);
		return -ENOMEM;
	}
	memset(r->workers, 0, r->worker_count * sizeof(*r->workers));
	ret = trace_open(r);
	if (!ret)
		ret = workers_open(r);
	if (ret)
		session_close(r);
	return ret;
}

void session_close(struct run *r)
{
	for (unsigned int i = 0; r->workers && i < r->worker_count; i++)
		worker_close(&r->workers[i]);
	free(r->workers);
	trace_free(&r->trace);
	if (r->wake_fd >= 0)
		close(r->wake_fd);
}

static unsigned int running(const struct run *r)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->worker_count; i++)
		n += !atomic_load(&r->workers[i].is_finished);
	return n;
}

/*
 * End the run at the first signal. At the second, leave the process at once: a thread may
 * hang.
 */
static void on_signal(struct run *r, int signal_fd)
{
	struct signalfd_siginfo info;

	if (read(signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (atomic_load(&r->end) == END_SIGNAL)
		_exit(EXIT_FAILED);
	run_end(r, END_SIGNAL);
}

/* Sleep until @until_ns, a signal, or an event on wake_fd */
static void wait_until(struct run *r, int signal_fd, uint64_t until_ns)
{
	struct pollfd fds[2] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = r->wake_fd, .events = POLLIN },
	};
	uint64_t now_ns = pace_now(), left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	struct timespec left = {
		.tv_sec = (time_t)(left_ns / NSEC_PER_SEC),
		.tv_nsec = (long)(left_ns % NSEC_PER_SEC),
	};
	eventfd_t count;

	if (ppoll(fds, 2, &left, NULL) <= 0)
		return;
	if (fds[0].revents)
		on_signal(r, signal_fd);
	if (fds[1].revents)
		eventfd_read(r->wake_fd, &count);
}

/* Report once a second until the run ends or all workers have finished. */
static void watch(struct run *r, struct report *report, int signal_fd)
{
	uint64_t duration_ns = r->options->duration_ns;
	uint64_t deadline_ns = duration_ns ? r->start_ns + duration_ns : UINT64_MAX;
	uint64_t next_ns = r->start_ns + NSEC_PER_SEC;

	while (!run_is_stopped(r) && running(r)) {
		wait_until(r, signal_fd, next_ns < deadline_ns ? next_ns : deadline_ns);
		if (pace_now() >= deadline_ns) {
			run_end(r, END_TIME);
			return;
		}
		if (pace_now() < next_ns)
			continue;
		atomic_fetch_add(&r->tick, 1);
		if (!report_interval(report, pace_now()))
			run_end(r, report->error == EPIPE ? END_OUTPUT : END_ERROR);
		while (next_ns <= pace_now())
			next_ns += NSEC_PER_SEC;
	}
}

/*
 * End all workers and join them. pcap_breakloop() has no effect if it is called before the
 * thread enters libpcap. So this repeats it until the worker ends. A signal interrupts a
 * worker that reads from a pipe.
 */
static void stop(struct run *r, int signal_fd)
{
	run_end(r, END_FILE);
	while (running(r)) {
		for (unsigned int i = 0; i < r->worker_count; i++) {
			if (atomic_load(&r->workers[i].is_finished))
				continue;
			pcap_breakloop(r->workers[i].pcap);
			if (r->options->mode == MODE_READ)
				pthread_kill(r->workers[i].thread, SIGUSR1);
		}
		wait_until(r, signal_fd, pace_now() + NSEC_PER_SEC / 100);
	}
	for (unsigned int i = 0; i < r->worker_count; i++)
		pthread_join(r->workers[i].thread, NULL);
}

int session_go(struct run *r, struct report *report, const sigset_t *signals)
{
	int signal_fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK), ret = 0;
	unsigned int started = 0;

	if (signal_fd < 0)
		return -errno;
	pthread_barrier_init(&r->start, NULL, r->worker_count + 1);
	while (started < r->worker_count && !ret)
		ret = worker_start(&r->workers[started++]);
	if (ret) {
		/*
		 * The other threads wait at the barrier for ever. Only leaving the process
		 * ends them.
		 */
		fprintf(stderr, "captop: --thread: %llu: %s\n",
			(unsigned long long)r->options->threads, strerror(-ret));
		exit(EXIT_FAILED);
	}
	r->start_ns = pace_now();
	report_start(report, r);
	pthread_barrier_wait(&r->start);
	watch(r, report, signal_fd);
	stop(r, signal_fd);
	pthread_barrier_destroy(&r->start);
	close(signal_fd);
	return 0;
}
