/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Members that have left a group and may come back. A member with a name that leaves becomes
 * absent: it keeps its share of the group's packets until its group's linger is over, or until a
 * member of the same name starts and takes the share. Control thread only.
 */
#ifndef PFQD_ABSENT_H
#define PFQD_ABSENT_H

#include <sys/queue.h>

#include "endpoint.h"

struct registry;

struct absent {
	TAILQ_ENTRY(absent) entry;	/* in the group's list, by share */
	struct pfqd_group *group;
	uint32_t id;			/* of the endpoint that left */
	uint32_t share;
	struct endpoint_params params;
	pid_t pid;
	uid_t uid;
	char comm[32];
	uint64_t until_ns;		/* CLOCK_MONOTONIC */
	/* counts for its user as an endpoint; false while an endpoint or a JOIN counts instead */
	bool is_charged;
	/* JOINs in work under its name (claim.h); it stays absent until they have ended */
	unsigned int claims;
	/* of the endpoint; final after absent_count() */
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];
	uint64_t read;
};

TAILQ_HEAD(absent_list, absent);

/* The absent member of @group with this name; NULL: none. */
struct absent *absent_find(const struct pfqd_group *group, const char *name);

/*
 * @ep is about to leave its group. If its share is to be kept, make an absent member, which takes
 * over the charge of one endpoint, and return true.
 */
bool absent_add(struct registry *registry, struct endpoint *ep);
/* No worker counts for @ep any more: the absent member that it became takes its counters. */
void absent_count(struct registry *registry, const struct endpoint *ep);
/*
 * Make an absent member of @group as another pfqd had it: endpoint @id of user @uid, with this
 * share, name, weight and classes. It stays for the group's linger, but at least @wait_ns. Returns
 * false if there is no memory or no room.
 */
bool absent_restore(struct registry *registry, struct pfqd_group *group, uint32_t id,
		    uint32_t share, uid_t uid, const struct endpoint_params *params,
		    uint64_t wait_ns);
/*
 * The absent member that @ep was before, and whose share it takes: that of its id, or of its name.
 * NULL: none.
 */
struct absent *absent_former(const struct pfqd_group *group, const struct endpoint *ep);
/* Is a member there that takes the share of @absent when it starts? */
bool absent_is_replaced(const struct absent *absent);
/* @ep takes the share and the place of absent_former(), if there is one. */
void absent_take(struct registry *registry, struct endpoint *ep);
/* Remove all absent members of @group. */
void absent_remove_all(struct registry *registry, struct pfqd_group *group);

/*
 * An endpoint of @uid that left @group under @name, and did not become absent, counts no more: an
 * absent member of that name which has handed its charge over gets the charge back.
 */
void absent_uncharge(struct registry *registry, const struct pfqd_group *group, const char *name,
		     uid_t uid);

/* Remove absent members whose time is over, and set the registry's linger timer for the next. */
void absent_expire(struct registry *registry);

/* --- for claim.c and place.c --- */
/* The absent member with the id of that endpoint; NULL: none, or @id is 0. */
struct absent *absent_of_id(const struct registry *registry, uint32_t id);
/* The absent member that is charged to @uid and has the least time left; NULL: none. */
struct absent *absent_charged_to(const struct registry *registry, uid_t uid);
/* Others take the share of @absent, which makes room. It is freed. */
void absent_give_up(struct registry *registry, struct absent *absent);
/* Set the registry's linger timer, after a change of absent members. */
void absent_schedule(struct registry *registry);

#endif /* PFQD_ABSENT_H */
