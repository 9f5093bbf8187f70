/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Fragments in a group that steers by flow: hold, release, or deliver them. */
#ifndef PFQ_CORE_DATAGRAM_H
#define PFQ_CORE_DATAGRAM_H

#include "group.h"

/*
 * The hash of the datagram that @v, or the packet it quotes, is a fragment of (PFQ_HASH_DATAGRAM
 * was said of it), or PFQ_HASH_WAITS: the group holds it. @classes: who may get it.
 * What a first fragment releases is delivered here, as are those packets of @batch (NULL: none) that
 * came before it, so that lanes stay in order; who was offered some is noted in @s.
 */
u32 pfq_datagram_hash(const struct pfq_group *g, const struct pfq_batch *batch, struct pfq_view *v,
		      struct pfq_lane_env *env, struct pfq_scratch *s, u64 classes);

/* Whom pfq_datagram_hash() noted is in s->touched, with those who are there. */
void pfq_datagram_touch(struct pfq_scratch *s);

#endif /* PFQ_CORE_DATAGRAM_H */
