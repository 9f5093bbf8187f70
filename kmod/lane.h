/* SPDX-License-Identifier: GPL-2.0-only */
/* A group's part of one CPU: puts packets into rings, renews watermarks, rings doorbells. */
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
	/* monotonic, in ns; used in lane context */
	u64 bell_ns;		/* when to check the doorbells; ~0: no need */
	u64 active_ns;		/* when the last packet came */
	u64 tick_cost_ns;	/* duration of the last ticks: see rest() */
} ____cacheline_aligned;

/* @index: the CPU's number. */
void pfqk_lane_init(struct pfqk_lane *lane, struct pfqk_group *group, u32 index);
/* Only when no packet can find the lane any more. Sleeps. */
void pfqk_lane_exit(struct pfqk_lane *lane);

/*
 * Called before and after this CPU handles a packet. Between the two, other CPUs make no promise
 * about the records of this CPU.
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

/* Run the packets of @cpu->batch through @group. Lane context, within rcu_read_lock(). */
void pfqk_lane_run(struct pfqk_group *group, struct pfqk_cpu *cpu);

/*
 * Put the held fragments into the rings now. Process context; called before the members are
 * removed.
 */
void pfqk_lane_release(struct pfqk_group *group);

#endif /* PFQK_LANE_H */
