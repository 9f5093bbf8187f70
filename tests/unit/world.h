/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A group with members and rings, built as a shell builds it, for tests. One at a time. */
#ifndef PFQ_TESTS_WORLD_H
#define PFQ_TESTS_WORLD_H

#include <linux/filter.h>
#include "check.h"
#include "packets.h"
#include "core/frag.h"
#include "core/group.h"

#define MEMBERS		12
#define CLASSES		4
#define LANE		1	/* of two: none of the lanes' arrays may be mixed up */
#define LANES		2

struct endpoint {
	void *area, *reader_area;
	struct pfq_producer producer[LANES];
	struct pfq_reader_lane *lane;
	u64 read;	/* position */
	struct pfq_echo echo;
	bool started;
};

struct world {
	struct pfq_group group;
	struct pfq_group_lane lanes[LANES];
	struct pfq_program program;
	struct pfq_class_members class[CLASSES];
	struct pfq_member member[MEMBERS];
	struct endpoint endpoint[MEMBERS];
	struct pfq_frag_table frags;
	struct pfq_lane_env env;
	struct pfq_scratch scratch;
	struct pfq_batch batch;
	struct packet packet[PFQ_BATCH_MAX];
};

extern struct world *w;

/* @members of them, all started, in class 0, no filters, with lanes of @lane_size bytes */
void world_open(u32 members, u64 lane_size, const char *policy);
int world_close(void **state);

/* the tables anew, after members' classes or started have changed */
void world_build(u32 members);

/* add a packet to the batch; packets are numbered by their timestamps, from 1 */
struct pfq_view *world_add(const char *kind, const struct ends *e);
struct pfq_view *world_add_flow(u32 flow);

/* take the batch through the group, and, in its twin, one packet at a time: see twin.h */
void world_run(void);

/* the next record of member @m, NULL: none. What was there before is given back. */
const struct pfq_rec *world_next(u32 m);
u32 world_count_records(u32 m);

u64 world_group_counter(enum pfq_group_counter c);
u64 world_counter(u32 m, enum pfq_endpoint_counter c);

/* the sums that linux/pfq.h promises */
void world_check_sums(void);

struct pfq_filter *world_filter(const struct sock_filter *insns, unsigned int count);

/* by TCP source port: accepts odd ones */
#define WORLD_ODD_INSNS	3
extern const struct sock_filter world_odd[WORLD_ODD_INSNS];

#define G(name)		world_group_counter(PFQ_GROUP_##name)
#define C(m, name)	world_counter(m, PFQ_ENDPOINT_##name)

#endif /* PFQ_TESTS_WORLD_H */
