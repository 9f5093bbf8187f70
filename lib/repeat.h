/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Asks the next engine for what the program has set at the one before: filter, direction, a share
 * of the flows. Part of lib/reconnect.c.
 */
#ifndef PFQ_LIB_REPEAT_H
#define PFQ_LIB_REPEAT_H

#include "pfq.h"

struct pfq;
struct pfq_msg_out;

/* Put the filter and the direction into a JOIN, so that no record is made without them. */
void pfq_repeat_join(struct pfq *q, struct pfq_msg_out *o);

/* q->reconnect.member has joined by q->reconnect.conn. */
void pfq_repeat_begin(struct pfq *q);

/*
 * Send the next request, or take its answer. Does not wait. 0: all is set; -EAGAIN: an answer has
 * to come; -EINVAL: the engine refuses a request; other errors: the connection has failed.
 */
int pfq_repeat_step(struct pfq *q, struct pfq_error *err);

#endif /* PFQ_LIB_REPEAT_H */
