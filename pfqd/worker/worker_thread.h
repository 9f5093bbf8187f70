/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Between worker.c, which starts the threads and hands them plans, and what they run. */
#ifndef PFQD_WORKER_THREAD_H
#define PFQD_WORKER_THREAD_H

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>

#include "pfqd/ingest/driver.h"
#include "worker.h"

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

/* --- for a worker's own thread -------------------------------------------------- */

static inline uint64_t worker_clock_ns(void)
{
	return ingest_clock_ns(CLOCK_MONOTONIC);
}

static inline const struct plan *worker_plan(const struct worker *w)
{
	return w->work->plan;
}

static inline struct lane_work *worker_lane(const struct worker *w)
{
	return &w->work->lane[w->lane];
}

/* the ingest that the worker reads of source @i; NULL: none now */
static inline struct ingest *worker_ingest(const struct worker *w, uint32_t i)
{
	const struct plan_source *ps = &worker_plan(w)->source[i];

	if (ps->paused || worker_lane(w)->source[i].over)
		return NULL;
	return ps->ingest[w->lane];
}

/* a new plan, or the end */
static inline bool worker_has_news(const struct worker *w)
{
	return __atomic_load_n(&w->all->work, __ATOMIC_ACQUIRE) != w->work ||
	       READ_ONCE(w->all->stopping);
}

/* worker_thread.c: from the top, the files below call only those after them */
void *worker_run(void *worker);

/* worker_sleep.c: until there may be something to do */
void worker_rest(struct worker *w);

/* worker_tick.c: renew the watermarks of our lanes and look at every doorbell */
void worker_tick(struct worker *w);

/* worker_held.c: see worker_held.h */

/* worker_notify.c */
void worker_kick(const struct worker *w);	/* from any thread */
void worker_wake_others(struct worker *w);
/* Set the result of workers_source_state() for source @i; a change wakes the control thread. */
void worker_state_set(struct worker *w, uint32_t i, int state);
/* Ring the doorbell of @e, or note in bell_ns when to look again. */
void worker_doorbell_look(struct worker *w, const struct plan_endpoint *e);
/* the same for each endpoint of scratch.touched */
void worker_doorbells_look(struct worker *w, const struct plan_group *pg);
/* Tell the readers of records that came into rings of scratch.touched, not from a source. */
void worker_offered(struct worker *w, const struct plan_group *pg);

#endif /* PFQD_WORKER_THREAD_H */
