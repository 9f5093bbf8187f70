/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Starts and stops the workers, and publishes plans to them. Control thread only. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/frag.h"
#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "worker_thread.h"

/* --- plans ------------------------------------------------------------------- */

static void work_free(struct workers *w, struct work *work)
{
	if (!work)
		return;
	for (uint32_t i = 0; work->group && i < work->plan->sources; i++)
		free(work->group[i]);
	free(work->group);
	for (uint32_t l = 0; l < w->count; l++) {
		free(work->lane[l].source);
		free(work->lane[l].watermark_ns);
		free(work->lane[l].fd);
	}
	free(work);
}

static uint32_t group_index(const struct plan *plan, const struct plan_group *group)
{
	uint32_t i = 0;

	while (plan->group[i] != group)
		i++;
	return i;
}

static bool index_groups(struct work *work)
{
	const struct plan *plan = work->plan;

	work->group = calloc(plan->sources + 1, sizeof(*work->group));
	if (!work->group)
		return false;
	for (uint32_t i = 0; i < plan->sources; i++) {
		const struct plan_source *ps = &plan->source[i];

		work->group[i] = calloc(ps->groups + 1, sizeof(**work->group));
		if (!work->group[i])
			return false;
		for (uint32_t g = 0; g < ps->groups; g++)
			work->group[i][g] = group_index(plan, ps->group[g]);
	}
	return true;
}

/* Wrap @plan with the notes of each worker. NULL: no memory. */
static struct work *work_make(struct workers *w, struct plan *plan)
{
	struct work *work = calloc(1, sizeof(*work) + w->count * sizeof(work->lane[0]));

	if (!work)
		return NULL;
	work->plan = plan;
	if (!index_groups(work))
		goto fail;
	for (uint32_t l = 0; l < w->count; l++) {
		struct lane_work *lane = &work->lane[l];

		lane->source = calloc(plan->sources + 1, sizeof(*lane->source));
		lane->watermark_ns = calloc(plan->groups + 1, sizeof(*lane->watermark_ns));
		lane->fd = calloc(plan->sources + 1, sizeof(*lane->fd));
		if (!lane->source || !lane->watermark_ns || !lane->fd)
			goto fail;
		for (uint32_t i = 0; i < plan->sources; i++)
			lane->source[i].next_ns = ~0ULL;
	}
	return work;
fail:
	work_free(w, work);
	return NULL;
}

/* Publish @work and wait until every worker has taken it. No worker uses the old one then. */
static void work_publish(struct workers *w, struct work *work)
{
	struct work *old = w->work;

	work->plan->generation = ++w->generation;
	__atomic_store_n(&w->work, work, __ATOMIC_RELEASE);
	for (uint32_t i = 0; i < w->count; i++)
		worker_kick(w->worker[i]);
	for (uint32_t i = 0; i < w->count; i++) {
		while (sem_wait(&w->taken) < 0 && errno == EINTR)
			;
	}
	work_free(w, old);
}

int workers_publish(struct workers *w, struct plan *plan)
{
	struct work *work = work_make(w, plan);

	if (!work)
		return -ENOMEM;
	work_publish(w, work);
	return 0;
}

int workers_source_state(const struct workers *w, unsigned int i)
{
	for (uint32_t l = 0; i < w->work->plan->sources && l < w->count; l++) {
		int state = __atomic_load_n(&w->work->lane[l].source[i].state, __ATOMIC_ACQUIRE);

		if (state)
			return state;
	}
	return 0;
}

uint64_t workers_source_done_ns(const struct workers *w, unsigned int i)
{
	const struct plan *plan = w->work->plan;
	uint64_t done_ns = ~0ULL;

	if (i >= plan->sources)
		return 0;
	for (uint32_t l = 0; l < w->count; l++) {
		uint64_t ns = __atomic_load_n(&w->work->lane[l].source[i].done_ns,
					      __ATOMIC_ACQUIRE);

		if (plan->source[i].ingest[l])
			done_ns = min_t(uint64_t, done_ns, ns);
	}
	return done_ns;
}

unsigned int workers_count(const struct workers *w)
{
	return w->count;
}

int workers_look(struct workers *w)
{
	int hung = -1;

	for (uint32_t i = 0; i < w->count; i++) {
		struct worker *worker = w->worker[i];
		uint32_t rounds = __atomic_load_n(&worker->rounds, __ATOMIC_RELAXED);

		if (rounds == worker->looked)
			hung = (int)i;
		worker->looked = rounds;
		worker_kick(worker);
	}
	return hung;
}

/* --- threads ----------------------------------------------------------------- */

static void worker_free(struct worker *w)
{
	if (!w)
		return;
	if (w->kick_fd >= 0)
		close(w->kick_fd);
	free(w);
}

static struct worker *worker_make(struct workers *all, uint32_t lane, uint32_t seed)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->all = all;
	w->lane = lane;
	w->looked = ~0U;
	w->env.seed = seed;
	w->env.lane = lane;
	/* never 0, and another number for each lane */
	w->env.random = (seed + lane + 1ULL) * 0x9e3779b97f4a7c15ULL | 1;
	w->env.frags = all->frags;
	w->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->kick_fd < 0) {
		worker_free(w);
		return NULL;
	}
	return w;
}

/* The CPU of @cpus with index @n modulo their number. */
static int cpu_pick(const cpu_set_t *cpus, unsigned int n)
{
	int count = CPU_COUNT(cpus);

	n %= (unsigned int)count;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, cpus) && !n--)
			return cpu;
	}
	return -1;
}

static int worker_start(struct worker *w, const cpu_set_t *cpus, struct pfq_error *err)
{
	pthread_attr_t attr;
	char name[16];
	int cpu = -1, ret;

	pthread_attr_init(&attr);
	if (cpus) {
		cpu_set_t one;

		cpu = cpu_pick(cpus, w->lane);
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		pthread_attr_setaffinity_np(&attr, sizeof(one), &one);
	}
	ret = pthread_create(&w->thread, &attr, worker_run, w);
	pthread_attr_destroy(&attr);
	if (ret == EINVAL && cpu >= 0)
		return error_set(err, -ret, "worker %u: cannot run on CPU %d", w->lane, cpu);
	if (ret)
		return error_set(err, -ret, "worker %u: cannot start a thread: %s", w->lane,
				 ret == EAGAIN ? "TasksMax=, LimitNPROC= or MemoryMax= of pfqd's "
						"unit is reached" :
						pfq_reason(PFQ_REASON_PFQD, ret));
	w->started = true;
	snprintf(name, sizeof(name), "pfqd/%u", w->lane);
	pthread_setname_np(w->thread, name);
	return 0;
}

static int threads_start(struct workers *w, const cpu_set_t *cpus, struct pfq_error *err)
{
	sigset_t all, old;
	int ret = 0;

	/* only the control thread handles signals */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (uint32_t i = 0; !ret && i < w->count; i++)
		ret = worker_start(w->worker[i], cpus, err);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ret;
}

int workers_start(struct workers **out, unsigned int count, const cpu_set_t *cpus, uint32_t seed,
		  int notify_fd, struct pfq_error *err)
{
	static struct plan nothing;
	struct workers *w;
	bool made;
	int ret;

	if (!count || count > PFQ_LANES_MAX)
		return error_set(err, -EINVAL, "%u workers: 1 to %u are allowed", count,
				 PFQ_LANES_MAX);
	if (cpus && !CPU_COUNT(cpus))
		return error_set(err, -EINVAL, "workers: no CPU to run on");
	w = calloc(1, sizeof(*w));
	if (!w)
		return error_set(err, -ENOMEM, "workers: no memory");
	w->count = count;
	w->notify_fd = notify_fd;
	sem_init(&w->taken, 0, 0);
	w->frags = calloc(1, sizeof(*w->frags));
	w->work = work_make(w, &nothing);
	made = w->frags && w->work;
	for (uint32_t i = 0; made && i < count; i++) {
		w->worker[i] = worker_make(w, i, seed);
		made = w->worker[i];
	}
	ret = made ? threads_start(w, cpus, err) :
		error_set(err, -errno, "workers: %s", pfq_reason(PFQ_REASON_PFQD, errno));
	/* wait until each worker has taken the empty plan */
	for (uint32_t i = 0; !ret && i < count; i++) {
		while (sem_wait(&w->taken) < 0 && errno == EINTR)
			;
	}
	for (uint32_t i = 0; !ret && i < count; i++) {
		ret = w->worker[i]->sandbox;
		if (ret)
			*err = w->worker[i]->error;
	}
	if (ret) {
		workers_stop(w);
		return ret;
	}
	*out = w;
	return 0;
}

void workers_stop(struct workers *w)
{
	if (!w)
		return;
	__atomic_store_n(&w->stopping, true, __ATOMIC_RELEASE);
	for (uint32_t i = 0; i < w->count && w->worker[i]; i++) {
		if (!w->worker[i]->started)
			continue;
		worker_kick(w->worker[i]);
		pthread_join(w->worker[i]->thread, NULL);
	}
	for (uint32_t i = 0; i < w->count; i++)
		worker_free(w->worker[i]);
	work_free(w, w->work);
	free(w->frags);
	sem_destroy(&w->taken);
	free(w);
}
