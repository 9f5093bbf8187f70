/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * One consumer's end of a group: memory, producers, doorbell, filter. Control thread only, except
 * endpoint_fill().
 */
#ifndef PFQD_ENDPOINT_H
#define PFQD_ENDPOINT_H

#include <sys/queue.h>

#include "core/group.h"
#include "pfqd/settings/access.h"
#include "maker.h"
#include "memory.h"

struct pfqd_group;

/* the parameters of a JOIN, with defaults filled in */
struct endpoint_params {
	char name[PFQ_NAME_MAX + 1];	/* "": no name */
	char hugepages[32];
	uint32_t snaplen;
	uint32_t weight;
	uint64_t classes;
	uint64_t ring_bytes;
	bool promisc;
	bool is_immediate;	/* wants each packet at once */
};

struct endpoint {
	/* in the group's member list, later in the list of removed endpoints */
	TAILQ_ENTRY(endpoint) entry;
	struct pfqd_group *group;
	uint32_t id;
	/* identifies its share; its id, or the share of the absent member that it replaced */
	uint32_t share;
	struct endpoint_params params;
	pid_t pid;
	uid_t uid;
	char comm[32];
	bool is_started;		/* gets flows, not only copies */
	uint8_t direction;
	struct pfq_filter *filter;
	uint32_t filter_insns;		/* instructions of filter, charged to its user */
	struct pfq_echo echo;
	struct memory memory;
	uint64_t charged_bytes;		/* bytes of rings, charged to its user */
	bool stop;			/* endpoint_fill() shall give up */
	struct maker_job job;		/* frees the memory */
	int doorbell;			/* pfqd's end of the socket pair */
	int doorbell_peer;		/* the consumer's end; -1 after it was sent */
	uint32_t lanes;
	struct pfq_producer *producer;	/* [lanes] */
};

TAILQ_HEAD(endpoint_list, endpoint);

/*
 * Make an endpoint without memory that is not yet in a group. Copies @params, which the group's
 * settings have completed. NULL: no memory.
 */
struct endpoint *endpoint_create(const struct endpoint_params *params,
				 const struct access_cred *cred, uint32_t lanes);
/*
 * Allocate the endpoint's memory, doorbell and producers. This takes up to seconds, so that a
 * thread of the maker calls it. Returns 0, or -errno with text (-ENOMEM, -EMFILE, ...).
 * -ECANCELED: endpoint_stop().
 */
int endpoint_fill(struct endpoint *ep, uint32_t linktype, struct pfq_error *err);
/* Let endpoint_fill() give up soon. */
void endpoint_stop(struct endpoint *ep);
/*
 * Free @ep, which no worker and no thread may use any more. @maker unmaps its memory. @ep NULL:
 * nothing.
 */
void endpoint_destroy(struct endpoint *ep, struct maker *maker);
/* Close the descriptors that were sent to the consumer. */
void endpoint_close_peer_fds(struct endpoint *ep);

/* Read the name of the process @pid, with ? for other bytes than printable ones; empty: unknown. */
void endpoint_comm_read(pid_t pid, char *comm, size_t size);

/* The sums of all lanes. May run while workers count. */
void endpoint_counters(const struct endpoint *ep, uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX]);
/*
 * The packets that the consumer says it has read, at most @delivered. The consumer can write any
 * number.
 */
uint64_t endpoint_read_packets(const struct endpoint *ep, uint64_t delivered);
/*
 * Set positions[i] to the present position of lane i. Records before it are older than a change
 * that was published just now.
 */
void endpoint_positions(const struct endpoint *ep, uint64_t positions[PFQ_LANES_MAX]);

#endif /* PFQD_ENDPOINT_H */
