/* SPDX-License-Identifier: GPL-2.0-only */
/* A group's part of one CPU: packets into rings, watermarks, doorbells. */
#ifndef PFQK_LANE_H
#define PFQK_LANE_H

#include <linux/hrtimer.h>
#include <linux/timekeeping.h>
#include "cpu.h"

struct pfqk_group;

struct pfqk_lane {
	struct hrtimer timer;
	struct pfqk_group *group;
	u32 index;
	/* monotonic, in lane context */
	u64 bell_ns;		/* look at the doorbells; ~0: no need */
	u64 active_ns;		/* of the last packet */
	u64 tick_cost_ns;	/* of the last ticks: see rest() */
} ____cacheline_aligned;

void pfqk_lane_init(struct pfqk_lane *lane, struct pfqk_group *group, u32 index);
/* When no packet can find the lane any more. Sleeps. */
void pfqk_lane_exit(struct pfqk_lane *lane);

/*
 * Around a packet's way on this CPU. Between the two, other CPUs say nothing
 * about what is still to come from it.
 */
static inline void pfqk_lane_enter(struct pfqk_cpu *cpu)
{
	WRITE_ONCE(cpu->busy, 1);
	/* before the clock is read for the packet; pairs with renew() */
	smp_mb();
	cpu->env.now_ns = ktime_get_ns();
}

static inline void pfqk_lane_leave(struct pfqk_cpu *cpu)
{
	/* after all records are published */
	smp_store_release(&cpu->busy, 0);
}

/* The packets of @cpu->batch through @group. Lane context, RCU read side. */
void pfqk_lane_run(struct pfqk_group *group, struct pfqk_cpu *cpu);

/* What waits in the group goes into the rings now. Process context, before the members are cut off. */
void pfqk_lane_release(struct pfqk_group *group);

#endif /* PFQK_LANE_H */
