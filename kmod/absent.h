/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members that have left a group and may come back: see NAME and LINGER_NS in
 * linux/pfq_control.h. All functions but the first need pfqk_net.lock.
 */
#ifndef PFQK_ABSENT_H
#define PFQK_ABSENT_H

#include "endpoint.h"

struct pfqk_net;

struct pfqk_absent {
	struct list_head entry;		/* in the group's list, by share */
	struct pfqk_group *group;
	u32	id;			/* of the endpoint that left */
	u32	share;
	struct pfqk_endpoint_params params;
	kuid_t	uid;
	pid_t	pid;
	char	comm[TASK_COMM_LEN];
	u64	until_ns;		/* monotonic */
	/*
	 * counts for its user as an endpoint; false while an endpoint or a JOIN counts instead
	 */
	bool	is_charged;
	/* JOINs in work under its name (claim.h); it stays absent until they have ended */
	u32	claims;
	/* [lanes], shared with the endpoint that left; their rings may be gone */
	struct pfq_producer *producer;
	u64	read;			/* packets, when it left */
	struct pfqk_retired retired;
};

/* The function of pfqk_net.linger: removes absent members whose time is over. Takes the lock. */
void pfqk_absent_work(struct work_struct *work);

/* The absent member of @group with this name; NULL: none. */
struct pfqk_absent *pfqk_absent_find(const struct pfqk_group *group, const char *name);

/*
 * @ep is about to leave its group. If its share is to be kept, make an absent member of it, which
 * takes over the charge of one endpoint.
 */
void pfqk_absent_add(struct pfqk_group *group, struct pfqk_endpoint *ep);
/*
 * @ep takes the share and the place of the absent member of its name. Returns that one, which is in
 * no list any more, or NULL. pfqk_absent_free() ends it; pfqk_absent_restore() undoes everything.
 */
struct pfqk_absent *pfqk_absent_take(struct pfqk_group *group, struct pfqk_endpoint *ep);
void pfqk_absent_restore(struct pfqk_group *group, struct pfqk_endpoint *ep,
			 struct pfqk_absent *absent);
void pfqk_absent_free(struct pfqk_absent *absent);	/* NULL: nothing */
void pfqk_absent_remove_all(struct pfqk_group *group);

/*
 * @ep leaves and does not become absent: the absent member of its name that has handed its charge
 * over gets the charge back.
 */
void pfqk_absent_recharge(struct pfqk_group *group, struct pfqk_endpoint *ep);

/* --- for claim.c and place.c --- */
/* The absent member with the id of that endpoint; NULL: none, or @id is 0. */
struct pfqk_absent *pfqk_absent_of_id(const struct pfqk_net *pn, u32 id);
/* The absent member that is charged to @uid and has the least time left; NULL: none. */
struct pfqk_absent *pfqk_absent_charged_to(const struct pfqk_net *pn, kuid_t uid);
/* Others take the share of @absent, which is freed. */
void pfqk_absent_give_up(struct pfqk_absent *absent);
/* Schedule the work item pfqk_net.linger, after a change of absent members. */
void pfqk_absent_schedule(struct pfqk_net *pn);

#endif /* PFQK_ABSENT_H */
