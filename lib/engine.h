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
#include "ring.h"

struct pfq_answer;
struct pfq_conn;

struct pfq_engine {
	const char *name;
	bool has_adapter_time;	/* a JOIN may ask for it: TSTAMP */
	/* Connect to @where; c->fd becomes an open descriptor. */
	int (*open)(struct pfq_conn *c, uint64_t deadline_ns, struct pfq_error *err);
	void (*close)(struct pfq_conn *c);	/* NULL: nothing but c->fd */
	/* 0, -ETIMEDOUT, -EPIPE: the engine is gone */
	int (*send)(struct pfq_conn *c, const struct pfq_msg_out *o, uint64_t deadline_ns);
	/* the length of one message in c->buf, or as send; fds as pfq_msg_recv() */
	ssize_t (*recv)(struct pfq_conn *c, int *fds, unsigned int fds_max, unsigned int *nfds,
			uint64_t deadline_ns);
	/*
	 * Before a JOIN: have the ring in @m->fd, which stays open until attach(). -ENOMEM: a
	 * limit; @m->reason says more. NULL: the engine allocates by itself.
	 */
	int (*bring)(struct pfq_conn *c, struct pfq_ioc_memory *m);
	/*
	 * @a answers a JOIN: map the ring; *doorbell becomes the caller's. The answer's
	 * descriptors stay the caller's, but for what it finds in *doorbell.
	 */
	int (*attach)(struct pfq_conn *c, const struct pfq_answer *a, struct pfq_ring *r,
		      int *doorbell, struct pfq_error *err);
};

/* "user" or "kernel". NULL and err: there is none of that name. */
const struct pfq_engine *pfq_engine_find(const char *name, struct pfq_error *err);

/* For the engines: wait for poll events on @fd. 0, -ETIMEDOUT, or what poll says. */
int pfq_engine_wait(int fd, short events, uint64_t deadline_ns);

extern const struct pfq_engine pfq_engine_user;
extern const struct pfq_engine pfq_engine_kernel;

#endif /* PFQ_LIB_ENGINE_H */
