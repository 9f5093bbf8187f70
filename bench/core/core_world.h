/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The datapath alone. Batches of packets of one kind and many flows go through a group to
 * members. Their rings are emptied between batches. There is no ingest and no consumer.
 */
#ifndef PFQ_BENCH_CORE_WORLD_H
#define PFQ_BENCH_CORE_WORLD_H

#include "core/frag.h"
#include "core/group.h"

#define CORE_FLOWS		1024
#define CORE_BYTES_MAX		1514
#define CORE_BYTES_MIN		64
#define CORE_MEMBERS_MAX	16
#define CORE_SEED		0x9e3779b9	/* of the hashes */

struct core_world {
	struct pfq_group group;
	struct pfq_group_lane lane;
	struct pfq_program program;
	struct pfq_class_members class;
	struct pfq_member member[CORE_MEMBERS_MAX];
	struct pfq_producer producer[CORE_MEMBERS_MAX];
	struct pfq_reader_lane *reader[CORE_MEMBERS_MAX];
	struct pfq_filter *filter;
	struct pfq_frag_table frags;
	struct pfq_lane_env env;
	struct pfq_scratch scratch;
	struct pfq_batch batch;
	u32 bytes, batch_packets;
	u16 vlan_flag;			/* PFQ_REC_F_VLAN: the packets have a tag */
	u8 frame[CORE_FLOWS][CORE_BYTES_MAX];
	void *area[CORE_MEMBERS_MAX], *reader_area[CORE_MEMBERS_MAX];
};

struct core_setting {
	const char *policy;
	const struct pfq_program *program;	/* in place of the policy */
	u32 members, bytes;
	u32 batch_packets;			/* 0: PFQ_BATCH_MAX */
	bool ip6, tagged;
	bool group_filter, member_filter;	/* "tcp port 80", which all packets match */
	bool host;			/* the filter is "host 10.1.0.1 and port 80" */
};

/* Make a world. If that is not possible, print why and exit. */
struct core_world *core_world_create(const struct core_setting *setting);
void core_world_free(struct core_world *w);

/*
 * Fill the next batch as an ingest would, with packets counted from @first. Returns their
 * number.
 */
u32 core_world_fill(struct core_world *w, u32 first);

/* Run the batch through the group. */
void core_world_run(struct core_world *w);

/* Empty the rings, as members that have read all. */
void core_world_empty(struct core_world *w);

#endif /* PFQ_BENCH_CORE_WORLD_H */
