/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU's working memory on a packet's way. */
#ifndef PFQK_CPU_H
#define PFQK_CPU_H

#include <linux/smp.h>
#include "../core/group.h"

/* Packets whose bytes lie scattered are gathered here: as much as any consumer may have of one. */
#define PFQK_BOUNCE_BYTES	PFQ_SNAPLEN_MAX

/* a packet with a timestamp may have waited so long for its CPU */
#define PFQK_SLACK_QUEUED_NS	1000000U

#define PFQK_TRACED		2	/* counters of an endpoint that tracing looks at */

struct pfqk_cpu {
	u32 busy;		/* on a packet's way; see lane.c */
	u32 slack_ns;		/* timestamps may be so much older than the clock */
	struct net *net;	/* of the group in hand */
	u64 stamped_at;		/* jiffies: the last packet that came with a timestamp */
	u64 rest_until_ns;	/* lane.c's, monotonic: no timer before */
	struct pfq_lane_env env;	/* its now_ns: the clock, read once for a packet */
	struct pfq_scratch scratch;
	/* trace.c's: counters before a packet */
	u64 traced_group[PFQ_GROUP_COUNTERS_MAX];
	u64 traced[PFQ_MEMBERS_MAX][PFQK_TRACED];
	struct pfq_batch batch;
	u8 bounce[PFQK_BOUNCE_BYTES];
};

int pfqk_cpu_init(void);
void pfqk_cpu_exit(void);	/* when no hook is left */

/* lanes of every ring: one for each CPU that there may ever be */
u32 pfqk_lanes(void);

/* Lane @i's; the caller's own in lane context, of others only busy and pfqk_cpu_slack(). */
struct pfqk_cpu *pfqk_cpu_at(u32 i);

/*
 * How much older than the clock a timestamp of @cpu's may be. 0 while nobody on this host has asked
 * for timestamps, and none has come to this CPU, for a second: what was queued with one has passed.
 */
u32 pfqk_cpu_slack(const struct pfqk_cpu *cpu);

static inline struct pfqk_cpu *pfqk_cpu_own(void)
{
	return pfqk_cpu_at(smp_processor_id());
}

#endif /* PFQK_CPU_H */
