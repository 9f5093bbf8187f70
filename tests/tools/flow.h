/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Notes which captures have which flows and datagrams. */
#ifndef TOOLS_FLOW_H
#define TOOLS_FLOW_H

#include <stdbool.h>
#include <stdint.h>
#include "decode.h"

#define FLOW_CAPTURES_MAX	64

struct flow {
	struct decode_flow key;
	uint64_t seen[2];	/* for each direction: a bit for each capture */
};

struct datagram {
	struct decode_datagram key;
	uint64_t seen;
	bool has_first;
	unsigned int direction;	/* of the first fragment, like its flow */
	struct decode_flow flow;
};

struct flow_table {
	void *flows, *datagrams;	/* trees of tsearch(3) */
};

/* Note the packet as seen by @capture. If @capture is negative, only make its flow known. */
void flow_note(struct flow_table *t, const struct decoded *d, int capture);
/* Find the flow of @key; NULL: not noted. */
struct flow *flow_find(const struct flow_table *t, const struct decode_flow *key);
struct datagram *datagram_find(const struct flow_table *t, const struct decode_datagram *key);

struct flow_sums {
	uint64_t flows[FLOW_CAPTURES_MAX], datagrams[FLOW_CAPTURES_MAX];
	uint64_t all_flows, all_datagrams;	/* seen by at least one capture */
	uint64_t flows_shared;		/* in more than one capture */
	uint64_t flows_parted;		/* not the same capture for both directions */
	uint64_t datagrams_split;	/* fragments in more than one capture */
	uint64_t datagrams_away;	/* not in the capture of their flow's whole packets */
};

/*
 * Compute the sums. With @fragments_apart fragments count for their datagram only, and not
 * for its flow: fragments in any order need this.
 */
void flow_sum(struct flow_table *t, struct flow_sums *sums, bool fragments_apart);
void flow_free(struct flow_table *t);

#endif /* TOOLS_FLOW_H */
