/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The thread of a worker: reads batches from its sources and takes new plans. */
#include "config.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "pfqd/base/log.h"
#include "pfqd/base/sandbox.h"
#include "worker_held.h"
#include "worker_thread.h"

#define WORKER_NICE	(-10)
#define TIMER_SLACK_NS	10000UL

/* --- packets ---------------------------------------------------------------- */

static void group_run(struct worker *w, const struct plan_group *pg, struct pfq_batch *batch)
{
	pfq_group_process(&pg->group, batch, &w->env, &w->scratch);
	worker_doorbells_look(w, pg);
}

/* Run the groups of @ps on the packets of the batch that are within each group's bound. */
static noinline void bounded_run(struct worker *w, const struct plan_source *ps)
{
	for (uint32_t g = 0; g < ps->groups; g++) {
		worker_bound_choose(w, &ps->bound[g]);
		if (w->part.n)
			group_run(w, ps->group[g], &w->part);
	}
}

/* Read one batch of source @i and run its groups. Returns false if there is no packet. */
static bool source_run(struct worker *w, uint32_t i)
{
	const struct plan_source *ps = &worker_plan(w)->source[i];
	struct lane_source *ls = &worker_lane(w)->source[i];
	struct ingest *in = worker_ingest(w, i);
	int ret;

	if (!in || (unlikely(ps->bound) && worker_bound_is_early(w, ps)))
		return false;
	w->batch.n = 0;
	ret = ps->driver->rx(in, &w->batch, &ls->next_ns);
	if (!ret)
		return false;
	if (ret < 0) {
		worker_held_end(w, i);
		ls->over = true;
		w->tick_ns = 0;		/* this lane may be unfed from now on */
		worker_state_set(w, i, ret);
		return false;
	}
	w->found += (uint32_t)ret;
	w->now_ns = worker_clock_ns();
	worker_wake_others(w);
	w->held_ns = ps->driver->held_ns;
	w->env.now_ns = ps->groups && ps->group[0]->is_replay ? 0 : w->now_ns;
	ls->seen_ns = w->batch.view[w->batch.n - 1].ts_ns;
	for (uint32_t g = 0; g < ps->groups && likely(!ps->bound); g++)
		group_run(w, ps->group[g], &w->batch);
	if (unlikely(ps->bound))
		bounded_run(w, ps);
	w->held_ns = 0;
	ps->driver->done(in);
	ls->faults = 0;
	worker_state_set(w, i, 0);
	return true;
}

/* --- plans -------------------------------------------------------------------- */

/* Copy the notes on each ingest from the old plan to the new one. */
static void inherit(struct work *new, const struct work *old, uint32_t lane)
{
	for (uint32_t i = 0; i < new->plan->sources; i++) {
		const struct ingest *in = new->plan->source[i].ingest[lane];

		for (uint32_t j = 0; in && j < old->plan->sources; j++) {
			if (old->plan->source[j].ingest[lane] == in)
				new->lane[lane].source[i] = old->lane[lane].source[j];
		}
	}
}

/* Take the newest plan and report that the old one is unused. */
static void take_work(struct worker *w)
{
	struct work *work = __atomic_load_n(&w->all->work, __ATOMIC_ACQUIRE);

	if (work == w->work)
		return;
	if (w->work && !work->plan->groups)
		worker_held_release(w);
	if (w->work)
		inherit(work, w->work, w->lane);
	w->work = work;
	w->turn = 0;
	w->tick_ns = 0;
	sem_post(&w->all->taken);
}

/* --- the thread --------------------------------------------------------------- */

/*
 * Raise the priority of this thread; Linux has a nice value for each thread. Consumers wait for a
 * late tick, and a receive ring overflows soon. The priority is not higher, because a replay at
 * full speed has to share its CPU.
 */
static void prioritise(void)
{
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	if (setpriority(PRIO_PROCESS, 0, WORKER_NICE) < 0)
		log_debug("worker: ordinary priority: %m");
}

void *worker_run(void *arg)
{
	struct worker *w = arg;

	prioritise();
	w->sandbox = sandbox_enter(SANDBOX_WORKER, &w->error);
	while (take_work(w), !READ_ONCE(w->all->stopping)) {
		uint32_t sources = worker_plan(w)->sources;
		bool busy = false;

		__atomic_store_n(&w->rounds, w->rounds + 1, __ATOMIC_RELAXED);
		for (uint32_t i = 0; i < sources && !worker_has_news(w); i++)
			busy |= source_run(w, (w->turn + i) % sources);
		w->turn++;
		if (!busy)
			w->now_ns = worker_clock_ns();
		if (w->now_ns >= min_t(uint64_t, w->tick_ns, w->bell_ns))
			worker_tick(w);
		if (!busy && !worker_has_news(w))
			worker_rest(w);
	}
	return NULL;
}
