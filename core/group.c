/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Two passes over a batch. The first decides, packet by packet, who gets it and
 * notes its index in those members' runs. The second goes member by member, so
 * that a ring's lines are touched once a batch and its cursor published once.
 */
#include "group.h"

#define MACS_BYTES	12
#define TAG_BYTES	4
#define REC_FLAGS	(PFQ_REC_F_VLAN | PFQ_REC_F_OUT | PFQ_REC_F_HWTS)

static inline bool of_direction(u8 direction, const struct pfq_view *v)
{
	bool out = v->flags & PFQ_REC_F_OUT;

	return direction == PFQ_DIRECTION_INOUT || out == (direction == PFQ_DIRECTION_OUT);
}

/* --- first pass: who gets it ------------------------------------------------ */

/* 1: member @m gets packet @i; 0: it has it already, or there is no such member */
static inline u32 give(const struct pfq_group *g, struct pfq_scratch *s, u32 m, u32 i)
{
	u32 n;

	if (unlikely(m >= g->members))
		return 0;
	n = s->count[m];
	if (!n)
		s->touched[s->touched_count++] = (u16)m;
	else if (s->run[m][n - 1] == i)
		return 0;
	s->run[m][n] = (u8)i;
	s->count[m] = (u8)(n + 1);
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
static inline u32 give_class(const struct pfq_group *g, struct pfq_scratch *s,
			     const struct pfq_class_members *cls, const struct pfq_verdict *verdict,
			     u32 i)
{
	switch (verdict->kind) {
	case PFQ_VERDICT_STEER:
		return give(g, s, pfq_steer_pick(&cls->table, verdict->h1), i);
	case PFQ_VERDICT_COPY:
		return give_all(g, s, cls, i);
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

static inline u32 give_classes(const struct pfq_group *g, struct pfq_scratch *s,
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

/* what becomes of packet @i; *copies grows by those it makes */
static inline enum pfq_group_counter decide(const struct pfq_group *g, struct pfq_view *v,
					    struct pfq_lane_env *env, struct pfq_scratch *s, u32 i,
					    u32 *copies)
{
	struct pfq_verdict verdict;
	u32 given;

	if (g->filter && !pfq_filter_match(g->filter, v))
		return PFQ_GROUP_drop_filter;
	if (g->vlans && !pfq_vlan_match(g->vlans, v))
		return PFQ_GROUP_drop_vlan;
	pfq_program_run(g->program, v, &verdict, env);
	if (unlikely(verdict.kind == PFQ_VERDICT_DROP))
		return PFQ_GROUP_drop_program;
	if (unlikely(g->holding))
		return PFQ_GROUP_drop_no_member;
	given = give_classes(g, s, &verdict, i);
	if (unlikely(!given))
		return PFQ_GROUP_drop_no_member;
	s->hash[i] = verdict.flow_hash;
	*copies += given;
	return PFQ_GROUP_steered;
}

static void decide_all(const struct pfq_group *g, struct pfq_batch *batch,
		       struct pfq_lane_env *env, struct pfq_scratch *s)
{
	u64 *counters = g->lane[env->lane].counters;
	u32 n = min_t(u32, batch->n, PFQ_BATCH_MAX), i, recv = 0, copies = 0;
	u32 count[PFQ_GROUP_COUNTERS_MAX] = { 0 };

	for (i = 0; i < n; i++) {
		if (unlikely(!of_direction(g->direction, &batch->view[i])))
			continue;
		recv++;
		count[decide(g, &batch->view[i], env, s, i, &copies)]++;
	}
	count[PFQ_GROUP_recv] = recv;
	count[PFQ_GROUP_copies] = copies;
	/* others read them at any time */
	for (i = 0; i < PFQ_GROUP_COUNTERS_MAX; i++)
		WRITE_ONCE(counters[i], counters[i] + count[i]);
}

/* --- second pass: into the rings --------------------------------------------- */

/* the last filter seen, with what it said about each packet of the batch: members often share one */
struct memo {
	const struct pfq_filter *filter;
	u64 known, accepted;	/* a bit for each packet */
};

static bool memo_match(struct memo *memo, const struct pfq_filter *f, const struct pfq_view *v,
		       u32 i)
{
	if (memo->filter != f)
		*memo = (struct memo){ .filter = f };
	if (!(memo->known >> i & 1)) {
		memo->known |= 1ULL << i;
		memo->accepted |= (u64)pfq_filter_match(f, v) << i;
	}
	return memo->accepted >> i & 1;
}

static inline bool wanted(const struct pfq_member *m, const struct pfq_view *v, struct memo *memo,
			  u32 i)
{
	/* an echo goes first: it must be taken off whatever the others say */
	if (unlikely(m->echo && v->flags & PFQ_REC_F_OUT) && pfq_echo_take(m->echo, v))
		return false;
	if (unlikely(!of_direction(m->direction, v)))
		return false;
	return !m->filter || memo_match(memo, m->filter, v, i);
}

/* the first @caplen bytes of the frame as it was on the wire */
static void write_tagged(u8 *to, const struct pfq_view *v, u32 caplen)
{
	u8 tag[TAG_BYTES] = { v->tpid >> 8, v->tpid & 0xff, v->tci >> 8, v->tci & 0xff };

	memcpy(to, v->data, min_t(u32, caplen, MACS_BYTES));
	if (caplen <= MACS_BYTES)
		return;
	memcpy(to + MACS_BYTES, tag, min_t(u32, caplen - MACS_BYTES, TAG_BYTES));
	if (caplen <= MACS_BYTES + TAG_BYTES)
		return;
	memcpy(to + MACS_BYTES + TAG_BYTES, v->data + MACS_BYTES, caplen - MACS_BYTES - TAG_BYTES);
}

static void fill(struct pfq_rec *rec, const struct pfq_view *v, u32 len, u32 caplen, u32 hash,
		 bool tagged)
{
	rec->ts_ns = v->ts_ns;
	rec->len = len;
	rec->caplen = caplen;
	rec->tci = tagged ? v->tci : 0;
	rec->tpid = tagged ? v->tpid : 0;
	rec->hash = hash;
	rec->ifindex = v->ifindex;
	rec->flags = v->flags & (tagged ? REC_FLAGS : REC_FLAGS & ~PFQ_REC_F_VLAN);
	rec->queue = v->queue;
}

static inline bool put(struct pfq_producer *p, const struct pfq_view *v, u32 snaplen, u32 hash)
{
	/* only Ethernet has a place for a tag */
	bool tagged = v->flags & PFQ_REC_F_VLAN && v->linktype == PFQ_LINKTYPE_ETHERNET;
	u32 caplen = v->caplen, len = v->len;
	struct pfq_rec *rec;

	if (unlikely(tagged)) {
		/* a packet cut short before the tag's place stays so */
		if (caplen >= MACS_BYTES)
			caplen = (u32)min_t(u64, (u64)caplen + TAG_BYTES, PFQ_SNAPLEN_MAX);
		len = (u32)min_t(u64, (u64)len + TAG_BYTES, ~0U);
	}
	caplen = min_t(u32, caplen, snaplen);
	rec = pfq_ring_reserve(p, caplen);
	if (unlikely(!rec))
		return false;
	fill(rec, v, len, caplen, hash, tagged);
	if (unlikely(tagged))
		write_tagged((u8 *)(rec + 1), v, caplen);
	else
		memcpy(rec + 1, v->data, caplen);
	return true;
}

static void deliver(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
		    const u8 *run, u32 count, const u32 *hash, struct memo *memo)
{
	struct pfq_producer *p = &m->producer[lane];
	u32 k, refused = 0, full = 0;

	for (k = 0; k < count; k++) {
		const struct pfq_view *v = &batch->view[run[k]];

		if (!wanted(m, v, memo, run[k]))
			refused++;
		else if (!put(p, v, m->snaplen, hash[run[k]]))
			full++;
	}
	p->counters[PFQ_ENDPOINT_offered] += count;
	p->counters[PFQ_ENDPOINT_drop_endpoint_filter] += refused;
	p->counters[PFQ_ENDPOINT_drop_ring_full] += full;
	p->counters[PFQ_ENDPOINT_delivered] += count - refused - full;
	pfq_ring_publish(p);
}

void pfq_group_run(const struct pfq_group *g, struct pfq_batch *batch, struct pfq_lane_env *env,
		   struct pfq_scratch *scratch)
{
	struct memo memo = { .filter = NULL };
	u32 t, m;

	scratch->touched_count = 0;
	decide_all(g, batch, env, scratch);
	for (t = 0; t < scratch->touched_count; t++) {
		m = scratch->touched[t];
		deliver(&g->member[m], batch, env->lane, scratch->run[m], scratch->count[m],
			scratch->hash, &memo);
		scratch->count[m] = 0;
	}
}
