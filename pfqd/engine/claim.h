/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The claims of a JOIN in work: it counts as an endpoint of its user, and the absent member of its
 * name waits for it. An absent member can hand its charge over to a JOIN, and gets it back if the
 * JOIN fails. A claim knows absent members by their ids, because these can go meanwhile. Control
 * thread only.
 */
#ifndef PFQD_CLAIM_H
#define PFQD_CLAIM_H

#include "absent.h"

struct claim {
	uid_t uid;
	uint32_t awaits;	/* the absent member of the JOIN's name; 0: none */
	uint32_t lender;	/* the absent member that handed its charge over; 0: none */
	uint64_t since_ns;	/* CLOCK_MONOTONIC */
};

/*
 * A JOIN of user @uid begins, to @group under @name. @group NULL: it will make a group. The absent
 * member of that name hands its charge over; so does, for a user at the limit, the one that has the
 * least time left. Returns 0, or -errno with text. claim_cancel() or claim_settle() ends the claim.
 */
int claim_begin(struct claim *claim, struct registry *registry, const struct pfqd_group *group,
		const char *name, uid_t uid, struct pfq_error *err);
/* The JOIN has failed, or its client has gone: absent members are as they would be without it. */
void claim_cancel(const struct claim *claim, struct registry *registry);
/*
 * An endpoint becomes a member of @group under @name, and has the charge from now on. The absent
 * member of that name has as much time left as when the JOIN began. If another one has handed over
 * its charge, and the user is still at the limit, that one goes.
 */
void claim_settle(const struct claim *claim, struct registry *registry,
		  const struct pfqd_group *group, const char *name);

#endif /* PFQD_CLAIM_H */
