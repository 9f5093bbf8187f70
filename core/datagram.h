/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Fragments in a group that steers by flow: held, released, delivered. */
#ifndef PFQ_CORE_DATAGRAM_H
#define PFQ_CORE_DATAGRAM_H

#include "group.h"

/*
 * Find the hash by which @v goes. @v is a fragment, or an ICMP error that quotes one, and
 * pfq_program_flow_hash() has answered PFQ_HASH_DATAGRAM, or some output of *out is
 * PFQ_VERDICT_DATAGRAM. Returns PFQ_HASH_WAITS if the group now holds a copy of @v: the caller
 * then does not deliver it. The copy will be delivered by *out, whatever program the group has
 * then. @out NULL: of the policy "flow".
 *
 * If @v decides its datagram, this delivers the datagram's held packets. Before these it delivers
 * the packets of @batch (NULL: none) that came earlier and are in runs, so that the lane stays in
 * order. @s notes the members that were offered some.
 *
 * Called by the thread of lane env->lane. Never blocks.
 */
u32 pfq_datagram_hash(const struct pfq_group *g, const struct pfq_batch *batch, struct pfq_view *v,
		      struct pfq_lane_env *env, struct pfq_scratch *s,
		      const struct pfq_outcome *out);

/* The classes of the outputs that are PFQ_VERDICT_DATAGRAM, as a mask. */
u64 pfq_datagram_classes(const struct pfq_outcome *out);

/* Let these outputs steer by @hash, of pfq_datagram_hash(). */
void pfq_datagram_settle(struct pfq_outcome *out, u32 hash);

/* Add to s->touched the members that pfq_datagram_hash() noted. */
void pfq_datagram_touch(struct pfq_scratch *s);

#endif /* PFQ_CORE_DATAGRAM_H */
