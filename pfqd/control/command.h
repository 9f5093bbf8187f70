/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The handlers of requests: one row in command.c for each command of linux/pfq_control.h. All of
 * them run on the control thread.
 */
#ifndef PFQD_COMMAND_H
#define PFQD_COMMAND_H

#include "connection.h"

/*
 * Run the request @req, which pfq_msg_check_request() has accepted. Returns 0 if @r holds the
 * answer, if the handler has begun a dump, or if it has set c->pending: c->answer() sends the
 * answer later. Returns -errno on failure; r->err then holds the
 * text.
 */
int command_run(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* The handlers, by file. Each returns what command_run() returns. */

/* command_show.c */
/* HELLO: check the protocol version and answer with version and namespace of pfqd. */
int command_hello(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* STATUS_GET: answer with the state of pfqd and of all sources. */
int command_status(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* GROUP_GET: begin a dump of one group or all groups. */
int command_groups(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* ENDPOINT_GET: begin a dump of the endpoints of one group or all groups. */
int command_endpoints(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* Append to @o one DEVICE_BOUND nest that describes @feed. */
void command_put_feed(const struct registry *e, struct pfq_msg_out *o,
		      const struct group_feed *feed);

/* command_join.c */
/*
 * JOIN: make an endpoint for the connection, and its group if need be. Sets c->pending. The answer,
 * which comes later, passes the descriptors of data area, reader area and doorbell.
 */
int command_join(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* command_endpoint.c: commands for the endpoint of the connection */
/* START: the endpoint is started, and gets flows. */
int command_start(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* FILTER_SET: replace the endpoint's filter. */
int command_filter(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* DIRECTION_SET: choose sent packets, received packets, or both. */
int command_direction(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* INJECT: send a frame through the first device of the group. */
int command_inject(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* command_change.c: changes of the configuration, for root only */
/* RELOAD: read pfqd.conf again. */
int command_reload(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* SAVE: begin a dump of the configuration as a text. */
int command_save(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* GROUP_ADD, GROUP_SET, GROUP_DEL: make, change or remove a group. */
int command_group_add(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_group_set(struct connection *c, const struct pfq_msg *req, struct reply *r);
int command_group_del(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* command_program.c */
/* PROGRAM_GET: answer with the program of a group. */
int command_program(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* PROFILE_GET: let a group count the answers of its program's steps, and answer with the counts. */
int command_profile(struct connection *c, const struct pfq_msg *req, struct reply *r);

/* command_set.c: for who may change the group */
/* SET_CHANGE: add entries to a live set, or remove some or all. */
int command_set_change(struct connection *c, const struct pfq_msg *req, struct reply *r);
/* SET_GET: begin a dump of the entries of a live set. */
int command_set_get(struct connection *c, const struct pfq_msg *req, struct reply *r);

#endif /* PFQD_COMMAND_H */
