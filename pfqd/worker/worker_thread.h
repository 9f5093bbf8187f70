/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Shared by the files of the workers: worker.c, which starts threads and publishes plans, and the
 * files that run in these threads.
 */
#ifndef PFQD_WORKER_THREAD_H
#define PFQD_WORKER_THREAD_H

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>

#include "pfqd/ingest/driver.h"
#include "worker.h"

/* a source as one worker sees it */
struct lane_source {
	/* result of workers_source_state(); the worker writes it, the control thread reads it */
	int state;
	bool over;		/* state is final */
	bool muted;	/* the descriptor had errors repeatedly and is not polled any more */
	unsigned int faults;	/* errors in a row */
	uint64_t fault_ns;	/* CLOCK_MONOTONIC of the last error */
	uint64_t next_ns;	/* from rx() */
	uint64_t seen_ns;	/* timestamp of the last packet, for replays */
	/* the last watermark of a source with bounds; the control thread reads it */
	uint64_t done_ns;
};

/* a worker's notes on a plan */
struct lane_work {
	struct lane_source *source;	/* [sources] */
	uint64_t *watermark_ns;		/* [groups] */
	struct pollfd *fd;		/* [1 + sources]: kick_fd, then the sources */
};

/* a plan and the notes of all workers on it */
struct work {
	struct plan *plan;
	uint32_t **group;	/* [sources][groups of the source]: index into plan->group[] */
	struct lane_work lane[];	/* [workers] */
};

struct workers;

struct worker {
	struct workers *all;
	uint32_t lane;
	int kick_fd;		/* an eventfd; a write wakes the worker */
	pthread_t thread;
	bool started;
	uint32_t rounds;	/* of its loop, atomic: the control thread reads it */
	uint32_t looked;	/* rounds when workers_look() was called last */
	int sandbox;		/* result of sandbox_enter(); valid after the first plan is taken */
	struct pfq_error error;	/* and its text */

	struct work *work;	/* the plan that the worker uses now */
	uint32_t turn;		/* index of the source that is read first */
	uint32_t found;		/* packets since the last rest */
	uint64_t now_ns;	/* CLOCK_MONOTONIC, read last */
	uint64_t tick_ns;	/* when to renew watermarks and look at all doorbells */
	uint64_t bell_ns;	/* when a doorbell may be due */
	uint64_t held_ns;	/* held_ns of the driver of the current batch */

	struct pfq_lane_env env;
	struct pfq_batch batch;
	struct pfq_batch part;	/* the packets of batch that are within a group's bound */
	struct pfq_scratch scratch;
};

struct workers {
	unsigned int count;
	int notify_fd;
	uint64_t generation;
	sem_t taken;		/* posted once by each worker that has taken a new plan */
	struct pfq_frag_table *frags;

	/* the threads share the fields below and access them atomically */
	struct work *work;	/* the newest plan */
	bool stopping;
	uint64_t active_ns; /* CLOCK_MONOTONIC of the last packets, at most PFQ_WATERMARK_NS late */
	uint64_t asleep; /* bit mask of the lanes whose workers need a kick when packets come */

	struct worker *worker[PFQ_LANES_MAX];
};

/* --- for the worker's own thread ------------------------------------------------ */

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

/* The ingest that the worker reads of source @i; NULL: none now. */
static inline struct ingest *worker_ingest(const struct worker *w, uint32_t i)
{
	const struct plan_source *ps = &worker_plan(w)->source[i];

	if (ps->paused || worker_lane(w)->source[i].over)
		return NULL;
	return ps->ingest[w->lane];
}

/* Is there a new plan, or shall the worker stop? */
static inline bool worker_has_news(const struct worker *w)
{
	return __atomic_load_n(&w->all->work, __ATOMIC_ACQUIRE) != w->work ||
	       READ_ONCE(w->all->stopping);
}

/*
 * The files in the order of calls: each file calls only files below it. worker_thread.c: the main
 * function of the thread.
 */
void *worker_run(void *worker);

/* worker_bound.c */
/* Set part to the packets of batch that are within @b. */
void worker_bound_choose(struct worker *w, const struct plan_bound *b);
/*
 * A group changes from another source to @ps. Must this lane first read the other one up to the
 * turn, so that the records of the lane stay in order?
 */
bool worker_bound_is_early(const struct worker *w, const struct plan_source *ps);

/* worker_sleep.c: sleep until there may be work. */
void worker_rest(struct worker *w);

/* worker_tick.c: renew the watermarks of the worker's lanes and look at every doorbell. */
void worker_tick(struct worker *w);

/* worker_held.c: see worker_held.h */

/* worker_notify.c */
void worker_kick(const struct worker *w);	/* may run in any thread */
/* Wake the workers that sleep, and store the time of the last packets. */
void worker_wake_others(struct worker *w);
/* Set the state of source @i. A change wakes the control thread. */
void worker_state_set(struct worker *w, uint32_t i, int state);
/* Ring the doorbell of @e if it is due; otherwise note in bell_ns when to look again. */
void worker_doorbell_look(struct worker *w, const struct plan_endpoint *e);
/* Do the same for each endpoint of @pg in scratch.touched. */
void worker_doorbells_look(struct worker *w, const struct plan_group *pg);
/*
 * Wake workers and consumers after records were written to rings of scratch.touched, but not from a
 * source's batch.
 */
void worker_offered(struct worker *w, const struct plan_group *pg);

#endif /* PFQD_WORKER_THREAD_H */
