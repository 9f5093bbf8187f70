/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What requests do: one row for each command of linux/pfq.h. */
#ifndef PFQD_COMMAND_H
#define PFQD_COMMAND_H

#include "connection.h"

/*
 * Run the request @req, which pfq_msg_check_request() found good. 0: answer
 * with @r, or a dump has begun; else -errno, and r->err goes with it.
 */
int command_run(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* the handlers, by file */

/* command_show.c */
int command_hello(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_status(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_groups(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_endpoints(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* a DEVICE_BOUND nest */
void command_put_feed(const struct registry *e, struct pfq_msg_out *o,
		      const struct group_feed *feed);

/* command_join.c */
int command_join(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* command_endpoint.c: of the connection's endpoint */
int command_start(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_filter(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_direction(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_inject(struct connection *c, const struct pfq_msg *req, struct reply *r);

#endif /* PFQD_COMMAND_H */
