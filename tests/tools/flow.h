/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Which captures have seen which flows and which datagrams. */
#ifndef TOOLS_FLOW_H
#define TOOLS_FLOW_H

#include <stdbool.h>
#include <stdint.h>
#include "decode.h"

#define FLOW_CAPTURES_MAX	64

struct flow {
	struct decode_flow key;
	uint64_t seen[2];	/* by direction: a bit for each capture */
};

struct datagram {
	struct decode_datagram key;
	uint64_t seen;
	bool has_first;
	unsigned int direction;	/* of the first fragment, as its flow */
	struct decode_flow flow;
};

struct flow_table {
	void *flows, *datagrams;	/* trees of tsearch(3) */
};

/* Notes the packet; @capture negative: only makes sure that its flow is known. */
void flow_note(struct flow_table *t, const struct decoded *d, int capture);
/* NULL: none of that key was noted. */
struct flow *flow_find(const struct flow_table *t, const struct decode_flow *key);
struct datagram *datagram_find(const struct flow_table *t, const struct decode_datagram *key);

struct flow_sums {
	uint64_t flows[FLOW_CAPTURES_MAX], datagrams[FLOW_CAPTURES_MAX];
	uint64_t all_flows, all_datagrams;	/* seen by any capture */
	uint64_t flows_shared;		/* seen by more than one */
	uint64_t flows_parted;		/* the two directions not seen by the same */
	uint64_t datagrams_split;	/* fragments in more than one */
	uint64_t datagrams_away;	/* not where the whole packets of their flow are */
};

/*
 * Adds up. @fragments_apart: fragments count for their datagram alone, not
 * for its flow, as they have to where they come in any order.
 */
void flow_sum(struct flow_table *t, struct flow_sums *sums, bool fragments_apart);
void flow_free(struct flow_table *t);

#endif /* TOOLS_FLOW_H */
