/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A JOIN in work: its memory is being made. Control thread only. */
#ifndef PFQD_JOIN_H
#define PFQD_JOIN_H

#include "connection.h"
#include "pfqd/engine/claim.h"

struct join {
	struct pending pending;
	struct connection *c;		/* NULL: the client has gone */
	struct registry *registry;
	void *copy;			/* of the request, for req and attrs */
	struct pfq_msg req;
	const struct pfq_attrs *attrs;
	/* the identity that counts; its groups belong to the connection, or to the ticket */
	struct access_cred cred;
	struct ticket *ticket;		/* shown by the client; NULL: none, or not valid */
	const char *ticket_why;		/* why it is not valid; NULL: it is, or there is none */
	struct pfq_error *err;
	const char *group_name;		/* NULL: a private group */
	bool has_bindings;
	struct binding_list bindings;
	struct endpoint_params params;
	struct pfqd_group *group;
	bool is_configured;		/* the group was there at the first step, to stay */
	/* feeds of the group before this JOIN; 0 for a new group */
	unsigned int feeds_before;
	struct endpoint *endpoint;
	struct claim claim;
	uint64_t charged_bytes;
	uint32_t linktype;		/* when the memory was ordered */

	/* on a thread of the maker */
	struct maker_job job;
	int fill_ret;
	struct pfq_error fill_err;
};

/* join_filter.c */
/* Read PFQ_A_DIRECTION. Returns 0, or -EINVAL with text. */
int join_direction_read(uint32_t direction, uint8_t *out, struct pfq_error *err);
/*
 * Give j->endpoint the filter and the direction of the request, and charge its user for the filter.
 * Returns 0, or -errno with text in j->err.
 */
int join_filter_take(struct join *j);
/* Take the charge back. */
void join_filter_give(struct join *j);

/* join_group.c */
/* Complete @p by the settings of the group. */
void join_fit(struct endpoint_params *p, const struct group_settings *s);
/*
 * May the client join the group that the request names, or make it? Sets j->group if it exists, and
 * completes j->params. Returns 0, or -errno with text in j->err.
 */
int join_group_check(struct join *j);
/*
 * Check again, make the group or bind devices to it, and check these. Returns 0, or -errno with
 * text in j->err; the caller then removes what was made in j->group, if it is not NULL.
 */
int join_group_make(struct join *j);

/* join_ticket.c */
/*
 * If the client shows a valid ticket, take it, and judge the client by what it grants: j->cred.
 * Otherwise it is an ordinary client. Returns 0, or -EINVAL with text.
 */
int join_ticket_read(struct join *j);
/* Add to the text of a refusal why the ticket did not help, if there is one. */
void join_ticket_explain(struct join *j);
/* The JOIN has failed: the client may show the ticket again. */
void join_ticket_put_back(struct join *j);
/* The connection has the ticket from now on, or gets one if it can be made. */
void join_ticket_give(struct join *j);

#endif /* PFQD_JOIN_H */
