/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* PROGRAM_GET and PROFILE_GET: the program of a group, and the answers of its steps. */
#include "config.h"

#include <errno.h>

#include "command.h"
#include "pfqd/base/error.h"
#include "pfqd/engine/profile.h"

/* Header, and GROUP and STEER, of an answer; PROGRAM and PROGRAM_TEXT have room beside them. */
#define ANSWER_BYTES	256
_Static_assert(ANSWER_BYTES + PFQ_LANG_BYTES_MAX + PFQ_PROGRAM_TEXT_MAX <= PFQ_MSG_MAX,
	       "an answer to PROGRAM_GET is one message");

static int find_group(const struct connection *c, const struct pfq_msg *req,
		      struct pfqd_group **g, struct pfq_error *err)
{
	const char *name = pfq_attrs_string(&req->attrs, PFQ_A_GROUP);

	*g = registry_group_find(c->registry, name);
	return *g ? 0 : error_set(err, -ENOENT, "no group \"%s\" here", name);
}

int command_program(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	const struct group_settings *s;
	struct pfqd_group *g;
	int ret = find_group(c, req, &g, &r->err);

	if (ret)
		return ret;
	s = &g->settings;
	pfq_msg_begin(&r->out, PFQ_CMD_PROGRAM_GET, 0, req->seq);
	r->has_out = true;
	pfq_msg_put_string(&r->out, PFQ_A_GROUP, s->name);
	pfq_msg_put_string(&r->out, PFQ_A_STEER, s->steer);
	if (!s->program->wire)
		return 0;
	pfq_msg_put_binary(&r->out, PFQ_A_PROGRAM, s->program->wire, s->program->wire_bytes);
	pfq_msg_put_string(&r->out, PFQ_A_PROGRAM_TEXT, s->program->text);
	return 0;
}

static int begin_profile(struct connection *c, const struct pfq_msg *req, struct pfqd_group *g,
			 struct pfq_error *err)
{
	uint32_t seconds = pfq_attrs_u32(&req->attrs, PFQ_A_PROFILE);
	int ret;

	if (!pfq_attrs_has(&req->attrs, PFQ_A_PROFILE))
		return 0;
	if (!seconds || seconds > PFQ_PROFILE_S_MAX)
		return error_set(err, -EINVAL, "PROFILE %u; allowed: 1 to %d seconds", seconds,
				 PFQ_PROFILE_S_MAX);
	ret = profile_begin(c->registry, g, c, seconds, err);
	if (ret)
		return ret;
	c->has_profile = true;
	ret = registry_update(c->registry, err);
	if (ret)
		group_profile_end(g);
	return ret;
}

static void put_steps(struct pfq_msg_out *o, const struct pfq_profile *p)
{
	uint64_t times[2 * PFQ_LANG_STEPS_MAX];
	uint32_t i;

	for (i = 0; i < p->steps; i++)
		pfq_profile_sum(p, i, &times[2 * i]);
	pfq_msg_put_binary(o, PFQ_A_STEPS, times, p->steps * 2 * sizeof(times[0]));
}

int command_profile(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	const struct pfq_profile *profile;
	struct pfqd_group *g;
	int ret = find_group(c, req, &g, &r->err);

	if (ret)
		return ret;
	if (!access_allowed(&g->settings.access, &c->cred, ACCESS_WRITE))
		return error_set(&r->err, -EACCES, "group %s: user %u may not count the answers of "
				 "its steps; its access in pfqd.conf says who may (w)",
				 g->settings.name, c->cred.uid);
	ret = begin_profile(c, req, g, &r->err);
	if (ret)
		return ret;
	pfq_msg_begin(&r->out, PFQ_CMD_PROFILE_GET, 0, req->seq);
	r->has_out = true;
	pfq_msg_put_string(&r->out, PFQ_A_GROUP, g->settings.name);
	profile = profile_of(g, c);
	if (profile)
		put_steps(&r->out, profile);
	return 0;
}
