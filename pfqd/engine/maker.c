/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/reason.h"
#include "maker.h"
#include "pfqd/base/error.h"
#include "pfqd/base/sandbox.h"

TAILQ_HEAD(job_list, maker_job);

struct maker {
	pthread_mutex_t lock;		/* protects what follows */
	pthread_cond_t more;		/* a thread may find a job, or has entered its sandbox */
	struct job_list waiting, finished;
	bool stopping;
	/* the threads that have entered their sandbox, or have failed to, and the first failure */
	unsigned int entered;
	int sandbox;
	struct pfq_error error;
	/* the user whose job each thread runs */
	struct {
		bool is_busy;
		uid_t uid;
	} running[MAKER_THREADS];

	/* control thread only */
	pthread_t thread[MAKER_THREADS];
	unsigned int threads;		/* started */
	int finished_fd;		/* eventfd that the threads write; counts finished jobs */
	struct loop_watch *watch;
};

/* the argument of a thread */
struct seat {
	struct maker *maker;
	unsigned int index;
};

/* --- on the maker's threads, with its lock ------------------------------------ */

static bool is_running(const struct maker *m, uid_t uid)
{
	unsigned int i;

	for (i = 0; i < MAKER_THREADS; i++) {
		if (m->running[i].is_busy && m->running[i].uid == uid)
			return true;
	}
	return false;
}

/* Take the first job whose user has no other one running. NULL: there is none. */
static struct maker_job *take(struct maker *m)
{
	struct maker_job *job;

	TAILQ_FOREACH(job, &m->waiting, entry) {
		if (!is_running(m, job->uid)) {
			TAILQ_REMOVE(&m->waiting, job, entry);
			return job;
		}
	}
	return NULL;
}

/* Put the other jobs of @uid behind those of other users, in their order. */
static void let_others_go_first(struct maker *m, uid_t uid)
{
	struct job_list theirs = TAILQ_HEAD_INITIALIZER(theirs);
	struct maker_job *job, *next;

	for (job = TAILQ_FIRST(&m->waiting); job; job = next) {
		next = TAILQ_NEXT(job, entry);
		if (job->uid != uid)
			continue;
		TAILQ_REMOVE(&m->waiting, job, entry);
		TAILQ_INSERT_TAIL(&theirs, job, entry);
	}
	TAILQ_CONCAT(&m->waiting, &theirs, entry);
}

static void run(struct maker *m, unsigned int index, struct maker_job *job)
{
	const uint64_t one = 1;

	m->running[index].is_busy = true;
	m->running[index].uid = job->uid;
	let_others_go_first(m, job->uid);
	pthread_mutex_unlock(&m->lock);
	job->work(job);
	pthread_mutex_lock(&m->lock);
	m->running[index].is_busy = false;
	TAILQ_INSERT_TAIL(&m->finished, job, entry);
	/* a job of this user may have waited for the end of this one */
	pthread_cond_broadcast(&m->more);
	/* cannot fail: the control thread reads it long before the counter is full */
	if (write(m->finished_fd, &one, sizeof(one)) < 0)
		return;
}

static void *thread_run(void *arg)
{
	struct seat seat = *(struct seat *)arg;
	struct maker *m = seat.maker;
	struct maker_job *job;
	struct pfq_error err;
	int ret;

	free(arg);
	ret = sandbox_enter(SANDBOX_MAKER, &err);
	pthread_mutex_lock(&m->lock);
	m->entered++;
	if (ret && !m->sandbox) {
		m->sandbox = ret;
		m->error = err;
	}
	pthread_cond_broadcast(&m->more);
	for (;;) {
		job = take(m);
		if (job)
			run(m, seat.index, job);
		else if (m->stopping && TAILQ_EMPTY(&m->waiting))
			break;
		else
			pthread_cond_wait(&m->more, &m->lock);
	}
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

/* --- on the control thread ------------------------------------------------------ */

/* Call done() of the next finished job. Returns false if there is none. */
static bool call_done(struct maker *m)
{
	struct maker_job *job;

	pthread_mutex_lock(&m->lock);
	job = TAILQ_FIRST(&m->finished);
	if (job)
		TAILQ_REMOVE(&m->finished, job, entry);
	pthread_mutex_unlock(&m->lock);
	if (job)
		job->done(job);
	return job;
}

/* The descriptor stays readable while jobs are left, so that others are served between two jobs. */
static void on_finished(void *arg, uint32_t events)
{
	struct maker *m = arg;
	uint64_t one;

	(void)events;
	if (read(m->finished_fd, &one, sizeof(one)) == sizeof(one))
		call_done(m);
}

void maker_add(struct maker *m, struct maker_job *job)
{
	pthread_mutex_lock(&m->lock);
	TAILQ_INSERT_TAIL(&m->waiting, job, entry);
	pthread_cond_signal(&m->more);
	pthread_mutex_unlock(&m->lock);
}

bool maker_take_back(struct maker *m, struct maker_job *wanted)
{
	struct maker_job *job;

	pthread_mutex_lock(&m->lock);
	TAILQ_FOREACH(job, &m->waiting, entry) {
		if (job == wanted)
			break;
	}
	if (job)
		TAILQ_REMOVE(&m->waiting, job, entry);
	pthread_mutex_unlock(&m->lock);
	return job;
}

/* --- life ------------------------------------------------------------------------ */

static int thread_start(struct maker *m, struct pfq_error *err)
{
	struct seat *seat = malloc(sizeof(*seat));
	int ret;

	if (!seat)
		return error_set(err, -ENOMEM, "no memory");
	*seat = (struct seat){ m, m->threads };
	ret = pthread_create(&m->thread[m->threads], NULL, thread_run, seat);
	if (ret) {
		free(seat);
		return error_set(err, -ret, "threads for rings: %s",
				 ret == EAGAIN ? "TasksMax=, LimitNPROC= or MemoryMax= of pfqd's "
						"unit is reached" :
						pfq_reason(PFQ_REASON_PFQD, ret));
	}
	pthread_setname_np(m->thread[m->threads++], "pfqd-rings");
	return 0;
}

/* Wait until all threads have entered their sandbox. Returns 0, or -errno with text. */
static int threads_confined(struct maker *m, struct pfq_error *err)
{
	int ret;

	pthread_mutex_lock(&m->lock);
	while (m->entered < m->threads)
		pthread_cond_wait(&m->more, &m->lock);
	ret = m->sandbox;
	if (ret)
		*err = m->error;
	pthread_mutex_unlock(&m->lock);
	return ret;
}

static int threads_start(struct maker *m, struct pfq_error *err)
{
	sigset_t all, old;
	int ret = 0;

	/* only the control thread handles signals */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (!ret && m->threads < MAKER_THREADS)
		ret = thread_start(m, err);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ret ? ret : threads_confined(m, err);
}

int maker_create(struct maker **out, struct loop *loop, struct pfq_error *err)
{
	struct maker *m = calloc(1, sizeof(*m));
	int ret;

	if (!m)
		return error_set(err, -ENOMEM, "no memory");
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->more, NULL);
	TAILQ_INIT(&m->waiting);
	TAILQ_INIT(&m->finished);
	m->finished_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	ret = m->finished_fd < 0 ? -errno : 0;
	if (!ret)
		ret = loop_watch_add(loop, m->finished_fd, EPOLLIN, on_finished, m, &m->watch);
	if (ret)
		error_set(err, ret, "eventfd: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	else
		ret = threads_start(m, err);
	if (ret) {
		maker_destroy(m);
		return ret;
	}
	*out = m;
	return 0;
}

void maker_destroy(struct maker *m)
{
	struct maker_job *job;

	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	m->stopping = true;
	pthread_cond_broadcast(&m->more);
	pthread_mutex_unlock(&m->lock);
	while (m->threads)
		pthread_join(m->thread[--m->threads], NULL);
	while (call_done(m))
		;
	/* done() may have added jobs */
	while ((job = TAILQ_FIRST(&m->waiting))) {
		TAILQ_REMOVE(&m->waiting, job, entry);
		job->work(job);
		job->done(job);
	}
	loop_watch_del(m->watch);
	if (m->finished_fd >= 0)
		close(m->finished_fd);
	pthread_cond_destroy(&m->more);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
