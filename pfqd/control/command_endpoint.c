/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Commands for the endpoint of the connection that sent them. */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "join.h"
#include "ticket.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "inject.h"

/* Log why an endpoint that has just started gets no packets yet, or at all. */
static void log_started(const struct endpoint *ep)
{
	const struct pfqd_group *g = ep->group;
	const struct log_about about = {
		.group = g->settings.name, .endpoint = ep->id, .pid = ep->pid, .uid = ep->uid
	};
	uint64_t addressed = pfq_program_classes(g->settings.program->core);

	if (!(ep->params.classes & addressed))
		log_write(LOG_LEVEL_WARNING, &about,
			  "group %s: endpoint %u of %s gets no packets: the program addresses the "
			  "classes %#llx, and the endpoint has %#llx (PFQ_CLASS)",
			  g->settings.name, ep->id, ep->comm, (unsigned long long)addressed,
			  (unsigned long long)ep->params.classes);
	if (group_is_holding(g))
		log_write(LOG_LEVEL_INFO, &about,
			  "group %s: %u of %u members are here, %u absent; it gives no packets "
			  "before all are",
			  g->settings.name, group_takers(g), g->settings.members_wanted,
			  g->absents);
}

int command_start(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	bool had_started = c->endpoint->is_started;
	int ret;

	(void)req;
	registry_endpoint_start(c->registry, c->endpoint);
	ret = registry_update(c->registry, &r->err);
	if (!ret && !had_started)
		log_started(c->endpoint);
	return ret;
}

/*
 * A change of the endpoint has been published. The answer tells, for each lane, the first record
 * that the change applies to.
 */
static void put_positions(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	uint64_t positions[PFQ_LANES_MAX];

	endpoint_positions(c->endpoint, positions);
	pfq_msg_begin(&r->out, req->cmd, 0, req->seq);
	r->has_out = true;
	pfq_msg_put_binary(&r->out, PFQ_A_POSITIONS, positions,
			   c->endpoint->lanes * sizeof(positions[0]));
}

/*
 * Publish @filter as the endpoint's filter and free the old one. On failure the old filter stays
 * and @filter is freed.
 */
static int set_filter(struct connection *c, struct pfq_filter *filter, struct pfq_error *err)
{
	struct pfq_filter *old = c->endpoint->filter;
	int ret;

	c->endpoint->filter = filter;
	group_changed(c->endpoint->group);
	ret = registry_update(c->registry, err);
	if (ret)
		c->endpoint->filter = old;
	free(ret ? filter : old);
	return ret;
}

int command_filter(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	struct limits *limits = c->registry->limits;
	struct endpoint *ep = c->endpoint;
	struct pfq_filter *filter = NULL;
	size_t bytes = 0;
	const void *insns = pfq_attrs_binary(&req->attrs, PFQ_A_FILTER, &bytes);
	uint32_t had = ep->filter_insns, count = bytes / sizeof(struct sock_filter);
	uint32_t more = count > had ? count - had : 0, less = had > count ? had - count : 0;
	int ret;

	if (bytes) {
		ret = filter_load(insns, bytes, &filter, &r->err);
		if (ret)
			return ret;
	}
	ret = limits_take(limits, ep->uid, LIMIT_FILTER_INSNS, more, &r->err);
	if (ret) {
		free(filter);
		return ret;
	}
	ret = set_filter(c, filter, &r->err);
	limits_give(limits, ep->uid, LIMIT_FILTER_INSNS, ret ? more : less);
	if (ret)
		return ret;
	ep->filter_insns = count;
	put_positions(c, req, r);
	return 0;
}

int command_direction(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	uint8_t old = c->endpoint->direction;
	int ret;

	ret = join_direction_read(pfq_attrs_u32(&req->attrs, PFQ_A_DIRECTION),
				  &c->endpoint->direction, &r->err);
	if (ret)
		return ret;
	group_changed(c->endpoint->group);
	ret = registry_update(c->registry, &r->err);
	if (ret) {
		c->endpoint->direction = old;
		return ret;
	}
	put_positions(c, req, r);
	return 0;
}

int command_inject(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	const struct pfqd_group *g = c->endpoint->group;
	size_t bytes = 0;
	const void *frame = pfq_attrs_binary(&req->attrs, PFQ_A_FRAME, &bytes);

	/* a member with a ticket may do what it was granted */
	const struct access_cred *cred = c->ticket ? &c->ticket->cred : &c->cred;

	if (!access_allowed(&g->settings.access, cred, ACCESS_WRITE))
		return error_set(&r->err, -EACCES,
				 "group %s: user %u may not inject; its access in "
				 "pfqd.conf says who may (w)",
				 g->settings.name, cred->uid);
	return inject_frame(c, frame, bytes, &r->err);
}
