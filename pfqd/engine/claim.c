/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "claim.h"
#include "registry.h"

int claim_begin(struct claim *c, struct registry *e, const struct pfqd_group *g, const char *name,
		uid_t uid, struct pfq_error *err)
{
	struct absent *own = g ? absent_find(g, name) : NULL, *lender = own;
	int ret;

	if (!own || !own->is_charged || own->uid != uid) {
		ret = limits_take(e->limits, uid, LIMIT_ENDPOINTS, 1, err);
		lender = ret == -EDQUOT ? absent_charged_to(e, uid) : NULL;
		if (ret && !lender)
			return ret;
	}
	if (lender)
		lender->is_charged = false;
	if (own)
		own->claims++;
	*c = (struct claim){
		.uid = uid,
		.awaits = own ? own->id : 0,
		.lender = lender ? lender->id : 0,
		.since_ns = loop_now_ns(),
	};
	return 0;
}

/* The claim waits for nobody any more. */
static void let_go(const struct claim *c, struct registry *e)
{
	struct absent *own = absent_of_id(e, c->awaits);

	if (own)
		own->claims--;
	/* its time may have ended meanwhile */
	absent_schedule(e);
}

void claim_cancel(const struct claim *c, struct registry *e)
{
	struct absent *lender = absent_of_id(e, c->lender);

	if (lender && !lender->is_charged)
		lender->is_charged = true;
	else
		limits_give(e->limits, c->uid, LIMIT_ENDPOINTS, 1);
	let_go(c, e);
}

/* @lender gets its charge back if the limit allows that. Otherwise it goes. */
static void repay(struct registry *e, struct absent *lender)
{
	struct pfq_error err;

	if (limits_take(e->limits, lender->uid, LIMIT_ENDPOINTS, 1, &err))
		absent_give_up(e, lender);
	else
		lender->is_charged = true;
}

void claim_settle(const struct claim *c, struct registry *e, const struct pfqd_group *g,
		  const char *name)
{
	struct absent *own = absent_find(g, name), *lender = absent_of_id(e, c->lender);

	/* an absent member that has come since, or another JOIN's */
	if (own && own->is_charged && own->uid == c->uid) {
		own->is_charged = false;
		limits_give(e->limits, c->uid, LIMIT_ENDPOINTS, 1);
	}
	if (own && own->id == c->awaits)
		own->until_ns += loop_now_ns() - c->since_ns;
	if (lender && lender != own && !lender->is_charged)
		repay(e, lender);
	let_go(c, e);
}
