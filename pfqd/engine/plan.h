/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Plans: what the workers read, made from groups and sources. Control thread only. */
#ifndef PFQD_PLAN_H
#define PFQD_PLAN_H

#include "group.h"
#include "source.h"
#include "pfqd/worker/worker.h"

/*
 * Make a plan of all open sources and all groups. Each changed group gets a new snapshot in
 * group->next. Returns NULL if there is no memory; nothing has changed then.
 */
struct plan *plan_create(const struct group_list *groups, const struct source_list *sources);

/*
 * The workers use the new plan: free the old snapshots, and note the index of each source in the
 * plan. Returns whether a group has a new snapshot.
 */
bool plan_settle(const struct group_list *groups, const struct source_list *sources);
/* The workers do not use the new plan: free it and its new snapshots. @plan may be NULL. */
void plan_discard(struct plan *plan, const struct group_list *groups);
/* Free the snapshots of @group before it is destroyed. */
void plan_forget(struct pfqd_group *group);
/* Free @plan, but not the snapshots. NULL: nothing. */
void plan_free(struct plan *plan);

#endif /* PFQD_PLAN_H */
