/* SPDX-License-Identifier: GPL-2.0-only */
/* One open file of PFQ_DEVICE: a consumer's end of a group, once it has joined one. */
#ifndef PFQK_ENDPOINT_H
#define PFQK_ENDPOINT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <net/net_namespace.h>
#include "../core/group.h"
#include "doorbell.h"
#include "memory.h"
#include "retire.h"

struct file;
struct pfqk_group;
struct pfqk_net;

/* what a JOIN asks for, defaults filled in */
struct pfqk_endpoint_params {
	char	name[PFQ_NAME_MAX + 1];	/* "": none */
	u32	snaplen;
	u32	weight;
	u64	classes;
	u64	ring_bytes;
	bool	promisc;
	bool	is_adapter_time;	/* of its group: no watermark holds */
};

struct pfqk_endpoint {
	struct mutex lock;		/* one request at a time */
	bool	is_joined;		/* stays so; memory and what follows hold still from then on */
	struct net *net;		/* held from the JOIN, or the first group it owns, on */
	netns_tracker net_tracker;
	kuid_t	uid;			/* who opened the file, and whose limits it counts for */
	pid_t	pid;
	char	comm[TASK_COMM_LEN];
	u32	id;
	struct pfqk_endpoint_params params;
	bool	is_bringing;		/* an ioctl is pinning, without the lock */
	struct pfqk_pinned pinned;	/* brought for a JOIN, or where memory is */
	u64	pinned_bytes;		/* charged for it */
	struct pfqk_memory memory;
	u64	charged_bytes;		/* for it, where that is not pinned */
	bool	is_charged;		/* as an endpoint */
	struct pfq_producer *producer;	/* [lanes] */
	struct pfqk_doorbell doorbell;

	/* under the namespace's lock */
	struct pfqk_group *group;	/* NULL: not joined, or cut off */
	struct list_head entry;
	struct list_head owned;		/* groups that go with the file */
	bool	is_started;
	u8	direction;
	struct pfq_filter *filter;
	struct pfq_echo echo;		/* its words are atomic */

	struct pfqk_retired retired;
};

struct pfqk_endpoint *pfqk_endpoint_create(void);

/*
 * Ring memory and producers, charged to its user; of @wish, snaplen and lane_bytes are filled in
 * here. -EDQUOT, -ENOMEM; *why says it in words. endpoint.lock. pfqk_endpoint_clear() takes it
 * all back from an endpoint that did not join, but what its consumer brought: that goes by
 * pfqk_endpoint_give_back().
 */
int pfqk_endpoint_prepare(struct pfqk_endpoint *ep, struct pfqk_memory_wish *wish, const char **why);
void pfqk_endpoint_clear(struct pfqk_endpoint *ep);
void pfqk_endpoint_give_back(struct pfqk_endpoint *ep);

/* The file is gone: leave the group, free everything in time. */
void pfqk_endpoint_release(struct pfqk_endpoint *ep);

void pfqk_endpoint_counters(const struct pfqk_endpoint *ep, u64 *counters);
/* packets that the consumer says it has read: at most @delivered */
u64 pfqk_endpoint_read_packets(const struct pfqk_endpoint *ep, u64 delivered);
/* records of lane i before positions[i] are older than the last change */
void pfqk_endpoint_positions(const struct pfqk_endpoint *ep, u64 *positions);

/*
 * In lane context: nothing older than @real_ns, the clock as just read, comes into
 * any lane whose CPU is on no packet's way; say so. False: one is, and was left out. See lane.c.
 */
bool pfqk_endpoint_watermarks(struct pfqk_endpoint *ep, u32 own_lane, u64 real_ns);

#endif /* PFQK_ENDPOINT_H */
