/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Decides what happens to one packet in a group. Part of group.c, which uses it for the packets of
 * a batch and for a packet that comes alone. @i is the packet's index in its batch. A cause is a
 * counter of the group: PFQ_GROUP_*.
 */
#ifndef PFQ_CORE_DECIDE_H
#define PFQ_CORE_DECIDE_H

#include "datagram.h"
#include "hash.h"
#include "parse.h"

/*
 * A cause without a counter: the packet has another direction and is not even counted as received.
 */
#define PFQ_GROUP_not_of_it	PFQ_GROUP_COUNTERS_MAX
/* Another one: the packet is a fragment that waits. "pending" counts it. */
#define PFQ_GROUP_waits		(PFQ_GROUP_COUNTERS_MAX + 1)
#define PFQ_GROUP_CAUSES	(PFQ_GROUP_COUNTERS_MAX + 2)

/* Add packet @i to the run of member @m. */
static inline void run_append(struct pfq_scratch *s, size_t m, size_t i)
{
	size_t n = s->count[m];

	s->run[m][n] = (u8)i;
	s->count[m] = (u8)(n + 1);
	if (unlikely(!n))
		s->touched[s->touched_count++] = (u16)m;
}

/*
 * Give packet @i to member @m. Returns 0 if @m has it already or does not exist, else 1. Here and
 * below, @i also has the number of the output: see struct pfq_scratch.
 */
static __always_inline u32 give(const struct pfq_group *g, struct pfq_scratch *s, u32 m, u32 i)
{
	u32 n;

	if (m >= g->members)
		return 0;
	n = s->count[m];
	if (n && !((s->run[m][n - 1] ^ i) % PFQ_BATCH_MAX))
		return 0;
	run_append(s, m, i);
	return 1;
}

static u32 give_all(const struct pfq_group *g, struct pfq_scratch *s,
		    const struct pfq_class_members *cls, u32 i)
{
	u32 k, given = 0;

	for (k = 0; k < cls->count; k++)
		given += give(g, s, cls->all[k], i);
	return given;
}

/*
 * Give packet @i to the members of one class that the verdict names. Returns the number of members
 * that had not got it before.
 */
static u32 give_class(const struct pfq_group *g, struct pfq_scratch *s,
		      const struct pfq_class_members *cls, const struct pfq_verdict *verdict, u32 i)
{
	switch (verdict->kind) {
	case PFQ_VERDICT_COPY:
		return give_all(g, s, cls, i);
	case PFQ_VERDICT_STEER:
		return give(g, s, pfq_steer_pick(&cls->table, verdict->h1), i);
	case PFQ_VERDICT_DOUBLE:
		return give(g, s, pfq_steer_pick(&cls->table, verdict->h1), i) +
		       give(g, s, pfq_steer_pick(&cls->table, verdict->h2), i);
	case PFQ_VERDICT_INDEX:
		return verdict->h1 < cls->started_count ?
			       give(g, s, cls->started[verdict->h1], i) : 0;
	case PFQ_VERDICT_TURN:
		return cls->started_count ?
			       give(g, s, cls->started[verdict->h1 % cls->started_count], i) : 0;
	case PFQ_VERDICT_DATAGRAM:
	case PFQ_VERDICT_DROP:
		break;
	}
	return 0;
}

static noinline u32 give_classes(const struct pfq_group *g, struct pfq_scratch *s,
				 const struct pfq_verdict *verdict, u32 i)
{
	u64 classes = verdict->classes;
	u32 given = 0;

	for (; classes; classes &= classes - 1) {
		const struct pfq_class_members *cls = g->class[__ffs64(classes)];

		if (cls)
			given += give_class(g, s, cls, verdict, i);
	}
	return given;
}

/* deliver_runs() of a program whose outcomes may be special. */
static noinline void deliver_cut_runs(const struct pfq_group *g, const struct pfq_batch *batch,
				      u32 lane, struct pfq_scratch *s)
{
	struct pfq_memo memo = { .filter = NULL };
	u32 t, m;

	for (t = 0; t < s->touched_count; t++) {
		m = s->touched[t];
		pfq_member_deliver_cut(&g->member[m], batch, lane, s->run[m], s->count[m], s->hash,
				       &s->cuts, &memo);
		s->count[m] = 0;
	}
}

/* The second pass: put the runs into the members' rings. */
static __always_inline void deliver_runs(const struct pfq_group *g, const struct pfq_batch *batch,
					 u32 lane, struct pfq_scratch *s)
{
	struct pfq_memo memo = { .filter = NULL };
	u32 t, m;

	if (unlikely(pfq_program_is_special(g->program))) {
		deliver_cut_runs(g, batch, lane, s);
		return;
	}
	for (t = 0; t < s->touched_count; t++) {
		m = s->touched[t];
		pfq_member_deliver(&g->member[m], batch, lane, s->run[m], s->count[m], s->hash,
				   &memo);
		s->count[m] = 0;
	}
}

/*
 * Must all of *out be looked at? A held packet may have the outcome of an earlier program than the
 * group's.
 */
static inline bool is_special(const struct pfq_group *g, const struct pfq_outcome *out)
{
	return out->main.special || pfq_program_is_special(g->program);
}

/* The flow hash for the packet's records: of the first output that has one. */
static inline u32 hash_of(const struct pfq_outcome *out)
{
	u32 k, hash = out->main.flow_hash;

	for (k = 0; unlikely(k < out->main.more) && !hash; k++)
		hash = out->also[k].flow_hash;
	return hash;
}

/* Deliver @v, which is in no batch, to the touched members. */
static __always_inline void deliver_touched(const struct pfq_group *g, const struct pfq_view *v,
					    u32 lane, const struct pfq_outcome *out,
					    struct pfq_scratch *s)
{
	struct pfq_memo memo = { .filter = NULL };
	bool special = is_special(g, out);
	u32 t, m, hash = hash_of(out);

	for (t = 0; t < s->touched_count; t++) {
		m = s->touched[t];
		s->count[m] = 0;
		if (unlikely(special))
			pfq_member_deliver_one_cut(&g->member[m], v, lane, hash, &s->cuts,
						   s->run[m][0], &memo);
		else
			pfq_member_deliver_one(&g->member[m], v, lane, hash, &memo);
	}
}

/* Returns PFQ_GROUP_steered if the group takes this packet, else the cause of the drop. */
static noinline u32 screen(const struct pfq_group *g, const struct pfq_view *v)
{
	if (!pfq_of_direction(g->direction, v))
		return PFQ_GROUP_not_of_it;
	if (!pfq_filter_match(g->filter, v))
		return PFQ_GROUP_drop_filter;
	if (g->vlans && !pfq_vlan_match(g->vlans, v))
		return PFQ_GROUP_drop_vlan;
	return PFQ_GROUP_steered;
}

/* Does the group have anything that screen() must check? */
static inline bool is_screened(const struct pfq_group *g)
{
	return g->direction != PFQ_DIRECTION_INOUT || g->filter || g->vlans;
}

/* Does the default class, class 0, have members, and do members get packets yet? */
static inline bool is_open(const struct pfq_group *g)
{
	return g->class[0] && !g->holding;
}

/*
 * Run the program on a packet. Returns the member that gets it if that is one member of the
 * default class, and gets it whole, the usual case. Else returns a number that is not below
 * g->members: decide_others() does the rest by *out. @open: is_open().
 */
static __always_inline u32 decide(const struct pfq_group *g, struct pfq_view *v,
				  struct pfq_lane_env *env, bool open,
				  struct pfq_outcome *out)
{
	const struct pfq_class_members *cls = g->class[0];
	const struct pfq_verdict *verdict = &out->main;
	u32 head;

	pfq_program_run(g->program, v, out, env);
	if (unlikely(!open || verdict->classes != PFQ_CLASS_DEFAULT))
		return PFQ_STEER_NOBODY;
	head = pfq_verdict_head(verdict);
	if (likely(head == pfq_verdict_plain(PFQ_VERDICT_STEER)))
		return pfq_steer_pick(&cls->table, verdict->h1);
	if (head == pfq_verdict_plain(PFQ_VERDICT_COPY) && cls->count == 1)
		return cls->all[0];
	return PFQ_STEER_NOBODY;
}

/* Note how much of packet @i a member gets by @verdict, and with which label. */
static inline void note_cut(struct pfq_scratch *s, const struct pfq_verdict *verdict, u32 i)
{
	s->cuts.bytes[i] = verdict->cut ? verdict->cut : ~0U;
	s->cuts.label[i] = (u8)verdict->mark;
}

/* decide_others() by all outputs. A member that two of them name gets the packet by the first. */
static noinline u32 decide_special(const struct pfq_group *g, const struct pfq_outcome *out,
				   struct pfq_scratch *s, u32 i, u32 *copies)
{
	u32 k, given = 0, outputs = 0;

	for (k = 0; k <= out->main.more; k++) {
		const struct pfq_verdict *verdict = k ? &out->also[k - 1] : &out->main;
		u32 tag = i + k * PFQ_BATCH_MAX;

		if (verdict->kind == PFQ_VERDICT_DROP)
			continue;
		outputs++;
		note_cut(s, verdict, tag);
		if (!g->holding)
			given += give_classes(g, s, verdict, tag);
	}
	*copies += given;
	if (!outputs)
		return PFQ_GROUP_drop_program;
	return given ? PFQ_GROUP_steered : PFQ_GROUP_drop_no_member;
}

/*
 * All outcomes that decide() leaves: give packet @i to its members and add their number to
 * *copies. Returns the cause to count.
 */
static noinline u32 decide_others(const struct pfq_group *g, const struct pfq_outcome *out,
				  struct pfq_scratch *s, u32 i, u32 *copies)
{
	u32 given = 0;

	if (unlikely(is_special(g, out)))
		return decide_special(g, out, s, i, copies);
	if (out->main.kind == PFQ_VERDICT_DROP)
		return PFQ_GROUP_drop_program;
	if (!g->holding)
		given = give_classes(g, s, &out->main, i);
	*copies += given;
	return given ? PFQ_GROUP_steered : PFQ_GROUP_drop_no_member;
}

/* Does some output need the hash of the packet's datagram? */
static inline bool is_unsettled(const struct pfq_outcome *out)
{
	return out->main.kind == PFQ_VERDICT_DATAGRAM ||
	       (unlikely(out->main.more) && pfq_datagram_classes(out));
}

/* Find the datagram's hash, if some output needs it. Returns false if the packet waits. */
static noinline bool settle(const struct pfq_group *g, const struct pfq_batch *batch,
			    struct pfq_view *v, struct pfq_lane_env *env, struct pfq_scratch *s,
			    struct pfq_outcome *out)
{
	u32 hash = pfq_datagram_hash(g, batch, v, env, s, out);

	if (hash == PFQ_HASH_WAITS)
		return false;
	pfq_datagram_settle(out, hash);
	return true;
}

/* The hash of a packet that is not plain; PFQ_HASH_WAITS: it waits. */
static noinline u32 slow_flow_hash(const struct pfq_group *g, const struct pfq_batch *batch,
				   struct pfq_view *v, struct pfq_lane_env *env,
				   struct pfq_scratch *s)
{
	u32 hash = pfq_program_flow_hash(v, env);

	if (unlikely(hash == PFQ_HASH_DATAGRAM))
		hash = pfq_datagram_hash(g, batch, v, env, s, NULL);
	return hash;
}

/*
 * The hash of a plain packet, for an open group that steers by flow, as most groups do. Program
 * and classes need not be examined for such a packet. @key: pfq_hash_key(env->seed). Returns
 * PFQ_HASH_NONE if the packet is not plain.
 */
static __always_inline u32 plain_flow_hash(struct pfq_view *v, u64 key)
{
	const u8 *ip = v->data + PFQ_ETHER_BYTES;
	u32 hash = PFQ_HASH_NONE;	/* a single return: several would cost instructions */

	if (likely(!v->flow.parsed && pfq_is_plain(v))) {
		pfq_parse_plain4(v);
		hash = pfq_hash_ip4(ip + 12, v->flow.sport, v->flow.dport, v->flow.proto, key);
	} else if (!v->flow.parsed && pfq_is_plain6(v)) {
		pfq_parse_plain6(v);
		hash = pfq_hash_ip6(ip + 8, v->flow.sport, v->flow.dport, v->flow.proto, key);
	}
	return hash;
}

/*
 * The same decision for any packet of a batch: returns the member and sets *hash_out. A packet
 * that waits gives PFQ_STEER_NOBODY and PFQ_HASH_WAITS. Each branch picks the member by itself:
 * one place for all of them would cost instructions.
 */
static __always_inline u32 decide_flow(const struct pfq_group *g, const struct pfq_batch *batch,
				       struct pfq_view *v, struct pfq_lane_env *env,
				       struct pfq_scratch *s, u64 key, u32 *hash_out)
{
	const struct pfq_steer_table *table = &g->class[0]->table;
	const u8 *ip = v->data + PFQ_ETHER_BYTES;
	u32 hash, m;

	if (likely(!v->flow.parsed && pfq_is_plain(v))) {
		pfq_parse_plain4(v);
		hash = pfq_hash_ip4(ip + 12, v->flow.sport, v->flow.dport, v->flow.proto, key);
		m = pfq_steer_pick(table, hash);
	} else if (!v->flow.parsed && pfq_is_plain6(v)) {
		pfq_parse_plain6(v);
		hash = pfq_hash_ip6(ip + 8, v->flow.sport, v->flow.dport, v->flow.proto, key);
		m = pfq_steer_pick(table, hash);
	} else {
		hash = slow_flow_hash(g, batch, v, env, s);
		m = hash == PFQ_HASH_WAITS ? PFQ_STEER_NOBODY : pfq_steer_pick(table, hash);
	}
	*hash_out = hash;
	return m;
}

#endif /* PFQ_CORE_DECIDE_H */
