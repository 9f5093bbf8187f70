/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * All fragments of a datagram to one member: a table shared by the lanes,
 * keyed by addresses, protocol and identification. The first fragment seen
 * decides the hash for all of them: by ports if it has them, else by
 * addresses. Fixed size, no lock, no allocation.
 */
#ifndef PFQ_CORE_FRAG_H
#define PFQ_CORE_FRAG_H

#include "view.h"

#define PFQ_FRAG_BUCKETS	8192
#define PFQ_FRAG_WAYS		8

struct pfq_frag_table {
	u64 slot[PFQ_FRAG_BUCKETS][PFQ_FRAG_WAYS];	/* all zero: empty */
};

/*
 * The hash of a fragment of which no ports are known: of its addresses; with its
 * protocol, if that has no ports, for whole packets have this hash then, too.
 */
u32 pfq_frag_hash_alone(const struct pfq_view *v, u32 seed);

/*
 * The hash of the datagram that fragment @v, quoted by an ICMP error, was part of: what has been
 * decided, else pfq_frag_hash_alone(). Decides nothing.
 */
u32 pfq_frag_hash_quoted(struct pfq_frag_table *t, const struct pfq_view *v, u32 seed);

/*
 * The hash that steers fragment @v (PFQ_FLOW_FRAG). @own is the hash this
 * fragment would have by itself: pfq_hash_flow() where it has ports, else
 * pfq_frag_hash_alone(). Any lanes, concurrently. A full bucket falls back to
 * pfq_frag_hash_alone(), so that the datagram still has one member.
 */
u32 pfq_frag_hash(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed);

#endif /* PFQ_CORE_FRAG_H */
