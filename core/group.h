/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group as the datapath sees it: an immutable snapshot, made by the shell
 * for every change and handed to all lanes; what changes per packet (producers,
 * counters) hangs off it by lane. No call here blocks or allocates.
 */
#ifndef PFQ_CORE_GROUP_H
#define PFQ_CORE_GROUP_H

#include "hold.h"
#include "member.h"
#include "program.h"
#include "steer.h"
#include "vlan.h"

/* one lane's part of a group's counters */
struct pfq_group_lane {
	u64	counters[PFQ_GROUP_COUNTERS_MAX];
	u64	reserved[(128 - sizeof(u64) * PFQ_GROUP_COUNTERS_MAX % 128) / sizeof(u64)];
};

struct pfq_group {
	u32	id;
	u8	direction;		/* enum pfq_direction: others are not of this group */
	bool	holding;		/* waits for members: steered packets find nobody */
	const struct pfq_filter *filter;	/* NULL: none */
	const struct pfq_vlan_set *vlans;	/* NULL: all */
	const struct pfq_program *program;
	struct pfq_group_lane *lane;	/* [lanes] */
	struct pfq_hold *hold;		/* NULL: fragments wait for none */
	u32	members;
	const struct pfq_member *member;	/* [members], in order of joining */
	/*
	 * By class: who takes steered packets. Entries of started[] and of the
	 * tables are indices into member[]. NULL: nobody subscribes.
	 */
	const struct pfq_class_members *class[PFQ_CLASSES];
};

struct pfq_class_members {
	struct pfq_steer_table table;	/* of started members */
	u32	started_count;
	u16	started[PFQ_MEMBERS_MAX];
	u32	count;			/* started or not: who takes copies */
	u16	all[PFQ_MEMBERS_MAX];
};

/* a lane's working memory, zeroed once */
struct pfq_scratch {
	u16	touched[PFQ_MEMBERS_MAX];	/* members with packets in this run */
	u32	touched_count;
	u8	count[PFQ_MEMBERS_MAX];
	u8	run[PFQ_MEMBERS_MAX][PFQ_BATCH_MAX];	/* indices into the batch */
	u32	hash[PFQ_BATCH_MAX];
	/* members that were offered packets before those in run[], for a fragment released others */
	bool	has_early;
	u64	early[PFQ_MEMBERS_MAX / 64];
};

/*
 * Take @batch through group @g in lane @env->lane: filters, program, copies
 * into the members' rings, one publication each. On return
 * scratch->touched[0..touched_count) are the members that were offered
 * packets: the shell looks at their doorbells.
 */
void pfq_group_run(const struct pfq_group *g, struct pfq_batch *batch, struct pfq_lane_env *env,
		   struct pfq_scratch *scratch);

/*
 * Fragments that have waited their time (@all: any) go by addresses, as records of @ts_ns (0: of
 * their own time), in lane @env->lane, env->now_ns being the time. scratch->touched as above. Returns
 * when to call again, ~0: nothing waits. That is no later than env->now_ns where there were too many for
 * one call. Any lanes, concurrently.
 */
u64 pfq_group_expire(const struct pfq_group *g, struct pfq_lane_env *env,
		     struct pfq_scratch *scratch, u64 ts_ns, bool all);

/* Which is one of these. What comes of packets is the same both ways, and so are all counters. */
void pfq_group_run_many(const struct pfq_group *g, struct pfq_batch *batch,
			struct pfq_lane_env *env, struct pfq_scratch *scratch);
void pfq_group_run_one(const struct pfq_group *g, struct pfq_view *v, struct pfq_lane_env *env,
		       struct pfq_scratch *scratch);

#endif /* PFQ_CORE_GROUP_H */
