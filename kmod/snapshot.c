// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include "group.h"
#include "netns.h"
#include "snapshot.h"

/* what a table is built with: much for the stack */
struct work {
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	struct pfq_steer_table old;
	u16 share_of[PFQ_MEMBERS_MAX];
};

static void fill_members(struct pfqk_snapshot *s, const struct pfqk_group *g)
{
	struct pfqk_endpoint *ep;
	u32 i = 0;

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
		s->endpoint[i++] = ep;
	}
}

/*
 * pfq_steer_build() speaks of the shares, the datapath of members: a table that
 * was translated for the datapath, back to the shares it was built from.
 */
static void untranslate(struct work *w, const struct pfq_class_members *cls)
{
	u32 i;

	for (i = 0; i < cls->started_count; i++)
		w->share_of[cls->started[i]] = i;
	w->old = cls->table;
	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		if (w->old.slot[i] != PFQ_STEER_NOBODY)
			w->old.slot[i] = w->share_of[w->old.slot[i]];
	}
}

static void translate(struct pfq_class_members *cls)
{
	u32 i;

	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		if (cls->table.slot[i] != PFQ_STEER_NOBODY)
			cls->table.slot[i] = cls->started[cls->table.slot[i]];
	}
}

static struct pfq_class_members *build_class(const struct pfqk_group *g, u32 class,
					     const struct pfq_class_members *old, struct work *w,
					     gfp_t gfp)
{
	struct pfq_class_members *cls = kvzalloc(sizeof(*cls), gfp);
	const struct pfqk_endpoint *ep;
	u16 i = 0;

	if (!cls)
		return NULL;
	list_for_each_entry(ep, &g->member, entry) {
		if (ep->params.classes >> class & 1) {
			cls->all[cls->count++] = i;
			if (ep->is_started) {
				w->share[cls->started_count].id = ep->id;
				w->share[cls->started_count].weight = ep->params.weight;
				cls->started[cls->started_count++] = i;
			}
		}
		i++;
	}
	if (old)
		untranslate(w, old);
	pfq_steer_build(&cls->table, old ? &w->old : NULL, w->share, cls->started_count);
	translate(cls);
	return cls;
}

static bool same_subscribers(const struct pfqk_group *g, u32 a, u32 b)
{
	const struct pfqk_endpoint *ep;

	list_for_each_entry(ep, &g->member, entry) {
		if ((ep->params.classes >> a ^ ep->params.classes >> b) & 1)
			return false;
	}
	return true;
}

static const struct pfqk_snapshot *published(const struct pfqk_group *g)
{
	return rcu_dereference_protected(g->snapshot, lockdep_is_held(&g->pn->lock));
}

static const struct pfq_class_members *old_class(const struct pfqk_group *g, u32 class)
{
	const struct pfqk_snapshot *old = published(g);

	return old ? old->group.class[class] : NULL;
}

/* A class before @class that comes to the same table, or NULL. */
static const struct pfq_class_members *shared_class(const struct pfqk_snapshot *s,
						    const struct pfqk_group *g, u32 class)
{
	u32 c;

	for (c = 0; c < class; c++) {
		if (s->group.class[c] && old_class(g, c) == old_class(g, class) &&
		    same_subscribers(g, c, class))
			return s->group.class[c];
	}
	return NULL;
}

static bool build_classes(struct pfqk_snapshot *s, const struct pfqk_group *g, struct work *w,
			  gfp_t gfp)
{
	const struct pfqk_endpoint *ep;
	u64 subscribed = 0;
	u32 c;

	list_for_each_entry(ep, &g->member, entry)
		subscribed |= ep->params.classes;
	for (c = 0; c < PFQ_CLASSES; c++) {
		if (!(subscribed >> c & 1))
			continue;
		s->group.class[c] = shared_class(s, g, c);
		if (s->group.class[c])
			continue;
		s->table[s->tables] = build_class(g, c, old_class(g, c), w, gfp);
		if (!s->table[s->tables])
			return false;
		s->group.class[c] = s->table[s->tables++];
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
	struct work *w = kvzalloc(sizeof(*w), gfp);
	bool ok = false;

	if (!s || !w)
		goto out;
	/* one more: no array is empty */
	s->member = kvcalloc(g->members + 1, sizeof(*s->member), gfp);
	s->endpoint = kvcalloc(g->members + 1, sizeof(*s->endpoint), gfp);
	if (!s->member || !s->endpoint)
		goto out;
	s->group = (struct pfq_group){
		.id = g->settings.id,
		.direction = g->settings.direction,
		.holding = is_holding(g),
		.filter = g->settings.filter,
		.vlans = g->settings.vlans_text ? &g->settings.vlans : NULL,
		.program = &g->settings.program,
		.lane = g->counters,
		.members = g->members,
		.member = s->member,
	};
	fill_members(s, g);
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
