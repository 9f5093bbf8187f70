/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The workers: threads that take batches of packets from ingests, run the groups on them, and write
 * to the lanes of the endpoints. Worker i is the only producer of lane i.
 *
 * Workers read a plan. The control thread makes a plan for each change, and nobody changes it after
 * it is published. When workers_publish() returns, no worker uses the old plan. The caller can then
 * free it, close ingests that the new plan lacks, and read the positions of producers.
 *
 * A worker sleeps when no packets come, so no timer runs in an idle pfqd. The first worker that
 * wakes wakes the others. While packets come, and for PFQ_IDLE_NS after, each worker renews the
 * watermarks of its lanes at least every PFQ_WATERMARK_NS, so that consumers can merge lanes.
 */
#ifndef PFQD_WORKER_H
#define PFQD_WORKER_H

#include <sched.h>
#include "core/group.h"
#include "pfqd/ingest/ingest.h"

/* one endpoint as the workers see it; index i belongs to member i of its group */
struct plan_endpoint {
	struct pfq_producer *producer;	/* [lanes] */
	struct pfq_reader_hdr *reader;	/* the consumer can write it */
	int doorbell;			/* pfqd's end of the pair, non-blocking */
};

struct plan_group {
	struct pfq_group group;		/* group.member[i] belongs to endpoint[i] */
	struct plan_endpoint *endpoint;	/* [group.members] */
	uint64_t lanes_fed;	/* bit mask of the lanes that a source of this group feeds */
	bool is_replay;	/* the group replays a file: packets' timestamps are its time */
};

/*
 * A group changes from some sources to others, which give the same packets. From the old ones it
 * takes the packets with timestamps before a certain time, and from the new ones all others. A turn
 * puts another time in the place of that one. The control thread lets it hold after all workers
 * have taken a plan with it. If a worker meets a packet before that for which the two times differ,
 * the turn is void: the first time stays, and another turn is needed.
 */
struct plan_turn {
	/* CLOCK_REALTIME; 0: all packets come from new sources, ~0: from old ones */
	uint64_t before_ns, at_ns;
	uint32_t state;		/* atomic */
};

enum plan_turn_state { PLAN_TURN_OPEN, PLAN_TURN_HOLDS, PLAN_TURN_VOID };

/* Decide an open turn. Returns how it was decided, now or earlier. */
static inline uint32_t plan_turn_decide(struct plan_turn *turn, enum plan_turn_state state)
{
	uint32_t was = __atomic_load_n(&turn->state, __ATOMIC_ACQUIRE);

	if (was == PLAN_TURN_OPEN &&
	    __atomic_compare_exchange_n(&turn->state, &was, (uint32_t)state, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return state;
	return was;
}

/* The time that counts now. */
static inline uint64_t plan_turn_now_ns(const struct plan_turn *turn)
{
	uint32_t state = __atomic_load_n(&turn->state, __ATOMIC_ACQUIRE);

	return state == PLAN_TURN_HOLDS ? turn->at_ns : turn->before_ns;
}

/* the packets of a source that a group takes */
struct plan_bound {
	struct plan_turn *turn;		/* NULL: all of them */
	bool is_old;			/* the source is one of the old ones */
};

/* one source and the groups that it feeds */
struct plan_source {
	const struct ingest_driver *driver;
	struct ingest **ingest;		/* [lanes]; NULL: that lane does not read this source */
	bool paused;			/* a file without started members yet: do not read it */
	uint32_t groups;
	struct plan_group **group;	/* [groups] */
	/* [groups]: the packets that each group takes. NULL: each takes all */
	struct plan_bound *bound;
};

struct plan {
	uint32_t sources;
	struct plan_source *source;
	uint32_t groups;
	struct plan_group **group;	/* every group once, for watermarks and doorbell timers */
	uint64_t generation;		/* set by workers_publish() */
};

struct workers;

/*
 * Start @count workers (1 to PFQ_LANES_MAX). They are pinned round robin to @cpus; NULL: not
 * pinned. @seed is the seed of the hashes. @notify_fd is an eventfd that workers write when
 * workers_source_state() changes. Returns 0, or -errno with text.
 */
int workers_start(struct workers **w, unsigned int count, const cpu_set_t *cpus, uint32_t seed,
		  int notify_fd, struct pfq_error *err);
/* Stop the threads and free @w. Publish an empty plan first. NULL: nothing. */
void workers_stop(struct workers *w);
/* The number of workers, which is the number of lanes. */
unsigned int workers_count(const struct workers *w);
/*
 * Look whether the workers run: each has to go round its loop between two calls. So this wakes
 * those that sleep. Returns the lane of a worker that has not run since the last call; -1: all
 * have.
 */
int workers_look(struct workers *w);
/*
 * Publish @plan, which the caller still owns. Returns when every worker has taken it, which needs
 * no traffic. -ENOMEM: the workers keep the old plan.
 */
int workers_publish(struct workers *w, struct plan *plan);

/*
 * The state of source @i of the published plan. 0: it runs. -ENODATA: it has ended. -EIO: an error
 * has ended it. -ENETDOWN: its device went down. After a device comes up, the first packet sets the
 * state to 0 without a new plan. A deleted device needs a new plan.
 */
int workers_source_state(const struct workers *w, unsigned int i);
/*
 * All packets of source @i of the published plan that are older than this have gone to its groups
 * (CLOCK_REALTIME ns). The value rises only for a source with bounds. 0: unknown.
 */
uint64_t workers_source_done_ns(const struct workers *w, unsigned int i);

#endif /* PFQD_WORKER_H */
