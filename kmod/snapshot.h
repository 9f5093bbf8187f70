/* SPDX-License-Identifier: GPL-2.0-only */
/* A group as the packet's way sees it: what core/group.h wants, and the endpoints. */
#ifndef PFQK_SNAPSHOT_H
#define PFQK_SNAPSHOT_H

#include "../core/group.h"
#include "retire.h"

struct pfqk_endpoint;
struct pfqk_group;

struct pfqk_snapshot {
	struct pfq_group group;
	struct pfq_member *member;
	struct pfqk_endpoint **endpoint;	/* as member */
	u32 tables;
	struct pfq_class_members *table[PFQ_CLASSES];	/* group.class points to these */
	struct pfqk_retired retired;
};

/* Under the namespace's lock. NULL: no memory, unless @gfp has __GFP_NOFAIL. */
struct pfqk_snapshot *pfqk_snapshot_create(const struct pfqk_group *g, gfp_t gfp);
void pfqk_snapshot_free(struct pfqk_snapshot *s);
void pfqk_snapshot_retire(struct pfqk_snapshot *s);	/* NULL is fine */

#endif /* PFQK_SNAPSHOT_H */
