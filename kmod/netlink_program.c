// SPDX-License-Identifier: GPL-2.0-only
/* PROGRAM_GET: the program of a group. */
#include "group.h"
#include "netlink.h"
#include "netns.h"

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
