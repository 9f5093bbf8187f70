/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Who takes what a class gets, made anew for each change of a group's members; control
 * side, any thread, memory is the caller's.
 */
#ifndef PFQ_CORE_CLASS_H
#define PFQ_CORE_CLASS_H

#include "group.h"

/* what classes are made of; much for the stack */
struct pfq_class_work {
	u32 members;
	struct pfq_class_member {	/* in order of joining, as pfq_group.member[] */
		u32 id, weight;
		u64 classes;
		bool is_started;
	} member[PFQ_MEMBERS_MAX];
	/* the calls' own */
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	struct pfq_steer_table old;
	u16 share_of[PFQ_MEMBERS_MAX];
};

/* does any member subscribe to @class? */
bool pfq_class_is_wanted(const struct pfq_class_work *w, u32 class);

/*
 * A class of @to before @class that has the same subscribers, and had the same table in
 * @from (what was before; NULL: nothing): theirs serves both. NULL: none.
 */
const struct pfq_class_members *pfq_class_shared(const struct pfq_class_work *w,
						 const struct pfq_group *from,
						 const struct pfq_group *to, u32 class);

/* Fills @cls, zeroed; as few flows as can be go to others than they went to by @from's table. */
void pfq_class_build(struct pfq_class_members *cls, struct pfq_class_work *w,
		     const struct pfq_group *from, u32 class);

#endif /* PFQ_CORE_CLASS_H */
