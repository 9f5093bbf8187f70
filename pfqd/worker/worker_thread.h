/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Between worker.c, which starts the threads and hands them plans, and what they run. */
#ifndef PFQD_WORKER_THREAD_H
#define PFQD_WORKER_THREAD_H

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>

#include "worker.h"

/* a consumer that changes its words all the time keeps us no busier than this */
#define BELL_MIN_NS	250000ULL

/* a source as one worker sees it */
struct lane_source {
	int state;		/* written by the worker, read by the control thread */
	bool over;		/* state is for ever */
	bool muted;		/* its fd is not polled: in error time and again */
	unsigned int faults;	/* in a row */
	uint64_t fault_ns;	/* when the last one was */
	uint64_t next_ns;	/* as rx() said */
	uint64_t seen_ns;	/* of a replay: the timestamp of the last packet */
};

/* a worker's notes on a plan */
struct lane_work {
	struct lane_source *source;	/* [sources] */
	uint64_t *watermark_ns;		/* [groups] */
	struct pollfd *fd;		/* [1 + sources]: our own, then those of the sources */
};

/* what workers_publish() makes of a plan */
struct work {
	struct plan *plan;
	uint32_t **group;	/* [sources][its groups]: index into plan->group[] */
	struct lane_work lane[];	/* [workers] */
};

struct workers;

struct worker {
	struct workers *all;
	uint32_t lane;
	int kick_fd;		/* eventfd that wakes it */
	pthread_t thread;
	bool started;

	struct work *work;	/* the one it uses */
	uint32_t turn;		/* the source that comes first */
	uint32_t found;		/* packets since the last rest */
	uint64_t now_ns;	/* CLOCK_MONOTONIC of the last look */
	uint64_t tick_ns;	/* renew watermarks, look at doorbells */
	uint64_t bell_ns;	/* a doorbell may be due */
	uint64_t held_ns;	/* of the batch in hand, as its driver says */

	struct pfq_lane_env env;
	struct pfq_batch batch;
	struct pfq_scratch scratch;
};

struct workers {
	unsigned int count;
	int notify_fd;
	uint64_t generation;
	sem_t taken;		/* posted by each worker that has taken a new plan */
	struct pfq_frag_table *frags;

	/* shared by the threads, atomically */
	struct work *work;	/* the newest */
	bool stopping;
	uint64_t active_ns;	/* CLOCK_MONOTONIC of the last packets, nearly */
	uint64_t asleep;	/* mask of lanes that want a kick when packets come */

	struct worker *worker[PFQ_LANES_MAX];
};

void *worker_run(void *worker);
void worker_kick(const struct worker *w);
/* Records came into rings of scratch.touched out of turn, not from a source: their readers are told. */
void worker_offered(struct worker *w, const struct plan_group *pg);

#endif /* PFQD_WORKER_THREAD_H */
