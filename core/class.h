/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Builds, for each class of a group, the lists and the table of the members that get its packets.
 * The control side calls this for each change of members; any thread may. The caller owns all
 * memory.
 */
#ifndef PFQ_CORE_CLASS_H
#define PFQ_CORE_CLASS_H

#include "group.h"

/* Input and working memory. Too large for a kernel stack. */
struct pfq_class_work {
	u32 members;
	/*
	 * In the order of joining, as in pfq_group.member[], with the absent members between them.
	 * @id: of the share. An absent member has started.
	 */
	struct pfq_class_member {
		u32 id, weight;
		u64 classes;
		bool is_started, is_absent;
	} member[PFQ_MEMBERS_MAX];
	bool is_lending;	/* others get the packets of absent members */
	/* working memory of the functions below */
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	struct pfq_steer_table old;
	u16 share_of[PFQ_MEMBERS_MAX];
};

/* Does any member subscribe to @class? */
bool pfq_class_is_wanted(const struct pfq_class_work *w, u32 class);

/*
 * Find a class of @to, numbered below @class, with the same members. In @from (the state
 * before, or NULL) it must have shared its table with @class. Its table can be shared again.
 * Returns NULL if there is none.
 */
const struct pfq_class_members *pfq_class_shared(const struct pfq_class_work *w,
						 const struct pfq_group *from,
						 const struct pfq_group *to, u32 class);

/*
 * Fill @cls, which the caller has zeroed. Takes the class's table in @from (the state before, or
 * NULL) as the start and moves as few flows as possible to other members.
 */
void pfq_class_build(struct pfq_class_members *cls, struct pfq_class_work *w,
		     const struct pfq_group *from, u32 class);

#endif /* PFQ_CORE_CLASS_H */
