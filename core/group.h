/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group as the datapath sees it. The control side makes an immutable snapshot for each change
 * and hands it to all lanes. Producers and counters, which change with each packet, are outside of
 * the snapshot, one for each lane. No function here blocks or allocates.
 */
#ifndef PFQ_CORE_GROUP_H
#define PFQ_CORE_GROUP_H

#include "hold.h"
#include "member.h"
#include "program.h"
#include "steer.h"
#include "vlan.h"

/* One lane's part of a group: counters, and what only the lane itself uses. */
struct pfq_group_lane {
	u64	counters[PFQ_GROUP_COUNTERS_MAX];
	/* of a program with PFQ_PROGRAM_PRESSURE, for packets that come alone */
	u64	looked_ns;	/* the packet's time when the rings were looked at */
	u32	pressure;	/* the result */
	u32	since;		/* packets since then */
	u64	reserved[(128 - sizeof(u64) * (PFQ_GROUP_COUNTERS_MAX + 2) % 128) / sizeof(u64)];
};

struct pfq_group {
	u32	id;
	u8	direction;		/* enum pfq_direction; others are not counted */
	bool	holding;		/* waits for members: nobody gets packets */
	const struct pfq_filter *filter;	/* NULL: none */
	const struct pfq_vlan_set *vlans;	/* NULL: all */
	const struct pfq_program *program;
	struct pfq_group_lane *lane;	/* [lanes] */
	struct pfq_hold *hold;		/* NULL: fragments are not held */
	u32	members;
	const struct pfq_member *member;	/* [members], in the order of joining */
	/*
	 * By class: its members. started[] and the table hold indices into member[]. An index of
	 * @members or more is that of an absent member, which gets nothing. NULL: the class has
	 * no members.
	 */
	const struct pfq_class_members *class[PFQ_CLASSES];
};

struct pfq_class_members {
	struct pfq_steer_table table;	/* over the started members and the absent ones */
	u32	started_count;
	u16	started[PFQ_MEMBERS_MAX];
	u32	count;			/* of all[]: members that get copies, started or not */
	u16	all[PFQ_MEMBERS_MAX];
	/*
	 * For the next pfq_class_build(), not for packets: the table and started[] as they are
	 * when every absent member has what it lends.
	 */
	u16	owner[PFQ_STEER_SLOTS];
	u16	sharer[PFQ_MEMBERS_MAX];
};

/* A lane's working memory. The caller zeroes it once. */
struct pfq_scratch {
	u16	touched[PFQ_MEMBERS_MAX];	/* members that were offered packets by this call */
	u32	touched_count;
	u8	count[PFQ_MEMBERS_MAX];
	/* index into the batch, plus PFQ_BATCH_MAX times the number of the output */
	u8	run[PFQ_MEMBERS_MAX][PFQ_BATCH_MAX];
	u32	hash[PFQ_BATCH_MAX];
	struct pfq_cuts cuts;	/* of a program whose outcomes may be special */
	/*
	 * Members that were offered packets before those in run[], because a fragment released
	 * held ones.
	 */
	bool	has_early;
	u64	early[PFQ_MEMBERS_MAX / 64];
};

/*
 * Run @batch through group @g in lane env->lane: filters, program, one copy into the ring of each
 * member that gets the packet. Each of these rings is published once. On return
 * scratch->touched[0..touched_count) are the members that were offered packets; the caller checks
 * their doorbells. Only the thread of that lane calls this.
 */
void pfq_group_process(const struct pfq_group *g, struct pfq_batch *batch, struct pfq_lane_env *env,
		   struct pfq_scratch *scratch);

/*
 * Release held fragments that have waited their full time at env->now_ns; with @all, every held
 * fragment. They go by addresses, in lane env->lane. Their records get the time @ts_ns; 0: they
 * keep their own. scratch->touched as above. Any lanes may call this at the same time.
 *
 * Returns when to call again, on the clock of env->now_ns; ~0: nothing is held. If there was too
 * much for one call, that time is not later than env->now_ns.
 */
u64 pfq_group_expire(const struct pfq_group *g, struct pfq_lane_env *env,
		     struct pfq_scratch *scratch, u64 ts_ns, bool all);

/* pfq_group_process() calls one of these two. Both deliver the same packets and count the same. */
void pfq_group_run_many(const struct pfq_group *g, struct pfq_batch *batch,
			struct pfq_lane_env *env, struct pfq_scratch *scratch);
void pfq_group_run_one(const struct pfq_group *g, struct pfq_view *v, struct pfq_lane_env *env,
		       struct pfq_scratch *scratch);

#endif /* PFQ_CORE_GROUP_H */
