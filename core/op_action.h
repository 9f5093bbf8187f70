/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The bodies of actions, of samples, and of the steps that the compiler alone makes. */
#ifndef PFQ_CORE_OP_ACTION_H
#define PFQ_CORE_OP_ACTION_H

#include "op_key.h"

/* --- actions: they go on -------------------------------------------------------------- */

static inline bool op_CLASS(const struct pfq_step *s, struct pfq_run *r)
{
	r->to->classes = s->arg[0];
	return true;
}

static inline bool op_ADD_CLASS(const struct pfq_step *s, struct pfq_run *r)
{
	r->to->classes |= s->arg[0];
	return true;
}

static inline bool op_SET_MARK(const struct pfq_step *s, struct pfq_run *r)
{
	r->to->mark = (u32)s->arg[0];
	r->out->main.special |= PFQ_SPECIAL_MARK;
	return true;
}

/* Of several cuts the shortest counts. @bytes is not 0. */
static inline bool op_cut(struct pfq_run *r, u32 bytes)
{
	if (!r->to->cut || bytes < r->to->cut)
		r->to->cut = bytes;
	r->out->main.special |= PFQ_SPECIAL_CUT;
	return true;
}

static inline bool op_SLICE(const struct pfq_step *s, struct pfq_run *r)
{
	return op_cut(r, (u32)s->arg[0]);
}

/* A packet without a known transport header stays whole. */
static noinline bool op_cut_payload(struct pfq_run *r, u32 bytes)
{
	const struct pfq_view *frame = r->frame;
	u32 off = pfq_payload_offset(r->v);

	return !off || op_cut(r, (u32)(r->v->data - frame->data) + off + op_tag_bytes(frame) +
				 bytes);
}

static inline bool op_SLICE_PAYLOAD(const struct pfq_step *s, struct pfq_run *r)
{
	return op_cut_payload(r, (u32)s->arg[0]);
}

static inline bool op_COUNT(const struct pfq_step *s, struct pfq_run *r)
{
	struct pfq_count *count = s->object;

	count += r->env->lane;
	WRITE_ONCE(count->packets, count->packets + 1);
	WRITE_ONCE(count->bytes, count->bytes + op_wire_bytes(r));
	return true;
}

/* --- samples -------------------------------------------------------------------------- */

/* Mixed again, so that a sample takes from each member's flows the same share. */
static inline bool op_is_sampled(const struct pfq_step *s, u32 hash)
{
	return hash != PFQ_HASH_NONE &&
	       (u32)pfq_mul_fold(hash ^ 0xd6e8feb86659fd93ULL, 0x9e3779b97f4a7c15ULL) < s->arg[0];
}

static inline bool op_SAMPLE(const struct pfq_step *s, struct pfq_run *r)
{
	return op_random(r->env) < s->arg[0];
}

static inline bool op_SAMPLE_FLOW(const struct pfq_step *s, struct pfq_run *r)
{
	u32 hash = pfq_program_flow_hash(r->v, r->env);

	if (unlikely(hash == PFQ_HASH_DATAGRAM || r->level))
		hash = op_flow_hash_now(r, hash, op_now_realm(r));
	return op_is_sampled(s, hash);
}

static inline bool op_SAMPLE_IP(const struct pfq_step *s, struct pfq_run *r)
{
	return op_is_sampled(s, pfq_hash_addrs(r->v, r->env->seed));
}

/* --- the compiler's own: they go on ----------------------------------------------------- */

static inline bool op_SAVE(const struct pfq_step *s, struct pfq_run *r)
{
	r->saved[s->arg[0]] = *r->to;
	return true;
}

/*
 * The main verdict has the number of further outputs, which is taken back with it. Within a further
 * output, its own verdict is taken back.
 */
static inline bool op_RESTORE(const struct pfq_step *s, struct pfq_run *r)
{
	*r->to = r->saved[s->arg[0]];
	return true;
}

static inline bool op_ALSO(const struct pfq_step *s, struct pfq_run *r)
{
	struct pfq_outcome *out = r->out;

	(void)s;
	r->to = &out->also[out->main.more++];
	pfq_verdict_begin(r->to);
	out->main.special |= PFQ_SPECIAL_ALSO;
	return true;
}

static inline bool op_ALSO_END(const struct pfq_step *s, struct pfq_run *r)
{
	r->to = &r->out->main;
	return op_leave(r, (u32)s->arg[0]);
}

static inline bool op_ALSO_DROP(const struct pfq_step *s, struct pfq_run *r)
{
	r->to = &r->out->main;
	r->out->main.more--;
	return op_leave(r, (u32)s->arg[0]);
}

/* Not a symbol: the target PFQ_LANG_DROP. */
static inline bool op_stop(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	r->out->main.kind = PFQ_VERDICT_DROP;
	return true;
}

/* Not a symbol: the target PFQ_LANG_END. */
static inline bool op_end(const struct pfq_step *s, struct pfq_run *r)
{
	(void)s;
	(void)r;
	return true;
}

#endif /* PFQ_CORE_OP_ACTION_H */
