/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * New settings for a group that has members and traffic. First they are prepared, then they take
 * the place of the old ones; the next plan brings them to the workers. As long as the change is not
 * finished, it can be undone. Control thread only.
 */
#ifndef PFQD_GROUP_CHANGE_H
#define PFQD_GROUP_CHANGE_H

#include "group.h"

/* The wanted state of a group; after group_change_swap() the state it had before. */
struct group_change {
	struct pfqd_group *group;
	enum group_kind kind;
	bool keeps_settings;		/* only the feeds change */
	struct group_settings settings;
	uint32_t linktype;
	struct pfq_filter *filter_raw;
	bool is_complete;
	unsigned int feeds;
	struct group_feed feed[PFQ_GROUP_DEVICES_MAX];
	bool is_immediate;
	struct handover handover;	/* goes with feed[] */
	uint32_t is_kept;	/* set of indices of feed[]: the group has that source now */
};

_Static_assert(PFQ_GROUP_DEVICES_MAX <= 32, "a set of feeds is one word");

/*
 * Begin a change: no source of the group counts as used any more, see source_leaving(). Call it for
 * all groups of a change before the first group_change_prepare(). *c is zeroed.
 */
void group_change_begin(struct group_change *c, struct pfqd_group *group);
/*
 * Get the sources for the wanted @settings, which @c takes (group_settings_take()); the group
 * becomes a configured one. Sources that are wanted now and then stay open, in immediate mode too.
 * Devices that programs have bound stay. NULL: the group shall have no sources, and keeps its
 * settings. Returns 0, or -errno with text; call group_change_drop() then.
 */
int group_change_prepare(struct group_change *c, struct source_set *set,
			 struct group_settings *settings, struct pfq_error *err);
/* Put the wanted state in place of the present one. The second call undoes the first one. */
void group_change_swap(struct group_change *c);
/*
 * After the workers have taken the new state: let the old sources go that new ones wait for, see
 * source_yield(). Returns whether there are any. If the change is undone, call
 * group_change_reclaim() when all of its changes are dropped.
 */
bool group_change_yield(struct group_change *c);
void group_change_reclaim(const struct group_change *c);
/*
 * After the workers have taken the new state: free the old one. Sources that nobody uses any more
 * are closed with the next plan.
 */
void group_change_finish(struct group_change *c);
/* Give up a change that was not made or was undone. */
void group_change_drop(struct group_change *c);

#endif /* PFQD_GROUP_CHANGE_H */
