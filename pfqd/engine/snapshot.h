/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One group as the workers see it. Never changed once a plan with it is published. */
#ifndef PFQD_SNAPSHOT_H
#define PFQD_SNAPSHOT_H

#include "pfqd/worker/worker.h"

struct pfqd_group;

struct snapshot {
	struct plan_group plan;
	struct pfq_member *member;		/* [members] */
	struct plan_endpoint *endpoint;		/* [members] */
	unsigned int tables;
	struct pfq_class_members *table[PFQ_CLASSES];	/* each once: classes may share one */
};

/*
 * Of @group as it is now. The steering tables follow from those of its last snapshot,
 * so that only a share of the flows moves. NULL: no memory.
 */
struct snapshot *snapshot_create(const struct pfqd_group *group);
void snapshot_free(struct snapshot *s);

#endif /* PFQD_SNAPSHOT_H */
