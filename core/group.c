/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Two passes over a batch. The first, here, decides, packet by packet, who gets
 * it and notes its index in those members' runs. The second, in member.c, goes
 * member by member, so that a ring's lines are touched once a batch and its
 * cursor published once.
 */
#include "group.h"
#include "hash.h"
#include "parse.h"

static inline void run_append(struct pfq_scratch *s, size_t m, size_t i)
{
	size_t n = s->count[m];

	s->run[m][n] = (u8)i;
	s->count[m] = (u8)(n + 1);
	if (unlikely(!n))
		s->touched[s->touched_count++] = (u16)m;
}

/* 1: member @m gets packet @i; 0: it has it already, or there is no such member */
static u32 give(const struct pfq_group *g, struct pfq_scratch *s, u32 m, u32 i)
{
	u32 n;

	if (m >= g->members)
		return 0;
	n = s->count[m];
	if (n && s->run[m][n - 1] == i)
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

/* one class's members for packet @i; returns how many had not got it before */
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

/* does the group take this packet? *count is of the cause where it does not */
static noinline bool screen(const struct pfq_group *g, const struct pfq_view *v, u32 *count)
{
	if (!pfq_of_direction(g->direction, v)) {
		count[PFQ_GROUP_recv]--;	/* not of this group */
		return false;
	}
	if (!pfq_filter_match(g->filter, v)) {
		count[PFQ_GROUP_drop_filter]++;
		return false;
	}
	if (g->vlans && !pfq_vlan_match(g->vlans, v)) {
		count[PFQ_GROUP_drop_vlan]++;
		return false;
	}
	return true;
}

/* all but the case that decide() keeps for itself */
static noinline void decide_slow(const struct pfq_group *g, const struct pfq_verdict *verdict,
				 struct pfq_scratch *s, u32 i, u32 *count)
{
	u32 given = 0;

	if (verdict->kind == PFQ_VERDICT_DROP) {
		count[PFQ_GROUP_drop_program]++;
		return;
	}
	if (!g->holding)
		given = give_classes(g, s, verdict, i);
	if (!given)
		count[PFQ_GROUP_drop_no_member]++;
	count[PFQ_GROUP_copies] += given;
}

/* what the program says of packet @i, and the members that get it for that */
static inline void decide(const struct pfq_group *g, struct pfq_view *v, struct pfq_lane_env *env,
			  struct pfq_scratch *s, u32 i, u32 *count)
{
	struct pfq_verdict verdict;
	u32 m = PFQ_STEER_NOBODY;

	pfq_program_run(g->program, v, &verdict, env);
	s->hash[i] = verdict.flow_hash;
	/* one member of the class that all are in */
	if (likely(verdict.kind == PFQ_VERDICT_STEER && verdict.classes == PFQ_CLASS_DEFAULT &&
		   g->class[0] && !g->holding))
		m = pfq_steer_pick(&g->class[0]->table, verdict.h1);
	if (unlikely(m >= g->members)) {
		decide_slow(g, &verdict, s, i, count);
		return;
	}
	run_append(s, m, i);
	count[PFQ_GROUP_copies]++;
}

/*
 * decide() of a batch for a group that steers by flow and is not holding: most
 * groups are so. What the program says, and of which class, need not be asked
 * of each packet.
 */
static __always_inline void decide_flows(const struct pfq_group *g, struct pfq_batch *batch,
					 struct pfq_lane_env *env, struct pfq_scratch *s,
					 u32 packets, u32 *count, bool screened)
{
	const struct pfq_steer_table *table = &g->class[0]->table;
	u64 key = pfq_hash_key(env->seed);
	u32 members = g->members, left = 0, hash, m;
	size_t i;

	for (i = 0; i < packets; i++) {
		struct pfq_view *v = &batch->view[i];
		const u8 *ip = v->data + PFQ_ETHER_BYTES;

		if (screened && !screen(g, v, count)) {
			left++;
			continue;
		}
		if (likely(!v->flow.parsed && pfq_is_plain(v))) {
			pfq_parse_plain4(v);
			hash = pfq_hash_ip4(ip + 12, v->flow.sport, v->flow.dport, v->flow.proto,
					    key);
		} else if (!v->flow.parsed && pfq_is_plain6(v)) {
			pfq_parse_plain6(v);
			hash = pfq_hash_ip6(ip + 8, v->flow.sport, v->flow.dport, v->flow.proto,
					    key);
		} else {
			hash = pfq_program_flow_hash(v, env);
		}
		m = pfq_steer_pick(table, hash);
		if (unlikely(m >= members)) {
			count[PFQ_GROUP_drop_no_member]++;
			left++;
			continue;
		}
		s->hash[i] = hash;
		run_append(s, m, i);
	}
	count[PFQ_GROUP_copies] += packets - left;
}

static noinline void decide_all_flows(const struct pfq_group *g, struct pfq_batch *batch,
				      struct pfq_lane_env *env, struct pfq_scratch *s, u32 packets,
				      u32 *count)
{
	decide_flows(g, batch, env, s, packets, count, false);
}

static noinline void decide_screened_flows(const struct pfq_group *g, struct pfq_batch *batch,
					   struct pfq_lane_env *env, struct pfq_scratch *s,
					   u32 packets, u32 *count)
{
	decide_flows(g, batch, env, s, packets, count, true);
}

/* decide() of a batch of which all members of a class get all: no packet is looked at */
static noinline void decide_all_copies(const struct pfq_group *g, struct pfq_scratch *s,
				       u32 packets, u32 *count)
{
	const struct pfq_class_members *cls = g->class[0];
	u32 i, k, given = 0;
	const u8 *run = NULL;

	memset(s->hash, 0, packets * sizeof(s->hash[0]));
	for (k = 0; k < cls->count; k++) {
		u32 m = cls->all[k];

		if (m >= g->members || s->count[m])
			continue;
		if (run)
			memcpy(s->run[m], run, packets);
		for (i = 0; !run && i < packets; i++)
			s->run[m][i] = (u8)i;
		run = s->run[m];
		s->count[m] = (u8)packets;
		s->touched[s->touched_count++] = (u16)m;
		given += packets;
	}
	if (!given)
		count[PFQ_GROUP_drop_no_member] += packets;
	count[PFQ_GROUP_copies] += given;
}

static void decide_all(const struct pfq_group *g, struct pfq_batch *batch,
		       struct pfq_lane_env *env, struct pfq_scratch *s)
{
	bool screened = g->direction != PFQ_DIRECTION_INOUT || g->filter || g->vlans;
	bool open = g->class[0] && !g->holding;
	u64 *counters = g->lane[env->lane].counters;
	u32 n = min_t(u32, batch->n, PFQ_BATCH_MAX), i;
	u32 count[PFQ_GROUP_COUNTERS_MAX] = { [PFQ_GROUP_recv] = n };

	if (open && pfq_program_is_flow(g->program)) {
		(screened ? decide_screened_flows : decide_all_flows)(g, batch, env, s, n, count);
	} else if (open && !screened && n && pfq_program_is_copy(g->program)) {
		decide_all_copies(g, s, n, count);
	} else {
		for (i = 0; i < n; i++)
			if (!screened || screen(g, &batch->view[i], count))
				decide(g, &batch->view[i], env, s, i, count);
	}
	count[PFQ_GROUP_steered] = count[PFQ_GROUP_recv] - count[PFQ_GROUP_drop_filter] -
				   count[PFQ_GROUP_drop_vlan] - count[PFQ_GROUP_drop_program] -
				   count[PFQ_GROUP_drop_no_member];
	for (i = 0; i < PFQ_GROUP_COUNTERS_MAX; i++)
		pfq_counter_add(&counters[i], count[i]);
}

void pfq_group_run(const struct pfq_group *g, struct pfq_batch *batch, struct pfq_lane_env *env,
		   struct pfq_scratch *scratch)
{
	struct pfq_memo memo = { .filter = NULL };
	u32 t, m;

	scratch->touched_count = 0;
	decide_all(g, batch, env, scratch);
	for (t = 0; t < scratch->touched_count; t++) {
		m = scratch->touched[t];
		pfq_member_deliver(&g->member[m], batch, env->lane, scratch->run[m],
				   scratch->count[m], scratch->hash, &memo);
		scratch->count[m] = 0;
	}
}
