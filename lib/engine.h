/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The engines, one row each: how control messages reach them and come back.
 * What the messages say, and what the rings look like, is the same for all.
 */
#ifndef PFQ_LIB_ENGINE_H
#define PFQ_LIB_ENGINE_H

#include <sys/types.h>
#include "message.h"
#include "pfq.h"

struct pfq_conn;

struct pfq_engine {
	const char *name;
	bool is_auto;	/* "auto" may choose it */
	/* Connect to @where; c->fd becomes an open descriptor. */
	int (*open)(struct pfq_conn *c, uint64_t deadline_ns, struct pfq_error *err);
	/* 0, -ETIMEDOUT, -EPIPE: the engine is gone */
	int (*send)(struct pfq_conn *c, const struct pfq_msg_out *o, uint64_t deadline_ns);
	/* the length of one message in c->buf, or as send; fds as pfq_msg_recv() */
	ssize_t (*recv)(struct pfq_conn *c, int *fds, unsigned int fds_max, unsigned int *nfds,
			uint64_t deadline_ns);
};

/* @name NULL or "auto": what this machine has. NULL and err: there is none of that name. */
const struct pfq_engine *pfq_engine_find(const char *name, struct pfq_error *err);

extern const struct pfq_engine pfq_engine_user;

#endif /* PFQ_LIB_ENGINE_H */
