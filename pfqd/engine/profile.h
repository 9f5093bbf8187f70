/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * For a while, a client lets a group count how often each step of its program answers no and yes.
 * Meanwhile the workers run a second program that does the same and counts. A change takes effect
 * with registry_update(). Control thread only.
 */
#ifndef PFQD_PROFILE_H
#define PFQD_PROFILE_H

#include "registry.h"

/*
 * Let @group count for @owner, for @seconds from now on. Counts of the same owner begin at 0 again.
 * Returns 0; or -EBUSY, if the group counts for another owner, or -ENOMEM, with text.
 */
int profile_begin(struct registry *registry, struct pfqd_group *group, const void *owner,
		  unsigned int seconds, struct pfq_error *err);
/* The counts of @owner in @group; NULL: there are none, or no more. */
const struct pfq_profile *profile_of(const struct pfqd_group *group, const void *owner);
/* @owner is gone. Returns whether a group has counted for it. */
bool profile_leave(struct registry *registry, const void *owner);
/* End those whose time is over. */
void profile_expire(struct registry *registry);

#endif /* PFQD_PROFILE_H */
