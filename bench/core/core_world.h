/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The datapath alone: packets of one kind and many flows, in batches through a
 * group, to members whose rings are emptied between batches. No ingest, no
 * consumer.
 */
#ifndef PFQ_BENCH_CORE_WORLD_H
#define PFQ_BENCH_CORE_WORLD_H

#include "core/frag.h"
#include "core/group.h"

#define CORE_FLOWS		1024
#define CORE_BYTES_MAX		1514
#define CORE_BYTES_MIN		64
#define CORE_MEMBERS_MAX	16

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
	u16 vlan_flag;			/* PFQ_REC_F_VLAN: the packets are tagged */
	u8 frame[CORE_FLOWS][CORE_BYTES_MAX];
};

struct core_setting {
	const char *policy;
	u32 members, bytes;
	u32 batch_packets;			/* 0: PFQ_BATCH_MAX */
	bool ip6, tagged;
	bool group_filter, member_filter;	/* "tcp port 80", which all packets pass */
	bool host;			/* the filter is "host 10.1.0.1 and port 80" */
};

/* the end of the program, with a message, where that is not possible */
struct core_world *core_world_create(const struct core_setting *setting);

/* the next batch, of packets counted from @first, as an ingest would give it; how many these are */
u32 core_world_fill(struct core_world *w, u32 first);

/* take the batch through the group */
void core_world_run(struct core_world *w);

/* the members have read all there is */
void core_world_empty(struct core_world *w);

#endif /* PFQ_BENCH_CORE_WORLD_H */
