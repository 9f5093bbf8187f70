/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Making plans for the workers out of groups and sources. */
#ifndef PFQD_PLAN_H
#define PFQD_PLAN_H

#include "group.h"
#include "source.h"
#include "pfqd/worker/worker.h"

/*
 * Of all open sources and all groups; groups that changed get a snapshot, in
 * group->next. NULL: no memory; nothing has changed then.
 */
struct plan *plan_create(const struct group_list *groups, const struct source_list *sources);

/* The plan just made is what the workers use: snapshots before it go, sources learn their index. */
void plan_settle(const struct group_list *groups, const struct source_list *sources);
/* It is not used after all: its snapshots go with it. NULL: nothing */
void plan_discard(struct plan *plan, const struct group_list *groups);
/* Frees the snapshots of @group, which goes. */
void plan_forget(struct pfqd_group *group);
/* not the snapshots */
void plan_free(struct plan *plan);

#endif /* PFQD_PLAN_H */
