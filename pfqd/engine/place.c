/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "core/place.h"
#include "pfqd/base/error.h"
#include "place.h"
#include "registry.h"

static enum pfq_place_user kind_of(const struct pfqd_group *g, uid_t uid)
{
	if (!uid)
		return PFQ_PLACE_USER_ROOT;
	return uid == g->settings.access.uid ? PFQ_PLACE_USER_OWNER : PFQ_PLACE_USER_OTHER;
}

/* Can @a make room for a member of user @uid? */
static bool yields_to(const struct absent *a, uid_t uid)
{
	return !uid || a->uid == uid;
}

static struct pfq_places count_members(const struct pfqd_group *g, uid_t uid)
{
	struct pfq_places p = { 0 };
	const struct endpoint *ep;

	TAILQ_FOREACH(ep, &g->member, entry)
		pfq_places_count(&p, ep->uid == uid, !ep->uid);
	return p;
}

static int refuse(const struct pfqd_group *g, uid_t uid, const struct pfq_places *p,
		  enum pfq_place_limit limit, struct pfq_error *err)
{
	const char *name = g->settings.name;

	if (limit == PFQ_PLACE_LIMIT_USER)
		return error_set(err, -EDQUOT,
				 "group %s: user %u has %u members; allowed: %d of its %d places; "
				 "end some consumers", name, uid, p->own, PFQ_LIMIT_USER_PLACES,
				 PFQ_MEMBERS_MAX);
	if (limit == PFQ_PLACE_LIMIT_USERS)
		return error_set(err, -EDQUOT,
				 "group %s: users other than root have %u members, absent ones "
				 "included; allowed: %d of its %d places", name, p->users,
				 PFQ_LIMIT_USERS_PLACES, PFQ_MEMBERS_MAX);
	return error_set(err, -EDQUOT, "group %s has %u members, absent ones included; allowed: %d",
			 name, p->all, PFQ_MEMBERS_MAX);
}

int place_check(const struct pfqd_group *g, uid_t uid, struct pfq_error *err)
{
	struct pfq_places p = count_members(g, uid);
	enum pfq_place_limit limit;
	const struct absent *a;

	TAILQ_FOREACH(a, &g->absent, entry) {
		if (!yields_to(a, uid))
			pfq_places_count(&p, false, !a->uid);
	}
	limit = pfq_places_limit(&p, kind_of(g, uid));
	return limit ? refuse(g, uid, &p, limit, err) : 0;
}

/*
 * An absent member and the one that replaces it, or will (@former), have one place of a user. They
 * count twice for the group until that one starts.
 */
static bool is_room(const struct pfqd_group *g, uid_t uid, const struct absent *former)
{
	struct pfq_places p = count_members(g, uid);
	const struct absent *a;

	TAILQ_FOREACH(a, &g->absent, entry) {
		if (a == former || absent_is_replaced(a))
			p.all++;
		else
			pfq_places_count(&p, a->uid == uid, !a->uid);
	}
	return !pfq_places_limit(&p, kind_of(g, uid));
}

/* Should @a go before @b? An absent member that a JOIN is about to replace goes later. */
static bool goes_before(const struct absent *a, const struct absent *b)
{
	if (!a->claims != !b->claims)
		return !a->claims;
	return a->until_ns < b->until_ns;
}

static struct absent *find_next(const struct pfqd_group *g, uid_t uid, const struct absent *former)
{
	struct absent *a, *next = NULL;

	TAILQ_FOREACH(a, &g->absent, entry) {
		if (a != former && yields_to(a, uid) && (!next || goes_before(a, next)))
			next = a;
	}
	return next;
}

void place_make_room(struct registry *e, struct pfqd_group *g, uid_t uid, struct absent *former)
{
	struct absent *a;

	while (!is_room(g, uid, former)) {
		a = find_next(g, uid, former);
		a = a ? a : former;
		if (!a)
			return;
		if (a == former)
			former = NULL;
		absent_give_up(e, a);
	}
}
