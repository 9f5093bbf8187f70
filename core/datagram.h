/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Fragments in a group that steers by flow: held, released, delivered. */
#ifndef PFQ_CORE_DATAGRAM_H
#define PFQ_CORE_DATAGRAM_H

#include "group.h"

/*
 * Find the hash by which @v goes. @v is a fragment, or an ICMP error that quotes one, and
 * pfq_program_flow_hash() or the program has answered PFQ_HASH_DATAGRAM. Returns PFQ_HASH_WAITS if
 * the group now holds a copy of @v: the caller then does not deliver it.
 *
 * If @v decides its datagram, this delivers the datagram's held packets. Before these it delivers
 * the packets of @batch (NULL: none) that came earlier and are in runs, so that the lane stays in
 * order. @s notes the members that were offered some. @classes: mask of the classes that @v goes
 * to.
 *
 * Called by the thread of lane env->lane. Never blocks.
 */
u32 pfq_datagram_hash(const struct pfq_group *g, const struct pfq_batch *batch, struct pfq_view *v,
		      struct pfq_lane_env *env, struct pfq_scratch *s, u64 classes);

/* Add to s->touched the members that pfq_datagram_hash() noted. */
void pfq_datagram_touch(struct pfq_scratch *s);

#endif /* PFQ_CORE_DATAGRAM_H */
