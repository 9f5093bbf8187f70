/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The places of a group. A member has one, and so has an absent member. Both engines ask here who
 * may have one more, so that no user takes all of them.
 */
#ifndef PFQ_CORE_PLACE_H
#define PFQ_CORE_PLACE_H

#include <linux/pfq.h>
#include <pfq_deps.h>
#include "limit.h"

enum pfq_place_user {
	PFQ_PLACE_USER_ROOT,
	PFQ_PLACE_USER_OWNER,	/* of the group, by its access policy */
	PFQ_PLACE_USER_OTHER,
};

/* places that are taken */
struct pfq_places {
	u32 own;	/* by the user that asks for one more */
	u32 users;	/* by all users other than root */
	u32 all;
};

enum pfq_place_limit {
	PFQ_PLACE_LIMIT_NONE,	/* there is a place */
	PFQ_PLACE_LIMIT_USER,	/* PFQ_LIMIT_USER_PLACES */
	PFQ_PLACE_LIMIT_USERS,	/* PFQ_LIMIT_USERS_PLACES */
	PFQ_PLACE_LIMIT_GROUP,	/* PFQ_MEMBERS_MAX */
};

/* Count a place. @is_own: of the user that asks; @is_root: of root. */
static inline void pfq_places_count(struct pfq_places *p, bool is_own, bool is_root)
{
	p->own += is_own;
	p->users += !is_root;
	p->all++;
}

/* Returns the limit that one more place for @user would exceed. */
static inline enum pfq_place_limit pfq_places_limit(const struct pfq_places *p,
						    enum pfq_place_user user)
{
	if (user == PFQ_PLACE_USER_OTHER && p->own >= PFQ_LIMIT_USER_PLACES)
		return PFQ_PLACE_LIMIT_USER;
	if (user != PFQ_PLACE_USER_ROOT && p->users >= PFQ_LIMIT_USERS_PLACES)
		return PFQ_PLACE_LIMIT_USERS;
	return p->all >= PFQ_MEMBERS_MAX ? PFQ_PLACE_LIMIT_GROUP : PFQ_PLACE_LIMIT_NONE;
}

#endif /* PFQ_CORE_PLACE_H */
