// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include "../core/class.h"
#include "group.h"
#include "netns.h"
#include "snapshot.h"

static void add_share(struct pfq_class_work *w, const struct pfq_class_member *m)
{
	if (w->members < PFQ_MEMBERS_MAX)
		w->member[w->members++] = *m;
}

/* Add the absent members after *@last with shares below @below. *@last: the last one added. */
static void add_absent(struct pfq_class_work *w, const struct pfqk_group *g,
		       const struct list_head **last, u32 below)
{
	const struct pfqk_absent *a;

	for (; (*last)->next != &g->absent; *last = (*last)->next) {
		a = list_entry((*last)->next, struct pfqk_absent, entry);
		if (a->share >= below)
			break;
		add_share(w, &(struct pfq_class_member){
			.id = a->share,
			.weight = a->params.weight,
			.classes = a->params.classes,
			.is_started = true,
			.is_absent = true,
		});
	}
}

static void fill_members(struct pfqk_snapshot *s, const struct pfqk_group *g,
			 struct pfq_class_work *w)
{
	bool has_shares = pfq_program_has_shares(g->settings.program->core);
	const struct list_head *last = &g->absent;
	struct pfqk_endpoint *ep;
	u32 i = 0;

	w->is_lending = g->settings.linger_to == PFQ_LINGER_OTHERS;
	list_for_each_entry(ep, &g->member, entry) {
		s->member[i] = (struct pfq_member){
			.id = ep->id,
			.snaplen = ep->params.snaplen,
			.classes = ep->params.classes,
			.direction = ep->direction,
			.filter = ep->filter,
			.echo = &ep->echo,
			.producer = ep->producer,
		};
		s->endpoint[i] = ep;
		if (has_shares)
			add_absent(w, g, &last, ep->share);
		add_share(w, &(struct pfq_class_member){
			.id = ep->share,
			.weight = ep->params.weight,
			.classes = ep->params.classes,
			.is_started = ep->is_started,
		});
		i++;
	}
	if (has_shares)
		add_absent(w, g, &last, U32_MAX);
}

/* The group of the snapshot that is published now; NULL: none. */
static const struct pfq_group *published(const struct pfqk_group *g)
{
	const struct pfqk_snapshot *old;

	old = rcu_dereference_protected(g->snapshot, lockdep_is_held(&g->pn->lock));
	return old ? &old->group : NULL;
}

static bool build_classes(struct pfqk_snapshot *s, const struct pfqk_group *g,
			  struct pfq_class_work *w, gfp_t gfp)
{
	const struct pfq_group *from = published(g);
	struct pfq_class_members *cls;
	u32 c;

	for (c = 0; c < PFQ_CLASSES; c++) {
		if (!pfq_class_is_wanted(w, c))
			continue;
		s->group.class[c] = pfq_class_shared(w, from, &s->group, c);
		if (s->group.class[c])
			continue;
		cls = kvzalloc(sizeof(*cls), gfp);
		if (!cls)
			return false;
		pfq_class_build(cls, w, from, c);
		s->table[s->tables++] = cls;
		s->group.class[c] = cls;
	}
	return true;
}

static bool is_holding(const struct pfqk_group *g)
{
	return g->settings.members_wanted && !g->is_complete;
}

struct pfqk_snapshot *pfqk_snapshot_create(const struct pfqk_group *g, gfp_t gfp)
{
	struct pfqk_snapshot *s = kvzalloc(sizeof(*s), gfp);
	struct pfq_class_work *w = kvzalloc(sizeof(*w), gfp);
	bool ok = false;

	if (!s || !w)
		goto out;
	/* one more, so that no array is empty */
	s->member = kvcalloc(g->members + 1, sizeof(*s->member), gfp);
	s->endpoint = kvcalloc(g->members + 1, sizeof(*s->endpoint), gfp);
	if (!s->member || !s->endpoint)
		goto out;
	s->program = pfqk_program_get(pfqk_group_program(g));
	s->vlans = g->settings.vlans;
	s->group = (struct pfq_group){
		.id = g->settings.id,
		.direction = g->settings.direction,
		.holding = is_holding(g),
		.filter = g->settings.filter,
		.vlans = g->settings.vlans_text ? &s->vlans : NULL,
		.program = s->program->core,
		.lane = g->counters,
		.hold = g->hold,
		.members = g->members,
		.member = s->member,
	};
	fill_members(s, g, w);
	ok = build_classes(s, g, w, gfp);
out:
	kvfree(w);
	if (ok)
		return s;
	pfqk_snapshot_free(s);
	return NULL;
}

void pfqk_snapshot_free(struct pfqk_snapshot *s)
{
	u32 i;

	if (!s)
		return;
	for (i = 0; i < s->tables; i++)
		kvfree(s->table[i]);
	pfqk_program_put(s->program);
	kvfree(s->member);
	kvfree(s->endpoint);
	kvfree(s);
}

static void snapshot_free(struct pfqk_retired *r)
{
	pfqk_snapshot_free(container_of(r, struct pfqk_snapshot, retired));
}

void pfqk_snapshot_retire(struct pfqk_snapshot *s)
{
	if (s)
		pfqk_retire(&s->retired, snapshot_free);
}
