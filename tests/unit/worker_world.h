/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What surrounds the workers: endpoints with rings, groups, plans, a consumer that
 * reads lanes in place, and an ingest whose packets the test makes.
 */
#ifndef TESTS_WORKER_WORLD_H
#define TESTS_WORKER_WORLD_H

#include "pfqd/worker/worker.h"

#define WORLD_LANES_MAX		4
#define WORLD_MEMBERS_MAX	8
#define WORLD_SOURCES_MAX	4
#define WORLD_GROUPS_MAX	4

/* --- the ingest "fake" ----------------------------------------------------- */

/* One lane of it. Packet n of lane i has number n * 4 + i. */
struct fake {
	int fd;			/* eventfd; or any, to be found in an error state */
	uint32_t lane;
	/* atomic */
	uint64_t made;		/* packets that the test has made */
	uint64_t given;
	int end;		/* what rx() returns when it has given all; 0: nothing now */
	uint64_t next_ns;	/* what rx() says; ~0 */
	uint64_t rx_calls, fault_calls;
	int fault;		/* what fault() returns */
	uint64_t lag_ns;	/* so far behind the clock is watermark() */
	uint32_t stop_us;	/* watermark() is stopped for so long when it has read the clock */
	uint64_t marks;		/* calls of it; atomic */
	bool in_use;		/* a batch is being worked on */
	uint8_t frames[PFQ_BATCH_MAX][64];
};

extern const struct ingest_driver fake_driver;

struct fake *fake_new(uint32_t lane);
void fake_free(struct fake *f);
void fake_make(struct fake *f, uint64_t packets);
/* so many more, and then rx() returns @end */
void fake_end(struct fake *f, uint64_t packets, int end);
uint64_t fake_given(const struct fake *f);

/* --- endpoints and groups -------------------------------------------------- */

struct world_endpoint {
	uint32_t lanes, id;
	uint8_t *area, *reader;
	uint64_t area_bytes, reader_bytes;
	int doorbell[2];	/* the engine's end, the consumer's */
	struct pfq_producer producer[WORLD_LANES_MAX];
	uint64_t packets;	/* read so far */
	uint8_t *seen;		/* how often each number was read */
	uint32_t seen_max;
	uint64_t disorder;	/* records older than the one before, in one lane */
	uint64_t last_ts_ns[WORLD_LANES_MAX];
	uint64_t last_watermark_ns[WORLD_LANES_MAX];
	uint64_t late;		/* records older than a watermark published before them */
	/* the thread of world_consume() */
	unsigned long thread;
	bool stop;
};

struct world_endpoint *world_endpoint_new(uint32_t lanes, uint64_t lane_size, uint32_t seen_max);
void world_endpoint_free(struct world_endpoint *e);
struct pfq_lane_hdr *world_lane(const struct world_endpoint *e, uint32_t lane);
struct pfq_reader_hdr *world_reader(const struct world_endpoint *e);
/* Take what is there; returns the packets. */
uint64_t world_read(struct world_endpoint *e);
/* A thread that does so, asleep on the doorbell in between. */
void world_consume(struct world_endpoint *e);
void world_consume_stop(struct world_endpoint *e);
/* the sum over lanes */
uint64_t world_endpoint_count(const struct world_endpoint *e, enum pfq_endpoint_counter which);
/* each number below @end was read once */
void world_seen_once(const struct world_endpoint *e, uint32_t end);

/* Counters live as long as the group; snapshots of it come and go. */
struct world_group {
	uint32_t lanes;
	struct pfq_group_lane *counters;
	struct pfq_program program;
};

struct world_group *world_group_new(uint32_t lanes, const char *policy);
void world_group_free(struct world_group *g);
uint64_t world_group_count(const struct world_group *g, enum pfq_group_counter which);

/* --- plans ----------------------------------------------------------------- */

struct world_plan {
	struct plan plan;
	struct plan_source source[WORLD_SOURCES_MAX];
	struct plan_group *group[WORLD_GROUPS_MAX];
};

struct world_plan *world_plan_new(void);
void world_plan_free(struct world_plan *p);
/* Returns its index in the plan. */
uint32_t world_plan_group(struct world_plan *p, struct world_group *g,
			  struct world_endpoint *const *members, uint32_t count);
/* @group_mask: indices of the groups it feeds; @ingest[@lanes] */
uint32_t world_plan_source(struct world_plan *p, const struct ingest_driver *driver,
			   struct ingest *const *ingest, uint32_t lanes, uint32_t group_mask);

#endif /* TESTS_WORKER_WORLD_H */
