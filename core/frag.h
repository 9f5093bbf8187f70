/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Where the fragments of datagrams go: a table shared by the lanes, keyed by
 * addresses, protocol and identification. Fixed size, no lock, no allocation. The first
 * fragment, which has the ports, decides the hash for all of them. Where it does not come first,
 * hold.h keeps the others for a while; what gives up waiting goes by addresses.
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

/* Its fragments have one hash, that of whole packets, without having seen each other. */
bool pfq_frag_is_known_alone(const struct pfq_view *v);

/*
 * Which datagram fragment @v is of; the direction counts. Who must not share decisions has
 * another @seed.
 */
u64 pfq_frag_key(const struct pfq_view *v, u32 seed);

/* the time of a packet, by the host's clock */
static inline u64 pfq_frag_ns(const struct pfq_view *v)
{
	return v->flags & PFQ_REC_F_HWTS ? v->host_ns : v->ts_ns;
}

/*
 * Any lanes, concurrently. @key: pfq_frag_key(); @ns: pfq_frag_ns() of the fragment in hand;
 * @waits: of a group whose fragments wait, so that old entries count, see frag.c.
 *
 * find: has it been decided? Then *hash is set. PFQ_FRAG_AGED: by a first fragment so long ago that
 * this may be of the next datagram with its identification.
 * first: the first fragment is here, and its hash is @own. That decides, unless the datagram
 * was given up: the decision is returned.
 * give_up: no fragment waits any longer, all go by @alone, pfq_frag_hash_alone(); unless it has been
 * decided: the decision is returned, *is_first says whether the first fragment made it.
 * When find, called after a full barrier, does not see what first or give_up put there, these
 * have not yet returned.
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
 * The hash of fragment @v (PFQ_FLOW_FRAG) where none waits: the first one seen decides. @own is the
 * hash it would have by itself: pfq_hash_flow() where it has ports, else
 * pfq_frag_hash_alone().
 */
u32 pfq_frag_hash(struct pfq_frag_table *t, const struct pfq_view *v, u32 own, u32 seed);

#endif /* PFQ_CORE_FRAG_H */
