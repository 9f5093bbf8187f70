// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include "claim.h"
#include "limit.h"

void pfqk_claim_begin(struct pfqk_claim *c, const struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	struct pfqk_absent *own = pfqk_absent_find(g, ep->params.name), *lender = own;
	int err;

	ep->is_charged = true;
	if (!own || !own->is_charged || !uid_eq(own->uid, ep->uid)) {
		err = pfqk_limit_take(ep->uid, PFQK_LIMIT_ENDPOINTS, 1);
		lender = err == -EDQUOT ? pfqk_absent_charged_to(g->pn, ep->uid) : NULL;
		ep->is_charged = !err || lender;
	}
	if (lender)
		lender->is_charged = false;
	if (own)
		own->claims++;
	c->awaits = own ? own->id : 0;
	c->lender = lender ? lender->id : 0;
	c->since_ns = ktime_get_ns();
}

/* The claim waits for nobody any more. */
static void let_go(const struct pfqk_claim *c, struct pfqk_net *pn)
{
	struct pfqk_absent *own = pfqk_absent_of_id(pn, c->awaits);

	if (own)
		own->claims--;
	/* its time may have ended meanwhile */
	pfqk_absent_schedule(pn);
}

void pfqk_claim_cancel(const struct pfqk_claim *c, struct pfqk_net *pn, struct pfqk_endpoint *ep)
{
	struct pfqk_absent *lender = pfqk_absent_of_id(pn, c->lender);

	/* an endpoint that could not be prepared has given its charge back */
	if (lender && !lender->is_charged) {
		lender->is_charged = ep->is_charged ||
				     !pfqk_limit_take(lender->uid, PFQK_LIMIT_ENDPOINTS, 1);
		ep->is_charged = false;
	}
	let_go(c, pn);
}

void pfqk_claim_settle(const struct pfqk_claim *c, struct pfqk_group *g, struct pfqk_endpoint *ep)
{
	struct pfqk_absent *own = pfqk_absent_find(g, ep->params.name);
	struct pfqk_absent *lender = pfqk_absent_of_id(g->pn, c->lender);

	/* an absent member that has come since, or another JOIN's */
	if (own && own->is_charged && uid_eq(own->uid, ep->uid)) {
		own->is_charged = false;
		pfqk_limit_give(ep->uid, PFQK_LIMIT_ENDPOINTS, 1);
	}
	if (own && own->id == c->awaits)
		own->until_ns += ktime_get_ns() - c->since_ns;
	if (lender && lender != own && !lender->is_charged) {
		lender->is_charged = !pfqk_limit_take(lender->uid, PFQK_LIMIT_ENDPOINTS, 1);
		if (!lender->is_charged)
			pfqk_absent_give_up(lender);
	}
	let_go(c, g->pn);
}
