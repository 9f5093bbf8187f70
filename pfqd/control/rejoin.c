/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/base/log.h"
#include "pfqd/engine/endpoint.h"
#include "rejoin.h"

#define PERIOD_NS	60000000000ULL

/* May the log have one more line? Clients can cause them whenever they want. */
static bool may_log(struct connections *all)
{
	uint64_t now_ns = registry_now_ns();

	if (!all->rejoin_lines || now_ns - all->rejoin_since_ns >= PERIOD_NS) {
		all->rejoin_since_ns = now_ns;
		all->rejoin_lines = 0;
	}
	if (all->rejoin_lines > REJOIN_LINES_MAX)
		return false;
	if (all->rejoin_lines++ < REJOIN_LINES_MAX)
		return true;
	log_warning("pfqd refuses the JOINs of more programs again: the log has %d of them in a "
		    "minute", REJOIN_LINES_MAX);
	return false;
}

void rejoin_refused(struct connection *c, const struct pfq_msg *req, const char *text)
{
	struct rejoin *r = c->rejoin;

	/* the second JOIN of a connection is for a client that has joined */
	if (c->endpoint)
		return;
	if (!r) {
		c->rejoin = calloc(1, sizeof(*r));
		return;
	}
	if (!strcmp(r->err.text, text))
		return;
	snprintf(r->err.text, sizeof(r->err.text), "%s", text);
	pfq_attrs_copy(&req->attrs, PFQ_A_GROUP, r->group, sizeof(r->group));
	endpoint_comm_read(c->cred.pid, r->comm, sizeof(r->comm));
	if (may_log(c->all))
		log_write(LOG_LEVEL_WARNING,
			  LOG_ABOUT(.group = r->group, .pid = c->cred.pid, .uid = c->cred.uid),
			  "%s (process %d, user %u) gets no packets, because its JOIN is refused "
			  "again and again: %s", r->comm, c->cred.pid, c->cred.uid, r->err.text);
}

void rejoin_end(struct connection *c)
{
	free(c->rejoin);
	c->rejoin = NULL;
}

/* --- status ---------------------------------------------------------------------- */

/* The upper limit of a REFUSED nest, whose attributes have headers of four bytes. */
#define NEST_BYTES	(6 * NLA_HDRLEN + 2 * sizeof(uint32_t) + \
			 NLA_ALIGN(sizeof(((struct rejoin *)0)->comm)) + \
			 NLA_ALIGN(PFQ_NAME_MAX + 1) + NLA_ALIGN(PFQ_MSG_TEXT_MAX + 1))

static bool is_again(const struct connection *c)
{
	return c->rejoin && c->rejoin->err.text[0];
}

static bool has_room(struct pfq_msg_out *o)
{
	const void *buf;
	size_t used;

	return !pfq_msg_bytes(o, &buf, &used) && used + NEST_BYTES <= PFQ_MSG_MAX;
}

static void put_client(const struct connection *c, struct pfq_msg_out *o)
{
	struct nlattr *nest = pfq_msg_nest(o, PFQ_A_REFUSED);
	const struct rejoin *r = c->rejoin;

	pfq_msg_put_u32(o, PFQ_A_PID, c->cred.pid);
	pfq_msg_put_u32(o, PFQ_A_UID, c->cred.uid);
	pfq_msg_put_string(o, PFQ_A_COMM, r->comm);
	if (r->group[0])
		pfq_msg_put_string(o, PFQ_A_GROUP, r->group);
	pfq_msg_put_string(o, PFQ_A_WHY, r->err.text);
	pfq_msg_nest_end(o, nest);
}

void rejoin_put(const struct connections *all, struct pfq_msg_out *o)
{
	const struct connection *c;
	uint32_t count = 0;

	TAILQ_FOREACH(c, &all->list, entry)
		count += is_again(c);
	if (count)
		pfq_msg_put_u32(o, PFQ_A_REFUSALS, count);
	TAILQ_FOREACH(c, &all->list, entry) {
		if (is_again(c) && has_room(o))
			put_client(c, o);
	}
}
