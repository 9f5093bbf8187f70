/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group changes to other sources of the same devices, under traffic, and takes each packet once.
 *
 * The new sources open beside the old ones. Then the control thread chooses a time that is to come.
 * The group takes packets that are older from the old sources, and all others from the new ones.
 * When the workers have read both up to that time, the group gives the old ones up. Meanwhile, a
 * socket makes the kernel stamp each packet before it reaches any packet socket, so that all of
 * them see one time. Control thread only.
 *
 * If a worker gets to know the time too late, or the clock is set, the time does not count, and the
 * control thread chooses another one. If the clock is set back after packets were chosen by the
 * time, it goes on to count: older packets come from the old sources again. Then the control thread
 * chooses another time in its place.
 */
#ifndef PFQD_HANDOVER_H
#define PFQD_HANDOVER_H

#include <stdbool.h>

#include "pfqd/base/clock_watch.h"
#include "pfqd/worker/worker.h"

struct group_feed;
struct pfqd_group;
struct source;
struct source_set;

/* how soon registry_update() must run again while a handover is in progress */
#define HANDOVER_STEP_MS	5
/* The turn lies so far ahead: usually, the workers have the plan with it by then. */
#define HANDOVER_AHEAD_NS	20000000ULL
/*
 * Opening and closing sockets takes tens of milliseconds. So a group stays in immediate mode for
 * some time: programs that come and go must not make it change each time.
 */
#define HANDOVER_BACK_MS	10000

struct handover {
	enum {
		HANDOVER_NONE,
		/* the next plan has the new sources, or the clock was set */
		HANDOVER_OPENING,
		HANDOVER_READING,	/* the workers read what has come before the next turn */
		HANDOVER_OPEN,		/* the next turn is chosen now */
		HANDOVER_RUNNING,	/* the next plan, or the present one, has the first turn */
		HANDOVER_ENDING,	/* the last turn */
	} state;
	bool is_ending;		/* the first turn is over: the last one is the next */
	struct plan_turn *turn;	/* one of group.turns; the workers may still have the other one */
	uint64_t ahead_ns;	/* how far ahead the turn was when it was chosen */
	/* handover_is_late(): CLOCK_MONOTONIC, and the plans that the workers have taken */
	uint64_t end_ns;
	unsigned int looks;
	uint64_t sets;		/* clock_watch.sets before the marks of the first turn */
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
void handover_prepare(struct pfqd_group *group, struct source_set *set,
		      const struct clock_watch *clock);
/*
 * After the workers have taken the plan: give up old sources that were read up to the bound.
 * Returns in how many milliseconds registry_update() must run again for the group; 0: not at all.
 */
unsigned int handover_settle(struct pfqd_group *group, const struct workers *workers,
			     struct clock_watch *clock);
/* The packets that the group takes from @src, one of the two sources of @feed. */
struct plan_bound handover_bound(const struct handover *h, const struct group_feed *feed,
				 const struct source *src);

/*
 * Let the kernel stamp each packet once for all sockets, as long as *fd is open. *fd is -1 before
 * the first call. A failure is logged: then a packet at the turn may be lost or doubled.
 */
void handover_stamp(int *fd, bool is_wanted);

#endif /* PFQD_HANDOVER_H */
