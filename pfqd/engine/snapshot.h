/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One group as the workers see it. A snapshot does not change after its plan is published. */
#ifndef PFQD_SNAPSHOT_H
#define PFQD_SNAPSHOT_H

#include "pfqd/settings/program.h"
#include "pfqd/worker/worker.h"

struct pfqd_group;

struct snapshot {
	struct plan_group plan;
	struct program *program;
	/* a copy, because the group's settings can change while workers use the snapshot */
	struct pfq_vlan_set vlans;
	struct pfq_member *member;		/* [members] */
	struct plan_endpoint *endpoint;		/* [members] */
	unsigned int tables;
	struct pfq_class_members *table[PFQ_CLASSES];	/* each table once: classes can share one */
};

/*
 * Make a snapshot of @group as it is now. The steering tables start from those of the last
 * snapshot, so that only a share of the flows moves. Returns NULL if there is no memory. Control
 * thread only.
 */
struct snapshot *snapshot_create(const struct pfqd_group *group);
/* no member */
#define SNAPSHOT_NOBODY	0xffffffffU

/* Set share[] to the shares that own the slots of @cls, lent ones too; SNAPSHOT_NOBODY: none. */
void snapshot_owners(const struct pfq_class_members *cls, uint32_t share[PFQ_STEER_SLOTS]);
/*
 * Let the shares of share[] own the slots of the classes of the set @classes. @s must not be
 * published: only the next snapshot, which starts from it, is right.
 */
void snapshot_own(struct snapshot *s, uint64_t classes, const uint32_t share[PFQ_STEER_SLOTS]);

/* NULL: nothing. No worker may use @s any more. */
void snapshot_free(struct snapshot *s);

#endif /* PFQD_SNAPSHOT_H */
