/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The ticket that a JOIN shows, and the one that its endpoint gets. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "join.h"
#include "pfqd/base/error.h"
#include "ticket.h"

static const char *text_or_none(const struct join *j, enum pfq_attr attr)
{
	const char *text = pfq_attrs_string(j->attrs, attr);

	return text ? text : "";
}

int join_ticket_read(struct join *j)
{
	size_t bytes;
	const void *secret = pfq_attrs_binary(j->attrs, PFQ_A_TICKET, &bytes);

	if (!secret)
		return 0;
	if (bytes != PFQ_TICKET_BYTES)
		return error_set(j->err, -EINVAL, "a ticket of %zu bytes is not allowed; allowed: "
				 "%d", bytes, PFQ_TICKET_BYTES);
	j->ticket = ticket_take(j->c->all->tickets, secret, text_or_none(j, PFQ_A_GROUP),
				text_or_none(j, PFQ_A_BINDINGS), &j->ticket_why);
	if (!j->ticket)
		return 0;
	j->cred = j->ticket->cred;
	j->cred.pid = j->c->cred.pid;
	return 0;
}

void join_ticket_explain(struct join *j)
{
	size_t used = strlen(j->err->text);

	if (j->ticket_why)
		snprintf(j->err->text + used, sizeof(j->err->text) - used,
			 "; its ticket is not valid: %s", j->ticket_why);
}

void join_ticket_put_back(struct join *j)
{
	if (j->ticket)
		ticket_put_back(j->c->all->tickets, j->ticket);
	j->ticket = NULL;
}

void join_ticket_give(struct join *j)
{
	struct connection *c = j->c;

	c->ticket = j->ticket;
	j->ticket = NULL;
	if (!c->ticket)
		c->ticket = ticket_make(c->all->tickets, &j->cred, text_or_none(j, PFQ_A_GROUP),
					text_or_none(j, PFQ_A_BINDINGS));
}
