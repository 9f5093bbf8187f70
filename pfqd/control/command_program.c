/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* PROGRAM_GET: the program of a group. */
#include "config.h"

#include <errno.h>

#include "command.h"
#include "pfqd/base/error.h"

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
