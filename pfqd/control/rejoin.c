/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

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
