// SPDX-License-Identifier: GPL-2.0-only
/* Requests on an endpoint that has joined. endpoint.lock is held. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include "access.h"
#include "cpu.h"
#include "filter.h"
#include "group.h"
#include "inject.h"
#include "limit.h"
#include "netlink.h"
#include "netns.h"

static int refuse_cut_off(struct pfqk_request *req)
{
	return pfqk_refuse(req, PFQ_A_FD, -EPIPE, "the endpoint's group has been removed");
}

int pfqk_request_start(struct pfqk_request *req)
{
	struct pfqk_endpoint *ep = req->ep;
	struct pfq_hold *hold = NULL;
	int err;

	mutex_lock(&req->pn->lock);
	if (ep->group && pfqk_group_lacks_hold(ep->group, ep)) {
		/* the table is large: allocate it without the namespace's lock */
		mutex_unlock(&req->pn->lock);
		hold = kvzalloc(sizeof(*hold), GFP_KERNEL_ACCOUNT);
		if (!hold)
			return -ENOMEM;
		mutex_lock(&req->pn->lock);
	}
	err = ep->group ? pfqk_group_start(ep->group, ep, &hold) : refuse_cut_off(req);
	mutex_unlock(&req->pn->lock);
	kvfree(hold);
	return err;
}

/* A change has been published. Answer with the position in each lane from which it holds. */
static int reply_positions(struct pfqk_request *req)
{
	u64 positions[PFQ_LANES_MAX];
	size_t bytes = pfqk_lanes() * sizeof(positions[0]);
	struct sk_buff *msg;
	void *hdr;

	/* wait for packets that still use the old snapshot */
	synchronize_rcu();
	pfqk_endpoint_positions(req->ep, positions);
	msg = pfqk_reply_begin(req, nla_total_size(bytes), &hdr);
	if (!msg)
		return -ENOMEM;
	return pfqk_reply_send(req, msg, hdr, nla_put(msg, PFQ_A_POSITIONS, bytes, positions));
}

/*
 * On success (0) @filter is the endpoint's, and *@filter is the old one. On an error nothing
 * changes.
 */
static int swap_filter(struct pfqk_request *req, struct pfq_filter **filter)
{
	struct pfqk_endpoint *ep = req->ep;
	int err;

	mutex_lock(&req->pn->lock);
	swap(ep->filter, *filter);
	err = ep->group ? pfqk_group_publish(ep->group, GFP_KERNEL) : refuse_cut_off(req);
	if (err)
		swap(ep->filter, *filter);
	mutex_unlock(&req->pn->lock);
	return err;
}

int pfqk_request_filter(struct pfqk_request *req)
{
	const struct nlattr *insns = req->info->attrs[PFQ_A_FILTER];
	struct pfq_filter *filter = NULL;
	kuid_t uid = req->ep->uid;
	int err = 0;

	if (insns && nla_len(insns))
		err = pfqk_filter_create(&filter, nla_data(insns), nla_len(insns));
	if (err == -EINVAL)
		return pfqk_refuse(req, PFQ_A_FILTER, err,
				   "no valid filter; allowed: 1-4096 instructions of classic BPF");
	if (err)
		return err;
	err = pfqk_limit_take(uid, PFQK_LIMIT_FILTER_INSNS, pfqk_filter_insns(filter));
	if (err) {
		pfqk_filter_destroy(filter);
		return pfqk_refuse(req, PFQ_A_FILTER, err,
				   "this user's filters have too many instructions; "
				   "filter in the program");
	}
	err = swap_filter(req, &filter);
	/* of the two filters, the one that is not in use */
	pfqk_limit_give(uid, PFQK_LIMIT_FILTER_INSNS, pfqk_filter_insns(filter));
	pfqk_filter_retire(filter);
	return err ? err : reply_positions(req);
}

int pfqk_request_direction(struct pfqk_request *req)
{
	u32 direction = pfqk_request_u32(req, PFQ_A_DIRECTION);
	struct pfqk_endpoint *ep = req->ep;
	u8 old;
	int err;

	if (direction >= __PFQ_DIRECTION_MAX)
		return pfqk_refuse(req, PFQ_A_DIRECTION, -EINVAL,
				   "direction; allowed: 0 both, 1 in, 2 out");
	mutex_lock(&req->pn->lock);
	old = ep->direction;
	ep->direction = direction;
	err = ep->group ? pfqk_group_publish(ep->group, GFP_KERNEL) : refuse_cut_off(req);
	if (err)
		ep->direction = old;
	mutex_unlock(&req->pn->lock);
	return err ? err : reply_positions(req);
}

int pfqk_request_inject(struct pfqk_request *req)
{
	const struct nlattr *frame = req->info->attrs[PFQ_A_FRAME];
	struct pfqk_endpoint *ep = req->ep;
	bool may;

	mutex_lock(&req->pn->lock);
	may = ep->group && pfqk_access_allowed(&ep->group->settings.access, req->file->f_cred,
					       PFQK_ACCESS_WRITE);
	mutex_unlock(&req->pn->lock);
	if (!may)
		return pfqk_refuse(req, PFQ_A_FD, -EACCES,
				   "you may not inject; the group's access "
				   "policy says who may (w)");
	return pfqk_inject(req, nla_data(frame), nla_len(frame));
}
