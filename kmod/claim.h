/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The claims of a JOIN in work: it counts as an endpoint of its user, and the absent member of its
 * name waits for it. An absent member can hand its charge over to a JOIN, and gets it back if the
 * JOIN fails. A claim knows absent members by their ids, because these can go meanwhile. All
 * functions need pfqk_net.lock.
 */
#ifndef PFQK_CLAIM_H
#define PFQK_CLAIM_H

#include "group.h"

struct pfqk_claim {
	u32	awaits;		/* the absent member of the endpoint's name; 0: none */
	u32	lender;		/* the absent member that handed its charge over; 0: none */
	u64	since_ns;	/* monotonic */
};

/*
 * @ep is about to join @group under its name. The absent member of that name hands its charge over;
 * so does, for a user at the limit, the one that has the least time left. If there is none,
 * pfqk_endpoint_prepare() reports that. pfqk_claim_cancel() or pfqk_claim_settle() ends the claim.
 */
void pfqk_claim_begin(struct pfqk_claim *claim, const struct pfqk_group *group,
		      struct pfqk_endpoint *ep);
/* The JOIN has failed: absent members are as they would be without it. */
void pfqk_claim_cancel(const struct pfqk_claim *claim, struct pfqk_net *pn,
		       struct pfqk_endpoint *ep);
/*
 * @ep has become a member of @group, and has the charge from now on. The absent member of its name
 * has as much time left as when the JOIN began. If another one has handed over its charge, and the
 * user is still at the limit, that one goes.
 */
void pfqk_claim_settle(const struct pfqk_claim *claim, struct pfqk_group *group,
		       struct pfqk_endpoint *ep);

#endif /* PFQK_CLAIM_H */
