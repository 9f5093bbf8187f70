/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * How control messages reach the user engine and the kernel engine, and how answers come back:
 * one table row each.
 * Messages and rings are the same for all engines.
 */
#ifndef PFQ_LIB_TRANSPORT_H
#define PFQ_LIB_TRANSPORT_H

#include <sys/types.h>
#include "message.h"
#include "pfq.h"
#include "ring.h"

struct pfq_answer;
struct pfq_conn;

struct pfq_transport {
	const char *name;
	bool has_adapter_time;	/* a JOIN may ask for it by TSTAMP */
	bool has_device_bell;	/* doorbells are the engine's device, and not sockets */
	bool may_return;	/* the engine is a process, which may end and be started again */
	/* Connect to c->where and set c->fd. */
	int (*open)(struct pfq_conn *c, uint64_t deadline_ns, struct pfq_error *err);
	void (*close)(struct pfq_conn *c);	/* NULL: only c->fd is closed */
	/* Returns 0, -ETIMEDOUT, or another -errno. -EPIPE: the engine is gone. */
	int (*send)(struct pfq_conn *c, const struct pfq_msg_out *o, uint64_t deadline_ns);
	/*
	 * Returns the length of one message in c->buf, or an error as of send. fds as in
	 * pfq_msg_recv().
	 */
	ssize_t (*recv)(struct pfq_conn *c, int *fds, unsigned int fds_max, unsigned int *nfds,
			uint64_t deadline_ns);
	/*
	 * Called before a JOIN if the consumer brings the ring's memory: gives the engine the file
	 * m->fd, which must stay open until attach(). -ENOMEM: a limit; m->reason tells which.
	 * NULL: the engine always allocates.
	 */
	int (*bring)(struct pfq_conn *c, struct pfq_ioc_memory *m);
	/*
	 * Map the ring that @a, the answer to a JOIN, describes. Sets *doorbell, which the caller
	 * then owns. The caller keeps the answer's other descriptors and closes them.
	 */
	int (*attach)(struct pfq_conn *c, const struct pfq_answer *a, struct pfq_ring *r,
		      int *doorbell, struct pfq_error *err);
};

/* Find "user" or "kernel". Returns NULL, with the text set, for another name. */
const struct pfq_transport *pfq_transport_find(const char *name, struct pfq_error *err);

extern const struct pfq_transport pfq_transport_user;
extern const struct pfq_transport pfq_transport_kernel;

#endif /* PFQ_LIB_TRANSPORT_H */
