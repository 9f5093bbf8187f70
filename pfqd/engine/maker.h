/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Threads that make and free the memory of rings, so that the control thread never waits for it.
 * Jobs of one user run one at a time, in the order in which they were added; users take turns. All
 * functions are for the control thread; only the work of a job runs on a thread of the maker.
 */
#ifndef PFQD_MAKER_H
#define PFQD_MAKER_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "pfq.h"
#include "pfqd/base/loop.h"

#define MAKER_THREADS	4

struct maker;

/* A job, which its owner keeps until done() is called. The owner sets uid, work and done. */
struct maker_job {
	TAILQ_ENTRY(maker_job) entry;
	uid_t uid;
	void (*work)(struct maker_job *job);	/* on a thread of the maker */
	void (*done)(struct maker_job *job);	/* on the control thread; may free the job */
};

/* Start the threads. Returns 0, or -errno with text; nothing is left then. */
int maker_create(struct maker **maker, struct loop *loop, struct pfq_error *err);
/*
 * Wait until all jobs have run, call their done(), and stop the threads. done() may add jobs. NULL:
 * nothing.
 */
void maker_destroy(struct maker *maker);

/* Let a thread run @job, after the earlier jobs of its user. */
void maker_add(struct maker *maker, struct maker_job *job);
/* Take @job back if no thread has begun it: done() is not called then. Returns false otherwise. */
bool maker_take_back(struct maker *maker, struct maker_job *job);

#endif /* PFQD_MAKER_H */
