// SPDX-License-Identifier: GPL-2.0-only
/* PROGRAM_GET and PROFILE_GET: the program of a group, and the answers of its steps. */
#include <linux/fs.h>
#include <linux/slab.h>
#include "access.h"
#include "endpoint.h"
#include "netlink.h"
#include "netns.h"
#include "profile.h"

/* for an answer without PROGRAM and PROGRAM_TEXT */
#define ANSWER_BYTES	256

static int put_program(struct sk_buff *msg, const struct pfqk_group_settings *s)
{
	const struct pfqk_program *p = s->program;

	return nla_put_string(msg, PFQ_A_GROUP, s->name) ||
	       nla_put_string(msg, PFQ_A_STEER, s->steer) ||
	       (p->wire && nla_put(msg, PFQ_A_PROGRAM, p->wire_bytes, p->wire)) ||
	       (p->text && nla_put_string(msg, PFQ_A_PROGRAM_TEXT, p->text)) ? -EMSGSIZE : 0;
}

/* Make the answer about @g. Under the namespace's lock. */
static struct sk_buff *program_answer(const struct pfqk_request *req, const struct pfqk_group *g,
				      void **hdr, int *err)
{
	const struct pfqk_program *p = g->settings.program;
	size_t bytes = ANSWER_BYTES + p->wire_bytes + (p->text ? strlen(p->text) : 0);
	struct sk_buff *msg = pfqk_reply_begin(req, bytes, hdr);

	*err = msg ? put_program(msg, &g->settings) : -ENOMEM;
	return msg;
}

int pfqk_request_program_get(struct pfqk_request *req)
{
	const struct pfqk_group *g;
	struct sk_buff *msg = NULL;
	void *hdr;
	int err;

	mutex_lock(&req->pn->lock);
	g = pfqk_group_find(req->pn, pfqk_request_string(req, PFQ_A_GROUP));
	if (g)
		msg = program_answer(req, g, &hdr, &err);
	else
		err = pfqk_refuse(req, PFQ_A_GROUP, -ENOENT, "no such group here");
	mutex_unlock(&req->pn->lock);
	return msg ? pfqk_reply_send(req, msg, hdr, err) : err;
}

/* --- PROFILE_GET ------------------------------------------------------------------ */

/* The answers of a program's steps; too large for the stack. */
struct answers {
	u32	steps;
	u64	times[2 * PFQ_LANG_STEPS_MAX];
};

static void take_answers(struct answers *a, const struct pfq_profile *p)
{
	u32 i;

	for (i = 0; p && i < p->steps; i++)
		pfq_profile_sum(p, i, &a->times[2 * i]);
	a->steps = i;
}

/* The endpoint's file owns the counts, and keeps the namespace. */
static int begin(struct pfqk_request *req, struct pfqk_group *g, u32 seconds)
{
	struct pfqk_endpoint *ep = req->ep;
	int err = pfqk_profile_begin(g, ep, seconds, req->info->extack);

	if (err)
		return err;
	if (!ep->net)
		ep->net = get_net_track(req->pn->net, &ep->net_tracker, GFP_KERNEL);
	return 0;
}

/* Do what the request asks of the group, and take the answers. Under the namespace's lock. */
static int profile(struct pfqk_request *req, struct answers *a)
{
	struct pfqk_group *g = pfqk_group_find(req->pn, pfqk_request_string(req, PFQ_A_GROUP));
	u32 seconds = pfqk_request_u32(req, PFQ_A_PROFILE);
	int err = 0;

	if (!g)
		return pfqk_refuse(req, PFQ_A_GROUP, -ENOENT, "no such group here");
	if (!pfqk_access_allowed(&g->settings.access, req->file->f_cred, PFQK_ACCESS_WRITE))
		return pfqk_refuse(req, PFQ_A_GROUP, -EACCES,
				   "you may not count its steps' answers; the group's access "
				   "policy says who may (w)");
	if (req->info->attrs[PFQ_A_PROFILE])
		err = begin(req, g, seconds);
	if (!err)
		take_answers(a, pfqk_profile_of(g, req->ep));
	return err;
}

static int send_answers(const struct pfqk_request *req, const struct answers *a)
{
	size_t bytes = a->steps * 2 * sizeof(a->times[0]);
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = pfqk_reply_begin(req, ANSWER_BYTES + bytes, &hdr);
	if (!msg)
		return -ENOMEM;
	err = nla_put_string(msg, PFQ_A_GROUP, pfqk_request_string(req, PFQ_A_GROUP)) ||
	      (bytes && nla_put(msg, PFQ_A_STEPS, bytes, a->times)) ? -EMSGSIZE : 0;
	return pfqk_reply_send(req, msg, hdr, err);
}

int pfqk_request_profile(struct pfqk_request *req)
{
	u32 seconds = pfqk_request_u32(req, PFQ_A_PROFILE);
	struct answers *a;
	int err;

	if (req->info->attrs[PFQ_A_PROFILE] && (!seconds || seconds > PFQ_PROFILE_S_MAX))
		return pfqk_refuse(req, PFQ_A_PROFILE, -EINVAL, "seconds; allowed: 1-"
				   __stringify(PFQ_PROFILE_S_MAX));
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	mutex_lock(&req->pn->lock);
	err = profile(req, a);
	mutex_unlock(&req->pn->lock);
	if (!err)
		err = send_answers(req, a);
	kfree(a);
	return err;
}
