/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For a while, a client lets a group count how often each step of its program answers no and yes.
 * Meanwhile packets go through a second program that does the same and counts. Counting ends with
 * the owner's file, too: see pfqk_group_leave(). All functions but the first need pfqk_net.lock.
 */
#ifndef PFQK_PROFILE_H
#define PFQK_PROFILE_H

#include "group.h"

/* The function of pfqk_net.profiles: ends those whose time is over. Takes the lock. */
void pfqk_profile_work(struct work_struct *work);

/*
 * Let @group count for @owner, for @seconds from now on. Counts of the same owner begin at 0 again.
 * Returns -EBUSY with text if the group counts for another owner, or -ENOMEM.
 */
int pfqk_profile_begin(struct pfqk_group *group, const struct pfqk_endpoint *owner, u32 seconds,
		       struct netlink_ext_ack *extack);
/* The counts of @owner in @group; NULL: there are none, or no more. */
const struct pfq_profile *pfqk_profile_of(const struct pfqk_group *group,
					  const struct pfqk_endpoint *owner);

#endif /* PFQK_PROFILE_H */
