/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The workers: threads that take batches from ingests through the groups into
 * the lanes of the endpoints. Worker i is the only producer of lane i.
 *
 * What they work on is a plan, made by the control thread for each change and
 * never changed once it is published. workers_publish() returns when no worker
 * uses the plan before any more; that is the moment to free it, close ingests
 * that the new one lacks, and read the producers' positions.
 *
 * A worker sleeps when nothing comes: no timer runs in an idle pfqd. The first
 * one that wakes wakes the others, and while packets come (and for
 * PFQ_IDLE_NS after) each renews the watermarks of its lanes every
 * PFQ_WATERMARK_NS at the latest, so that readers can merge lanes.
 */
#ifndef PFQD_WORKER_H
#define PFQD_WORKER_H

#include <sched.h>
#include "core/group.h"
#include "pfqd/ingest/ingest.h"

/* one endpoint as the workers see it: index i belongs to member i of its group */
struct plan_endpoint {
	struct pfq_producer *producer;	/* [lanes] */
	struct pfq_reader_hdr *reader;	/* untrusted */
	int doorbell;			/* our end of the pair, non-blocking */
};

struct plan_group {
	struct pfq_group group;		/* its member[] and ours go in parallel */
	struct plan_endpoint *endpoint;	/* [group.members] */
	uint64_t lanes_fed;		/* mask: lanes that some source of this group feeds */
	bool is_replay;			/* of a file, whose packets' time it goes by */
};

/* one source with the groups that it feeds */
struct plan_source {
	const struct ingest_driver *driver;
	struct ingest **ingest;		/* [lanes]; NULL: that lane does not serve it */
	bool paused;			/* do not read: a file before its first reader */
	uint32_t groups;
	struct plan_group **group;	/* [groups] */
};

struct plan {
	uint32_t sources;
	struct plan_source *source;
	uint32_t groups;
	struct plan_group **group;	/* every group, once: watermarks and doorbell timers */
	uint64_t generation;		/* set by workers_publish() */
};

struct workers;

/*
 * Start @count threads (1..PFQ_LANES_MAX), pinned round robin to @cpus (NULL: not
 * pinned). @seed: of the hashes. @notify_fd: an eventfd, written when the state
 * of a source changes (see workers_source_state()).
 */
int workers_start(struct workers **w, unsigned int count, const cpu_set_t *cpus, uint32_t seed,
		  int notify_fd, struct pfq_error *err);
/* Publish an empty plan first. */
void workers_stop(struct workers *w);
unsigned int workers_count(const struct workers *w);
/* Waits for no traffic. -ENOMEM: the plan before stays. */
int workers_publish(struct workers *w, struct plan *plan);

/*
 * Of source @i of the published plan: 0 while it runs, -ENODATA after its end,
 * -ENETDOWN when its device went down; 0 again with its first packet after it came
 * up, which needs no new plan (but for a device that was deleted). Control thread.
 */
int workers_source_state(const struct workers *w, unsigned int i);

#endif /* PFQD_WORKER_H */
