/* SPDX-License-Identifier: GPL-2.0-only */
/* One open file of PFQ_DEVICE: a consumer's end of a group, after its JOIN. */
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

/* The parameters of a JOIN, with defaults filled in. */
struct pfqk_endpoint_params {
	char	name[PFQ_NAME_MAX + 1];	/* "": none */
	u32	snaplen;
	u32	weight;
	u64	classes;
	u64	ring_bytes;
	bool	promisc;
	bool	is_adapter_time;	/* the group's: watermarks are not valid */
};

struct pfqk_endpoint {
	struct mutex lock;		/* one request at a time */
	/* never cleared; memory and the fields after it do not change after it is set */
	bool	is_joined;
	/* held since the JOIN, or since the first group or profile that the file owns */
	struct net *net;
	netns_tracker net_tracker;
	/* the user that opened the file; limits count for this user */
	kuid_t	uid;
	pid_t	pid;
	char	comm[TASK_COMM_LEN];
	u32	id;
	struct pfqk_endpoint_params params;
	bool	is_bringing;		/* an ioctl is pinning memory, without the lock */
	struct pfqk_pinned pinned;	/* brought for a JOIN, or in use by memory */
	u64	pinned_bytes;		/* charged for pinned */
	struct pfqk_memory memory;
	u64	charged_bytes;		/* charged for memory, unless that is pinned */
	bool	is_charged;		/* is it charged as an endpoint? */
	struct pfq_producer *producer;	/* [lanes]; see pfqk_producers_get() */
	struct pfqk_doorbell doorbell;

	/* the following under the namespace's lock */
	struct pfqk_group *group;	/* NULL: not joined, or the group has been removed */
	struct list_head entry;
	/* identifies its share; its id, or the share of the absent member that it replaced */
	u32	share;
	struct list_head owned;		/* groups that end with the file */
	bool	is_started;		/* gets flows, not only copies */
	u8	direction;
	struct pfq_filter *filter;
	struct pfq_echo echo;		/* accesses to it are atomic */

	struct pfqk_retired retired;
};

/* Make an endpoint for a file that the calling process opens. NULL: no memory. */
struct pfqk_endpoint *pfqk_endpoint_create(void);

/*
 * Allocate ring memory and producers, charged to the endpoint's user. Fills in snaplen and
 * lane_bytes of @wish. Returns -EDQUOT or -ENOMEM, with the reason in *why, constant text. Under
 * endpoint.lock.
 *
 * pfqk_endpoint_clear() frees all of it for an endpoint that did not join. Memory that the
 * consumer brought stays; pfqk_endpoint_give_back() unpins that.
 */
int pfqk_endpoint_prepare(struct pfqk_endpoint *ep, struct pfqk_memory_wish *wish,
			  const char **why);
void pfqk_endpoint_clear(struct pfqk_endpoint *ep);
void pfqk_endpoint_give_back(struct pfqk_endpoint *ep);

/* The file is closed: leave the group, and free everything after a grace period. */
void pfqk_endpoint_release(struct pfqk_endpoint *ep);

/*
 * The absent member that an endpoint becomes shares its producers: packets that are still on their
 * way count. One more user, and one less; the last one frees them at once. NULL: nothing.
 */
struct pfq_producer *pfqk_producers_get(struct pfq_producer *producer);
void pfqk_producers_put(struct pfq_producer *producer);
/* The sums over all lanes, PFQ_ENDPOINT_COUNTERS_MAX of them. */
void pfqk_producers_counters(const struct pfq_producer *producer, u64 *counters);
/* Packets that the consumer claims to have read, at most @delivered. */
u64 pfqk_endpoint_read_packets(const struct pfqk_endpoint *ep, u64 delivered);
/* Fill in one position for each lane. Records before it are older than the last change. */
void pfqk_endpoint_positions(const struct pfqk_endpoint *ep, u64 *positions);

#endif /* PFQK_ENDPOINT_H */
