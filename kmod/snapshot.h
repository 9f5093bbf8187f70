/* SPDX-License-Identifier: GPL-2.0-only */
/* A group in the form in which packets are handled: for core/group.h, with its endpoints. */
#ifndef PFQK_SNAPSHOT_H
#define PFQK_SNAPSHOT_H

#include "../core/group.h"
#include "retire.h"

struct pfqk_endpoint;
struct pfqk_group;

struct pfqk_snapshot {
	struct pfq_group group;
	struct pfqk_program *program;
	/* a copy, because GROUP_SET changes the group's settings while packets use the snapshot */
	struct pfq_vlan_set vlans;
	struct pfq_member *member;
	struct pfqk_endpoint **endpoint;	/* by the same index as member */
	u32 tables;
	/* allocated for this snapshot; group.class points to them */
	struct pfq_class_members *table[PFQ_CLASSES];
	struct pfqk_retired retired;
};

/*
 * Make a snapshot of the group's present state. NULL: no memory, which cannot happen with
 * __GFP_NOFAIL. Under the namespace's lock. pfqk_snapshot_free() frees at once,
 * pfqk_snapshot_retire() after a grace period.
 */
struct pfqk_snapshot *pfqk_snapshot_create(const struct pfqk_group *g, gfp_t gfp);
void pfqk_snapshot_free(struct pfqk_snapshot *s);
void pfqk_snapshot_retire(struct pfqk_snapshot *s);	/* NULL is allowed */

#endif /* PFQK_SNAPSHOT_H */
