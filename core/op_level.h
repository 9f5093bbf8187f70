/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Levels of a run: packets inside of tunnels. At each level, v is the packet that bodies look at.
 * It has its own bytes, lengths and VLAN tag, as if it had come without the tunnel.
 *
 * Only the first fragment of a packet has its tunnel's header. So the hash of the flow inside is
 * entered for the datagram, and the later fragments take it from there. The frame's fragments may
 * wait for it, as those of other packets. Fragments inside of tunnels do not wait: if the first
 * fragment does not come first, they go by addresses.
 */
#ifndef PFQ_CORE_OP_LEVEL_H
#define PFQ_CORE_OP_LEVEL_H

#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "op.h"
#include "tunnel.h"

/* Entries of frag.c's table for levels above 0, apart from those of level 0. */
#define OP_INSIDE_REALM	0x696e7364U
/* Entries that steps use which cannot wait, apart from those of groups. */
#define OP_NOW_REALM	0x73616d70U

/* pfq_run.have */
#define OP_HAS_KEY	1U
#define OP_HAS_COUNTS	2U

/* The number of tunnels around the packet of this level. */
static inline u32 op_depth(const struct pfq_run *r)
{
	return r->level ? r->depth[r->level - 1] : 0;
}

static inline struct pfq_view *op_view_at(const struct pfq_run *r, u32 depth)
{
	return depth ? &r->env->inside[depth - 1] : r->frame;
}

/* Bytes of a VLAN tag that the packet's record has, and the packet has not. */
static inline u32 op_hidden_bytes(const struct pfq_run *r)
{
	return unlikely(op_depth(r)) ? 0 : op_tag_bytes(r->v);
}

/* Does the packet have the bytes of its VLAN tag, as only packets inside of tunnels do? */
static inline bool op_has_tag_bytes(const struct pfq_run *r)
{
	return unlikely(op_depth(r)) && op_tag_bytes(r->v);
}

/* Read the @bytes bytes (1 to 8) at @from. Returns false if they are not there. */
static inline bool op_load_at(const struct pfq_view *v, u32 from, u32 bytes, u64 *value)
{
	u32 i;

	if (!pfq_view_has(v, from, bytes))
		return false;
	for (*value = 0, i = 0; i < bytes; i++)
		*value = *value << 8 | v->data[from + i];
	return true;
}

/* Read bytes before and behind the tag. */
static noinline bool op_load_around_tag(const struct pfq_view *v, u32 off, u32 bytes, u64 *value)
{
	u32 behind = off + bytes - PFQ_TAG_OFFSET;
	u64 rest;

	if (!op_load_at(v, off, bytes - behind, value) ||
	    !op_load_at(v, PFQ_TAG_OFFSET + PFQ_TAG_BYTES, behind, &rest))
		return false;
	*value = *value << 8 * behind | rest;
	return true;
}

/* Read the @bytes bytes (1 to 8) at @off from @base, as if the packet had no bytes of a tag. */
static bool op_load(const struct pfq_run *r, u32 base, u32 off, u32 bytes, u64 *value)
{
	u32 from = op_base(r->v, base);

	if (base == PFQ_LANG_BASE_L2 && op_has_tag_bytes(r)) {
		if (off >= PFQ_TAG_OFFSET)
			from = PFQ_TAG_BYTES;
		else if (off + bytes > PFQ_TAG_OFFSET)
			return op_load_around_tag(r->v, off, bytes, value);
	}
	return from != ~0U && op_load_at(r->v, from + off, bytes, value);
}

/* Ways that come from different levels may meet here, so the level may be @level already. */
static inline bool op_leave(struct pfq_run *r, u32 level)
{
	if (r->level > level) {
		r->level = level;
		r->have &= ~OP_HAS_KEY;
		r->v = op_view_at(r, op_depth(r));
	}
	return true;
}

/* Is the packet of this level, or one around it, a fragment? */
static bool op_is_in_fragment(const struct pfq_run *r)
{
	u32 depth;

	if (likely(!r->level))
		return r->v->flow.flags & PFQ_FLOW_FRAG;
	for (depth = op_depth(r) + 1; depth-- > 0;)
		if (op_view_at(r, depth)->flow.flags & PFQ_FLOW_FRAG)
			return true;
	return false;
}

/*
 * Let the fragments around the packet of this level, which has the hash @hash, go by that hash, and
 * later fragments by that of the first one. @from: the depth of the first one to look at.
 */
static u32 op_enter_fragments(struct pfq_run *r, u32 hash, u32 realm, u32 from)
{
	const struct pfq_view *v;
	u32 depth;

	for (depth = op_depth(r) + 1; depth-- > from;) {
		v = op_view_at(r, depth);
		if (v->flow.flags & PFQ_FLOW_FRAG)
			hash = pfq_frag_hash_any(r->env->frags, v, hash, realm);
	}
	return hash;
}

/* The flow hash of a fragment, or of an ICMP error that quotes one, from its own bytes. */
static u32 op_hash_alone(const struct pfq_view *v, u32 seed)
{
	struct pfq_view quote;
	u32 hash;

	if (!(v->flow.flags & PFQ_FLOW_FRAG))
		return pfq_icmp_quote(v, &quote) ? pfq_frag_hash_alone(&quote, seed) :
						   pfq_hash_flow(v, seed);
	hash = pfq_program_own_hash(v, seed);
	return hash == PFQ_HASH_DATAGRAM ? pfq_hash_flow(v, seed) : hash;
}

/*
 * The flow hash of the packet of this level, for those who cannot wait for the first fragment. The
 * fragment that is seen first decides. @hash: of pfq_program_flow_hash().
 */
static noinline u32 op_flow_hash_now(struct pfq_run *r, u32 hash, u32 realm)
{
	if (hash == PFQ_HASH_DATAGRAM)
		hash = op_hash_alone(r->v, r->env->seed);
	if (r->level)
		return op_enter_fragments(r, hash, realm, 0);
	return r->v->flow.flags & PFQ_FLOW_FRAG ?
		       pfq_frag_hash(r->env->frags, r->v, hash, realm) : hash;
}

static inline u32 op_now_realm(const struct pfq_run *r)
{
	return r->env->seed ^ OP_NOW_REALM ^ (r->level ? OP_INSIDE_REALM : 0);
}

/* Does another output wait for a decision of other datagrams than those of @h2? */
static bool op_has_other_datagram(const struct pfq_run *r, u32 h2)
{
	const struct pfq_outcome *out = r->out;
	const struct pfq_verdict *verdict;
	u32 k;

	for (k = 0; k <= out->main.more; k++) {
		verdict = k ? &out->also[k - 1] : &out->main;
		if (verdict != r->to && verdict->kind == PFQ_VERDICT_DATAGRAM &&
		    verdict->h2 != h2)
			return true;
	}
	return false;
}

/*
 * Steer by @hash, of pfq_program_flow_hash(), which is PFQ_HASH_DATAGRAM or of a level above 0. A
 * packet can wait for one decision only.
 */
static noinline bool op_steer_by_datagram(struct pfq_run *r, u32 hash)
{
	u32 realm = r->level ? OP_INSIDE_REALM : 0, depth = op_depth(r);
	bool waits = r->frame->flow.flags & PFQ_FLOW_FRAG ||
		     (!depth && hash == PFQ_HASH_DATAGRAM);

	if (!waits || op_has_other_datagram(r, realm)) {
		hash = op_flow_hash_now(r, hash, r->env->seed ^ OP_INSIDE_REALM);
		r->to->kind = PFQ_VERDICT_STEER;
		r->to->flow_hash = hash;
	} else {
		if (depth) {
			if (hash == PFQ_HASH_DATAGRAM)
				hash = op_hash_alone(r->v, r->env->seed);
			hash = op_enter_fragments(r, hash, r->env->seed ^ OP_INSIDE_REALM, 1);
		}
		r->to->kind = PFQ_VERDICT_DATAGRAM;
		r->to->h2 = realm;
	}
	r->to->h1 = hash;
	return true;
}

#endif /* PFQ_CORE_OP_LEVEL_H */
