// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>
#include <linux/stringify.h>
#include "../core/place.h"
#include "place.h"

#define OF_ALL	" of its " __stringify(PFQ_MEMBERS_MAX) " places"

static bool is_root(kuid_t uid)
{
	return uid_eq(uid, GLOBAL_ROOT_UID);
}

static enum pfq_place_user kind_of(const struct pfqk_group *g, kuid_t uid)
{
	if (is_root(uid))
		return PFQ_PLACE_USER_ROOT;
	return uid_eq(uid, g->settings.access.uid) ? PFQ_PLACE_USER_OWNER : PFQ_PLACE_USER_OTHER;
}

/* Can @a make room for a member of user @uid? */
static bool yields_to(const struct pfqk_absent *a, kuid_t uid)
{
	return is_root(uid) || uid_eq(a->uid, uid);
}

static struct pfq_places count_members(const struct pfqk_group *g, kuid_t uid)
{
	const struct pfqk_endpoint *ep;
	struct pfq_places p = { 0 };

	list_for_each_entry(ep, &g->member, entry)
		pfq_places_count(&p, uid_eq(ep->uid, uid), is_root(ep->uid));
	return p;
}

const char *pfqk_place_refusal(const struct pfqk_group *g, kuid_t uid)
{
	static const char *const texts[] = {
		[PFQ_PLACE_LIMIT_USER] = "one user other than root and the group's owner has "
			__stringify(PFQ_LIMIT_USER_PLACES) " members of this group; allowed: "
			__stringify(PFQ_LIMIT_USER_PLACES) OF_ALL "; end some consumers",
		[PFQ_PLACE_LIMIT_USERS] = "users other than root have "
			__stringify(PFQ_LIMIT_USERS_PLACES) " members of this group, absent ones "
			"included; allowed: " __stringify(PFQ_LIMIT_USERS_PLACES) OF_ALL,
		[PFQ_PLACE_LIMIT_GROUP] = "this group has " __stringify(PFQ_MEMBERS_MAX)
			" members, absent ones included; allowed: " __stringify(PFQ_MEMBERS_MAX),
	};
	struct pfq_places p = count_members(g, uid);
	const struct pfqk_absent *a;

	list_for_each_entry(a, &g->absent, entry) {
		if (!yields_to(a, uid))
			pfq_places_count(&p, false, is_root(a->uid));
	}
	return texts[pfq_places_limit(&p, kind_of(g, uid))];
}

/* Is a member there that takes the share of @a when it starts? */
static bool is_replaced(const struct pfqk_absent *a)
{
	const struct pfqk_endpoint *ep;

	list_for_each_entry(ep, &a->group->member, entry) {
		if (!strcmp(ep->params.name, a->params.name))
			return true;
	}
	return false;
}

/*
 * An absent member and the one that replaces it, or will (@former), have one place of a user. They
 * count twice for the group until that one starts.
 */
static bool is_room(const struct pfqk_group *g, kuid_t uid, const struct pfqk_absent *former)
{
	struct pfq_places p = count_members(g, uid);
	const struct pfqk_absent *a;

	list_for_each_entry(a, &g->absent, entry) {
		if (a == former || is_replaced(a))
			p.all++;
		else
			pfq_places_count(&p, uid_eq(a->uid, uid), is_root(a->uid));
	}
	return !pfq_places_limit(&p, kind_of(g, uid));
}

/* Should @a go before @b? An absent member that a JOIN is about to replace goes later. */
static bool goes_before(const struct pfqk_absent *a, const struct pfqk_absent *b)
{
	if (!a->claims != !b->claims)
		return !a->claims;
	return a->until_ns < b->until_ns;
}

struct pfqk_absent *pfqk_place_next(const struct pfqk_group *g, kuid_t uid,
				    struct pfqk_absent *former)
{
	struct pfqk_absent *a, *next = NULL;

	if (is_room(g, uid, former))
		return NULL;
	list_for_each_entry(a, &g->absent, entry) {
		if (a != former && yields_to(a, uid) && (!next || goes_before(a, next)))
			next = a;
	}
	return next ? next : former;
}
