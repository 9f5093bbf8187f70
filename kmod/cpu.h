/* SPDX-License-Identifier: GPL-2.0-only */
/* The working memory of a CPU while it handles a packet. */
#ifndef PFQK_CPU_H
#define PFQK_CPU_H

#include <linux/smp.h>
#include "../core/group.h"

/*
 * A packet whose bytes are scattered is gathered here, up to the most that a consumer can get of
 * it.
 */
#define PFQK_BOUNCE_BYTES	PFQ_SNAPLEN_MAX

/* A packet with a timestamp may have waited so many ns for its CPU, at least. */
#define PFQK_SLACK_QUEUED_NS	1000000U

struct pfqk_cpu {
	u32 busy;		/* the CPU is handling a packet; see lane.c */
	u32 slack_ns;		/* ns by which timestamps may be older than the clock */
	struct net *net;	/* of the group that runs now */
	u64 stamped_at;		/* jiffies at the last packet that came with a timestamp */
	u64 rest_until_ns;	/* monotonic, ns; lane.c's: no timer before this time */
	struct pfq_lane_env env;	/* now_ns in it is the clock, read once for each packet */
	struct pfq_scratch scratch;
	/* for trace.c: the counters before a packet */
	u64 traced_group[PFQ_GROUP_COUNTERS_MAX];
	u64 traced[PFQ_MEMBERS_MAX][PFQ_ENDPOINT_COUNTERS_MAX];
	struct pfq_batch batch;
	u8 bounce[PFQK_BOUNCE_BYTES];
};

/*
 * Allocate the memory of all possible CPUs. Returns 0, -ENOMEM, or -EOPNOTSUPP for too many CPUs.
 */
int pfqk_cpu_init(void);
void pfqk_cpu_exit(void);	/* only when no hook is left */

/* The lanes of every ring: one for each possible CPU. */
u32 pfqk_lanes(void);
/* The seed of all hashes, from pfqk_cpu_init() on. */
u32 pfqk_seed(void);

/*
 * The memory of lane @i's CPU. In lane context the caller uses its own; of others only busy and
 * pfqk_cpu_slack().
 */
struct pfqk_cpu *pfqk_cpu_at(u32 i);

/*
 * ns by which a timestamp of @cpu's packets may be older than the clock. Returns 0 after a second
 * in which no socket on this host asked for timestamps and no packet with one came to this CPU.
 * Packets that were queued with a timestamp have passed by then.
 */
u32 pfqk_cpu_slack(const struct pfqk_cpu *cpu);

/* The memory of this CPU. Lane context. */
static inline struct pfqk_cpu *pfqk_cpu_own(void)
{
	return pfqk_cpu_at(smp_processor_id());
}

#endif /* PFQK_CPU_H */
