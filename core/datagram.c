/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group that holds fragments has each of their datagrams in one of three states:
 *
 *	undecided	frag.c's table has no entry, or only an aged one, of an earlier datagram
 *			with this identification: later fragments are held (hold.c)
 *	first		the first fragment came: all fragments go by its hash
 *	given up	a fragment waited its full time or found no room: all go by addresses
 *
 *	undecided -> first, undecided -> given up
 *
 * A given-up entry is void after 2 s, the entry of a first fragment after 32 s.
 *
 * The lane that stores the entry then takes the held packets of the datagram and delivers them
 * before its own packet. So packets keep the order in which they came. The order matters to
 * reassemblers that keep the earlier one of two fragments that overlap.
 *
 * The record of a released packet has the time of the release. So its lane stays in order of time
 * and keeps what its watermark promised. No watermark covers an adapter's own timestamps: they
 * stay.
 *
 * A group with only one member to choose holds nothing, since every fragment goes to that member.
 *
 * hold.c explains how lanes race. Groups with different wait times have separate entries, because
 * a group that waits less would otherwise give up for the other.
 */
#include "datagram.h"
#include "decide.h"
#include "frag.h"
#include "hold.h"
#include "icmp.h"

/*
 * A long packet needs slots side by side. To make room for it, at most this many held packets,
 * each with its datagram, are given up.
 */
#define EVICT_MAX	(2 * PFQ_HOLD_SLOTS)
/*
 * Packets released by one call. The last part may exceed it. Releasing a full table takes
 * milliseconds, and packets of other groups wait meanwhile.
 */
#define EXPIRE_MAX	512

/* The context of a lane that releases held packets. */
struct releaser {
	const struct pfq_group *g;
	const struct pfq_batch *batch;
	struct pfq_lane_env *env;
	struct pfq_scratch *s;
	u64 ts_ns;	/* for the released records; 0: they keep their own time */
};

/* The seed of keys in frag.c's table: groups that wait for different times have different ones. */
static u32 realm_of(const struct pfq_group *g, u32 seed)
{
	return seed ^ (u32)(pfq_hold_wait(g->hold) * 0x9e3779b97f4a7c15ULL >> 32);
}

static void count_group(const struct releaser *r, u32 counter, u32 n)
{
	pfq_counter_add(&r->g->lane[r->env->lane].counters[counter], n);
}

/* --- release ------------------------------------------------------------------- */

/* Remember the touched members in s->early, and begin a new list. */
static void note_early(struct pfq_scratch *s)
{
	u32 t;

	for (t = 0; t < s->touched_count; t++)
		s->early[s->touched[t] / 64] |= 1ULL << s->touched[t] % 64;
	s->has_early = true;
	s->touched_count = 0;
}

void pfq_datagram_touch(struct pfq_scratch *s)
{
	u32 t, i;

	for (t = 0; t < s->touched_count; t++)
		s->early[s->touched[t] / 64] |= 1ULL << s->touched[t] % 64;
	s->touched_count = 0;
	for (i = 0; i < PFQ_MEMBERS_MAX; i++)
		if (s->early[i / 64] >> i % 64 & 1)
			s->touched[s->touched_count++] = (u16)i;
	memset(s->early, 0, sizeof(s->early));
	s->has_early = false;
}

/*
 * Deliver a held packet to members, as any packet, by the outcome that the program had when it
 * came: the program does not count it twice, and may be another one by now. @hash: the datagram's.
 */
static void deliver_held(const struct releaser *r, struct pfq_held *held, u32 hash)
{
	struct pfq_view *v = &held->view;
	u32 copies = 0;

	if (r->ts_ns && !(v->flags & PFQ_REC_F_HWTS))
		v->ts_ns = r->ts_ns;
	pfq_datagram_settle(&held->outcome, hash);
	count_group(r, decide_others(r->g, &held->outcome, r->s, 0, &copies), 1);
	count_group(r, PFQ_GROUP_copies, copies);
	deliver_touched(r->g, v, r->env->lane, &held->outcome, r->s);
	note_early(r->s);
}

static void deliver_slot(const struct releaser *r, struct pfq_hold_part *p, int slot, u32 hash)
{
	deliver_held(r, &p->held[slot], hash);
	pfq_hold_free(r->g->hold, p, slot);
}

/* Take all held packets of datagram @key and deliver them by @hash. Returns their number. */
static u32 release(const struct releaser *r, struct pfq_hold_part *p, u64 key, u32 hash)
{
	u8 slot[PFQ_HOLD_SLOTS];
	u32 n = pfq_hold_take(p, key, slot), i;

	/* the packets of the batch that came earlier go first */
	if (n && r->batch) {
		deliver_runs(r->g, r->batch, r->env->lane, r->s);
		note_early(r->s);
	}
	for (i = 0; i < n; i++)
		deliver_slot(r, p, slot[i], hash);
	return n;
}

/* --- giving up ------------------------------------------------------------------- */

/*
 * Give up waiting for the datagram of the packet in @slot. This lane has taken that packet. It
 * goes back among the held ones, so that release() delivers all of them in order. Returns their
 * number. @ns: time of now, as of pfq_frag_ns(). @cause: the counter to add them to.
 */
static u32 give_up(const struct releaser *r, struct pfq_hold_part *p, int slot, u64 ns,
		    enum pfq_group_counter cause)
{
	struct pfq_held *held = &p->held[slot];
	u64 key = held->key;
	bool is_first;
	u32 hash = pfq_frag_give_up(r->env->frags, key, ns, true,
				    pfq_frag_hash_alone(&held->view, r->env->seed), &is_first);
	u32 n;

	pfq_hold_put_back(p, slot);
	n = release(r, p, key, hash);
	/* If the first fragment came meanwhile, they go by its hash: no loss to count. */
	if (!is_first)
		count_group(r, cause, n);
	return n;
}

/* Make room for @v by giving up the oldest datagram. Returns false if nothing is held here. */
static bool evict(const struct releaser *r, struct pfq_hold_part *p, const struct pfq_view *v)
{
	int slot = pfq_hold_take_oldest(p);

	if (slot < 0)
		return false;
	give_up(r, p, slot, pfq_frag_ns(v), PFQ_GROUP_frag_no_room);
	return true;
}

/* Release the packets of one part that have waited their time. Returns their number. */
static u32 expire_part(const struct releaser *r, struct pfq_hold_part *p, bool all, u64 *next_ns)
{
	u32 tries, n = 0;
	int slot;

	/* The bound is needed because other lanes may add packets meanwhile. */
	for (tries = 0; tries < PFQ_HOLD_SLOTS; tries++) {
		slot = pfq_hold_take_due(r->g->hold, p, r->env->now_ns, all, next_ns);
		if (slot < 0)
			break;
		n += give_up(r, p, slot, r->ts_ns ? r->ts_ns : pfq_frag_ns(&p->held[slot].view),
			     PFQ_GROUP_frag_timed_out);
	}
	return n;
}

u64 pfq_group_expire(const struct pfq_group *g, struct pfq_lane_env *env, struct pfq_scratch *s,
		     u64 ts_ns, bool all)
{
	struct releaser r = { g, NULL, env, s, ts_ns };
	struct pfq_hold *h = g->hold;
	u64 next_ns = ~0ULL;
	u32 from, i, n = 0;

	s->touched_count = 0;
	if (likely(!pfq_hold_count(h)))
		return ~0ULL;
	/* continue where the last call, of any lane, stopped */
	from = READ_ONCE(h->expire_from);
	for (i = 0; i < PFQ_HOLD_PARTS && n < EXPIRE_MAX; i++)
		n += expire_part(&r, &h->part[(from + i) % PFQ_HOLD_PARTS], all, &next_ns);
	if (n >= EXPIRE_MAX) {
		WRITE_ONCE(h->expire_from, (from + i) % PFQ_HOLD_PARTS);
		next_ns = min_t(u64, next_ns, env->now_ns);
	}
	if (s->has_early)
		pfq_datagram_touch(s);
	return next_ns;
}

/* --- fragments -------------------------------------------------------------------- */

/* Does the group have more than one member to choose from? */
static bool is_choice(const struct pfq_group *g, u64 classes)
{
	const struct pfq_class_members *cls;

	for (; !g->holding && classes; classes &= classes - 1) {
		cls = g->class[__ffs64(classes)];
		if (cls && cls->table.members > 1)
			return true;
	}
	return false;
}

/*
 * Hold a copy of the later fragment @v. Returns PFQ_HASH_WAITS, or the hash by which @v goes at
 * once: there was no room, or another lane has decided the datagram meanwhile.
 */
static u32 hold(const struct releaser *r, const struct pfq_view *v, const struct pfq_outcome *out,
		u64 key, u32 alone)
{
	struct pfq_hold_part *p = pfq_hold_part(r->g->hold, v, key, r->env->seed);
	u64 ns = pfq_frag_ns(v), word = 0;
	u32 hash, tries = 0, n;
	bool is_first;
	int slot;

	do {
		slot = pfq_hold_put(r->g->hold, p, v, out, key,
				    r->env->now_ns ? r->env->now_ns : ns, &word);
	} while (slot < 0 && tries++ < EVICT_MAX && evict(r, p, v));
	if (slot < 0) {
		hash = pfq_frag_give_up(r->env->frags, key, ns, true, alone, &is_first);
		smp_mb();
		n = release(r, p, key, hash);
		if (!is_first)
			count_group(r, PFQ_GROUP_frag_no_room, n + 1);
		return hash;
	}
	if (unlikely(pfq_frag_find(r->env->frags, key, ns, true, &hash) == PFQ_FRAG_DECIDED) &&
	    pfq_hold_take_back(p, slot, word)) {
		pfq_hold_free(r->g->hold, p, slot);
		return hash;
	}
	count_group(r, PFQ_GROUP_frag_waited, 1);
	return PFQ_HASH_WAITS;
}

/* The hash of an ICMP error @v that quotes a later fragment. */
static u32 quoted_hash(const struct pfq_group *g, const struct pfq_view *v,
		       struct pfq_lane_env *env, u32 realm)
{
	struct pfq_view quote;
	u32 hash;

	if (!pfq_icmp_quote(v, &quote))
		return pfq_hash_flow(v, env->seed);
	if (pfq_frag_find(env->frags, pfq_frag_key(&quote, realm), pfq_frag_ns(v),
			  pfq_hold_wait(g->hold), &hash))
		return hash;
	return pfq_frag_hash_alone(&quote, env->seed);
}

/*
 * The hash of the first fragment @v: @own, or PFQ_HASH_DATAGRAM: that of its flow. Stores it as the
 * decision and releases the held packets.
 */
static u32 first_hash(const struct releaser *r, const struct pfq_view *v, u64 key, u32 own,
		      u32 realm)
{
	u32 hash = own == PFQ_HASH_DATAGRAM ? pfq_program_own_hash(v, r->env->seed) : own;
	struct pfq_hold *h = r->g->hold;

	if (unlikely(hash == PFQ_HASH_DATAGRAM))
		hash = quoted_hash(r->g, v, r->env, realm);
	hash = pfq_frag_first(r->env->frags, key, pfq_frag_ns(v), pfq_hold_wait(h), hash);
	smp_mb();
	if (unlikely(pfq_hold_count(h)))
		release(r, pfq_hold_part(h, v, key, r->env->seed), key, hash);
	return hash;
}

u64 pfq_datagram_classes(const struct pfq_outcome *out)
{
	u64 classes = out->main.kind == PFQ_VERDICT_DATAGRAM ? out->main.classes : 0;
	u32 k;

	for (k = 0; k < out->main.more; k++)
		if (out->also[k].kind == PFQ_VERDICT_DATAGRAM)
			classes |= out->also[k].classes;
	return classes;
}

/* The first output that is PFQ_VERDICT_DATAGRAM. */
static const struct pfq_verdict *datagram_verdict(const struct pfq_outcome *out)
{
	u32 k;

	for (k = 0; k < out->main.more && out->main.kind != PFQ_VERDICT_DATAGRAM; k++)
		if (out->also[k].kind == PFQ_VERDICT_DATAGRAM)
			return &out->also[k];
	return &out->main;
}

static void settle_one(struct pfq_verdict *verdict, u32 hash)
{
	if (verdict->kind != PFQ_VERDICT_DATAGRAM)
		return;
	verdict->kind = PFQ_VERDICT_STEER;
	verdict->flow_hash = hash;
	verdict->h1 = hash;
}

void pfq_datagram_settle(struct pfq_outcome *out, u32 hash)
{
	u32 k;

	settle_one(&out->main, hash);
	for (k = 0; k < out->main.more; k++)
		settle_one(&out->also[k], hash);
}

u32 pfq_datagram_hash(const struct pfq_group *g, const struct pfq_batch *batch, struct pfq_view *v,
		      struct pfq_lane_env *env, struct pfq_scratch *s,
		      const struct pfq_outcome *out)
{
	static const struct pfq_outcome flow = {
		.main = { .kind = PFQ_VERDICT_DATAGRAM, .h1 = PFQ_HASH_DATAGRAM,
			  .classes = PFQ_CLASS_DEFAULT },
	};
	struct releaser r = { g, batch, env, s, pfq_frag_ns(v) };
	const struct pfq_verdict *verdict = datagram_verdict(out ? out : &flow);
	u32 realm = realm_of(g, env->seed) ^ verdict->h2, hash, alone;
	enum pfq_frag_found found;
	bool is_first;
	u64 key;

	if (!(v->flow.flags & PFQ_FLOW_FRAG))
		return quoted_hash(g, v, env, realm);
	key = pfq_frag_key(v, realm);
	if (v->flow.flags & PFQ_FLOW_FRAG_FIRST)
		return first_hash(&r, v, key, verdict->h1, realm);
	found = pfq_frag_find(env->frags, key, r.ts_ns, pfq_hold_wait(g->hold), &hash);
	if (found == PFQ_FRAG_DECIDED)
		return hash;
	alone = pfq_frag_hash_alone(v, env->seed);
	if (!pfq_hold_wait(g->hold))
		return pfq_frag_give_up(env->frags, key, r.ts_ns, false, alone, &is_first);
	if (!out)
		out = &flow;
	if (is_choice(g, pfq_datagram_classes(out)))
		return hold(&r, v, out, key, alone);
	return found == PFQ_FRAG_AGED ? hash : alone;
}
