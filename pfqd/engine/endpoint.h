/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One consumer's end of a group: memory, producers, doorbell, filter. */
#ifndef PFQD_ENDPOINT_H
#define PFQD_ENDPOINT_H

#include <sys/queue.h>

#include "core/group.h"
#include "pfqd/settings/access.h"
#include "memory.h"

struct pfqd_group;

/* what a JOIN asks for, defaults filled in */
struct endpoint_params {
	char name[PFQ_NAME_MAX + 1];	/* "": none */
	char hugepages[32];
	uint32_t snaplen;
	uint32_t weight;
	uint64_t classes;
	uint64_t ring_bytes;
	bool promisc;
};

struct endpoint {
	TAILQ_ENTRY(endpoint) entry;	/* of its group's members; then of the dead */
	struct pfqd_group *group;
	uint32_t id;
	struct endpoint_params params;
	pid_t pid;
	uid_t uid;
	char comm[32];
	bool is_started;		/* takes steered packets */
	uint8_t direction;
	struct pfq_filter *filter;
	uint32_t filter_insns;		/* of filter: count for its user's limit */
	struct pfq_echo echo;
	struct memory memory;
	uint64_t charged_bytes;		/* of its user's limit */
	int doorbell;			/* our end */
	int doorbell_peer;		/* the consumer's, until it was sent */
	uint32_t lanes;
	struct pfq_producer *producer;	/* [lanes] */
};

TAILQ_HEAD(endpoint_list, endpoint);

/* Not yet in its group. -ENOMEM, -EMFILE, ... with text; nothing is left then. */
int endpoint_create(struct endpoint **ep, uint32_t id, const struct endpoint_params *params,
		    const struct access_cred *cred, uint32_t lanes, uint32_t linktype,
		    struct pfq_error *err);
/* when no worker uses it */
void endpoint_destroy(struct endpoint *ep);
/* the descriptors that its consumer has by now */
void endpoint_close_peer_fds(struct endpoint *ep);

void endpoint_counters(const struct endpoint *ep, uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX]);
/* packets that the consumer says it has read: at most @delivered */
uint64_t endpoint_read_packets(const struct endpoint *ep, uint64_t delivered);
/* records of lane i before positions[i] are older than the last change */
void endpoint_positions(const struct endpoint *ep, uint64_t positions[PFQ_LANES_MAX]);

#endif /* PFQD_ENDPOINT_H */
