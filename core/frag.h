/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Decides by which hash the fragments of a datagram go. A table, shared by the lanes, has an entry
 * for each datagram by source, destination, protocol and identification. It has a fixed size, no
 * lock and no allocation. The first fragment has the ports and decides the hash for all of them.
 * If later fragments come before it, hold.h can keep them for a while. If the wait ends without
 * it, they go by addresses.
 */
#ifndef PFQ_CORE_FRAG_H
#define PFQ_CORE_FRAG_H

#include "view.h"
#include "words.h"

#define PFQ_FRAG_BUCKETS	8192

struct pfq_frag_table {
	u64 slot[PFQ_FRAG_BUCKETS][PFQ_WORDS];	/* all zero: empty */
};

/*
 * The hash of a fragment whose ports are unknown: by its addresses and, if the protocol has no
 * ports, by the protocol too. Whole packets of such a protocol have the same hash.
 */
u32 pfq_frag_hash_alone(const struct pfq_view *v, u32 seed);

/* Do all fragments of this datagram have the hash of whole packets, without the table? */
bool pfq_frag_is_known_alone(const struct pfq_view *v);

/*
 * The key of the datagram that fragment @v belongs to. The two directions have different keys.
 * Callers that must not share decisions pass different values of @seed.
 */
u64 pfq_frag_key(const struct pfq_view *v, u32 seed);

/* The time of a packet by the host's clock, in ns. */
static inline u64 pfq_frag_ns(const struct pfq_view *v)
{
	return v->flags & PFQ_REC_F_HWTS ? v->host_ns : v->ts_ns;
}

/*
 * Any lanes may call these at the same time. @key: of pfq_frag_key(). @ns: pfq_frag_ns() of the
 * current fragment. @waits: the group holds fragments, so that older entries count too (see
 * frag.c).
 *
 * pfq_frag_find() looks for a decision:
 * - PFQ_FRAG_NONE: there is none.
 * - PFQ_FRAG_DECIDED: *hash is set.
 * - PFQ_FRAG_AGED: *hash is set, but a first fragment decided this long ago. The current fragment
 *   may belong to the next datagram with its identification.
 *
 * pfq_frag_first() stores @own, the hash of the first fragment, as the decision. If the datagram
 * was given up before, that decision stays. Returns the decision.
 *
 * pfq_frag_give_up() stores @alone, of pfq_frag_hash_alone(), as the decision: no fragment waits
 * any longer. If there is a decision already, that one stays. Returns the decision. *is_first
 * tells whether a first fragment made it.
 *
 * If pfq_frag_find(), called after a full barrier, does not see the entry of one of the other two,
 * that call has not returned yet.
 */
enum pfq_frag_found {
	PFQ_FRAG_NONE,
	PFQ_FRAG_DECIDED,
	PFQ_FRAG_AGED,
};

enum pfq_frag_found pfq_frag_find(struct pfq_frag_table *t, u64 key, u64 ns, bool waits,
				  u32 *hash);
u32 pfq_frag_first(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 own);
u32 pfq_frag_give_up(struct pfq_frag_table *t, u64 key, u64 ns, bool waits, u32 alone,
		     bool *is_first);

/*
 * The hash of fragment @v (PFQ_FLOW_FRAG) in a group that holds none: the fragment seen first
 * decides. @own is the fragment's own hash: pfq_hash_flow() if it has ports, else
 * pfq_frag_hash_alone().
 */
u32 pfq_frag_hash(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed);

/*
 * The same for a fragment whose first fragment may have another hash, though the protocol has no
 * ports: that of the flow inside a tunnel.
 */
u32 pfq_frag_hash_any(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed);

#endif /* PFQ_CORE_FRAG_H */
