/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A batch takes two passes. The first, here, decides packet by packet which members get it, and
 * adds its index to their runs. The second, in member.c, goes member by member, so that a ring's
 * cache lines are touched and its cursor is published once for each batch.
 *
 * A single packet, as the kernel's hooks pass them on, has nothing to share. The same decisions
 * apply. If one member gets it, it goes directly into the ring, and only counters that change are
 * written.
 */
#include "decide.h"
#include "flows.h"

/* --- many ------------------------------------------------------------------------ */

/* The first pass for an open group that steers by flow. @count: one number for each cause. */
static __always_inline void decide_flows(const struct pfq_group *g, struct pfq_batch *batch,
					 struct pfq_lane_env *env, struct pfq_scratch *s,
					 u32 packets, u32 *count, bool screened)
{
	u64 key = pfq_hash_key(env->seed);
	u32 members = g->members, left = 0, cause, hash, m;
	size_t i;

	for (i = 0; i < packets; i++) {
		struct pfq_view *v = &batch->view[i];

		if (screened) {
			cause = screen(g, v);
			if (unlikely(cause != PFQ_GROUP_steered)) {
				count[cause]++;
				left++;
				continue;
			}
		}
		m = decide_flow(g, batch, v, env, s, key, &hash);
		if (unlikely(m >= members)) {
			count[hash == PFQ_HASH_WAITS ? PFQ_GROUP_waits
						     : PFQ_GROUP_drop_no_member]++;
			left++;
			continue;
		}
		s->hash[i] = hash;
		run_append(s, m, i);
	}
	count[PFQ_GROUP_steered] += packets - left;
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

/* decide() for a batch that every member of the default class gets whole: no packet is examined. */
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
	count[given ? PFQ_GROUP_steered : PFQ_GROUP_drop_no_member] += packets;
	count[PFQ_GROUP_copies] += given;
}

/* Packet by packet, for any program and any group. */
static noinline void decide_each(const struct pfq_group *g, struct pfq_batch *batch,
				 struct pfq_lane_env *env, struct pfq_scratch *s, u32 packets,
				 u32 *count)
{
	bool screened = is_screened(g), open = is_open(g);
	bool special = pfq_program_is_special(g->program);
	struct pfq_outcome out;
	u32 i, m, cause;

	for (i = 0; i < packets; i++) {
		struct pfq_view *v = &batch->view[i];

		cause = screened ? screen(g, v) : PFQ_GROUP_steered;
		if (unlikely(cause != PFQ_GROUP_steered)) {
			count[cause]++;
			continue;
		}
		m = decide(g, v, env, open, &out);
		s->hash[i] = out.main.flow_hash;
		if (likely(m < g->members)) {
			if (unlikely(special))
				note_cut(s, &out.main, i);
			run_append(s, m, i);
			count[PFQ_GROUP_copies]++;
		} else if (is_unsettled(&out) && !settle(g, batch, v, env, s, &out)) {
			cause = PFQ_GROUP_waits;
		} else {
			s->hash[i] = hash_of(&out);
			cause = decide_others(g, &out, s, i, &count[PFQ_GROUP_copies]);
		}
		count[cause]++;
	}
}

/*
 * Load the lines of the table that the program's properties of flows will use, so that the misses
 * of a batch take place at the same time. A fragment's key is not known here; its prefetch is in
 * vain.
 */
static noinline void prefetch_flows(const struct pfq_program *prog, struct pfq_batch *batch,
				    u32 packets, u32 seed)
{
	struct pfq_view *v = batch->view;
	u64 key;
	u32 i;

	for (i = 0; i < packets; i++, v++) {
		pfq_parse(v);
		key = pfq_hash_flow64(v, seed);
		if (key != PFQ_HASH_NONE)
			pfq_flows_prefetch(prog->flows, key);
	}
}

static void decide_all(const struct pfq_group *g, struct pfq_batch *batch,
		       struct pfq_lane_env *env, struct pfq_scratch *s)
{
	u64 *counters = g->lane[env->lane].counters;
	u32 n = min_t(u32, batch->n, PFQ_BATCH_MAX), i;
	u32 count[PFQ_GROUP_CAUSES] = { 0 };
	bool screened = is_screened(g), open = is_open(g);

	/* not for packets that filters may drop */
	if (unlikely(g->program->flows) && !screened)
		prefetch_flows(g->program, batch, n, env->seed);
	if (open && pfq_program_is_flow(g->program))
		(screened ? decide_screened_flows : decide_all_flows)(g, batch, env, s, n, count);
	else if (open && !screened && n && pfq_program_copies_all(g->program))
		decide_all_copies(g, s, n, count);
	else
		decide_each(g, batch, env, s, n, count);
	count[PFQ_GROUP_recv] = n - count[PFQ_GROUP_not_of_it];
	for (i = 0; i < PFQ_GROUP_COUNTERS_MAX; i++)
		pfq_counter_add(&counters[i], count[i]);
}

/* --- pressure ---------------------------------------------------------------------- */

/* The fullest ring of the members in this lane, in percent. */
static noinline u32 pressure_of(const struct pfq_group *g, u32 lane)
{
	u32 m, most = 0, percent;

	for (m = 0; m < g->members; m++) {
		struct pfq_producer *p = &g->member[m].producer[lane];

		percent = (u32)pfq_div64(pfq_ring_unread(p) * 100, p->size);
		most = max_t(u32, most, percent);
	}
	return most;
}

/* Packets that come alone look at the rings once for so many packets, or so much time. */
#define PRESSURE_PACKETS	PFQ_BATCH_MAX
#define PRESSURE_NS		1000000

static noinline void look_at_rings(const struct pfq_group *g, const struct pfq_view *v,
				   struct pfq_lane_env *env)
{
	struct pfq_group_lane *l = &g->lane[env->lane];
	u64 now = pfq_frag_ns(v);

	if (!l->since || l->since >= PRESSURE_PACKETS || now - l->looked_ns > PRESSURE_NS) {
		l->pressure = pressure_of(g, env->lane);
		l->looked_ns = now;
		l->since = 0;
	}
	l->since++;
	env->pressure = l->pressure;
}

static inline bool has_pressure(const struct pfq_group *g)
{
	return g->program->flags & PFQ_PROGRAM_PRESSURE;
}

void pfq_group_run_many(const struct pfq_group *g, struct pfq_batch *batch,
			struct pfq_lane_env *env, struct pfq_scratch *scratch)
{
	scratch->touched_count = 0;
	if (unlikely(has_pressure(g)))
		env->pressure = pressure_of(g, env->lane);
	decide_all(g, batch, env, scratch);
	deliver_runs(g, batch, env->lane, scratch);
	if (unlikely(scratch->has_early))
		pfq_datagram_touch(scratch);
}

/* --- one ------------------------------------------------------------------------- */

static inline void count_one(u64 *counters, u32 cause)
{
	if (cause == PFQ_GROUP_not_of_it)
		return;
	pfq_counter_add(&counters[PFQ_GROUP_recv], 1);
	if (likely(cause != PFQ_GROUP_waits))
		pfq_counter_add(&counters[cause], 1);
}

/* A packet that does not simply go to one known member. */
static noinline void run_others(const struct pfq_group *g, struct pfq_view *v,
				struct pfq_lane_env *env, struct pfq_outcome *out,
				struct pfq_scratch *s)
{
	u64 *counters = g->lane[env->lane].counters;
	u32 copies = 0;

	if (unlikely(is_unsettled(out)) && !settle(g, NULL, v, env, s, out)) {
		count_one(counters, PFQ_GROUP_waits);
	} else {
		count_one(counters, decide_others(g, out, s, 0, &copies));
		pfq_counter_add(&counters[PFQ_GROUP_copies], copies);
		deliver_touched(g, v, env->lane, out, s);
	}
	if (unlikely(s->has_early))
		pfq_datagram_touch(s);
}

/* Any packet in any group: the group is not open, or goes by flow, and the packet is not plain. */
static noinline void run_any(const struct pfq_group *g, struct pfq_view *v,
			     struct pfq_lane_env *env, struct pfq_scratch *s)
{
	struct pfq_outcome out;

	if (unlikely(has_pressure(g)))
		look_at_rings(g, v, env);
	pfq_program_run(g->program, v, &out, env);
	run_others(g, v, env, &out, s);
}

void pfq_group_run_one(const struct pfq_group *g, struct pfq_view *v, struct pfq_lane_env *env,
		       struct pfq_scratch *s)
{
	u64 *counters = g->lane[env->lane].counters;
	struct pfq_memo memo = { .filter = NULL };
	u32 cause = is_screened(g) ? screen(g, v) : PFQ_GROUP_steered, m;
	struct pfq_outcome out;
	u32 hash;

	s->touched_count = 0;
	if (unlikely(cause != PFQ_GROUP_steered)) {
		count_one(counters, cause);
		return;
	}
	if (unlikely(!is_open(g))) {
		run_any(g, v, env, s);
		return;
	}
	if (pfq_program_is_flow(g->program)) {
		hash = plain_flow_hash(v, pfq_hash_key(env->seed));
		if (unlikely(!hash)) {
			run_any(g, v, env, s);
			return;
		}
		m = pfq_steer_pick(&g->class[0]->table, hash);
		if (unlikely(m >= g->members)) {
			count_one(counters, PFQ_GROUP_drop_no_member);
			return;
		}
	} else {
		if (unlikely(has_pressure(g)))
			look_at_rings(g, v, env);
		m = decide(g, v, env, true, &out);
		if (unlikely(m >= g->members)) {
			run_others(g, v, env, &out, s);
			return;
		}
		hash = out.main.flow_hash;
	}
	count_one(counters, PFQ_GROUP_steered);
	pfq_counter_add(&counters[PFQ_GROUP_copies], 1);
	s->touched[0] = (u16)m;
	s->touched_count = 1;
	pfq_member_deliver_one(&g->member[m], v, env->lane, hash, &memo);
}

void pfq_group_process(const struct pfq_group *g, struct pfq_batch *batch, struct pfq_lane_env *env,
		   struct pfq_scratch *scratch)
{
	if (batch->n == 1)
		pfq_group_run_one(g, &batch->view[0], env, scratch);
	else
		pfq_group_run_many(g, batch, env, scratch);
}
