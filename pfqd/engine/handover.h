/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group changes to other sources of the same devices, under traffic, and takes each packet once.
 *
 * The new sources open beside the old ones. Then the control thread chooses a time that is to come.
 * The group takes packets that are older from the old sources, and all others from the new ones.
 * If a worker gets to know the time too late, it does not count: the control thread chooses another
 * one, further ahead. It also does so if the clock is set back. When the workers have read the old
 * sources up to that time, the group gives them up. Meanwhile, a socket makes the kernel stamp each
 * packet before it reaches any packet socket, so that all of them see one time. Control thread
 * only.
 */
#ifndef PFQD_HANDOVER_H
#define PFQD_HANDOVER_H

#include <stdbool.h>

#include "pfqd/worker/worker.h"

struct group_feed;
struct pfqd_group;
struct source;
struct source_set;

/* how soon registry_update() must run again while a handover is in progress */
#define HANDOVER_STEP_MS	5
/* The bound lies so far ahead: usually, the workers have the plan with it by then. */
#define HANDOVER_AHEAD_NS	20000000ULL
/*
 * Opening and closing sockets takes tens of milliseconds. So a group stays in immediate mode for
 * some time: programs that come and go must not make it change each time.
 */
#define HANDOVER_BACK_MS	10000

struct handover {
	enum {
		HANDOVER_NONE,
		/* the next plan has the new sources, or the clock was set back */
		HANDOVER_OPENING,
		HANDOVER_OPEN,		/* the workers read the new sources, for nothing so far */
		HANDOVER_RUNNING,	/* the next plan, or the present one, has the bound */
	} state;
	/*
	 * the bound between old and new sources. The workers may still have the other one of
	 * group.turns
	 */
	struct plan_turn *turn;
	uint64_t ahead_ns;	/* how far ahead the turn was when it was chosen */
	uint64_t end_ns;	/* CLOCK_MONOTONIC: when it shall end at the latest */
	unsigned int looks;	/* plans that the workers have taken since the turn was chosen */
	int64_t offset_ns;	/* CLOCK_REALTIME less CLOCK_MONOTONIC, as last seen */
	/*
	 * CLOCK_MONOTONIC: when a group without members in immediate mode changes back; 0: it has
	 * such members, or had none
	 */
	uint64_t back_ns;
	bool is_asked;		/* other settings need other sources: begin as soon as possible */
};

/*
 * Before a plan is made: begin a handover if @group needs other sources than it has, or go on with
 * one.
 */
void handover_prepare(struct pfqd_group *group, struct source_set *set);
/*
 * After the workers have taken the plan: give up old sources that were read up to the bound.
 * Returns in how many milliseconds registry_update() must run again for the group; 0: not at all.
 */
unsigned int handover_settle(struct pfqd_group *group, const struct workers *workers);
/* The packets that the group takes from @src, one of the two sources of @feed. */
struct plan_bound handover_bound(const struct handover *h, const struct group_feed *feed,
				 const struct source *src);

/*
 * Let the kernel stamp each packet once for all sockets, as long as *fd is open. *fd is -1 before
 * the first call. A failure is logged: then a packet at the bound may be lost or doubled.
 */
void handover_stamp(int *fd, bool is_wanted);

#endif /* PFQD_HANDOVER_H */
