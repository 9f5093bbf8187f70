/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "snapshot.h"

/* what a table is built with: much for the stack */
struct work {
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	struct pfq_steer_table old;
};

static void fill_members(struct snapshot *s, const struct group *g)
{
	struct endpoint *ep;
	uint32_t i = 0;

	TAILQ_FOREACH(ep, &g->member, entry) {
		s->member[i] = (struct pfq_member){
			.id = ep->id,
			.snaplen = ep->params.snaplen,
			.classes = ep->params.classes,
			.direction = ep->direction,
			.filter = ep->filter,
			.echo = &ep->echo,
			.producer = ep->producer,
		};
		s->endpoint[i] = (struct plan_endpoint){
			.producer = ep->producer,
			.reader = ep->memory.reader,
			.doorbell = ep->doorbell,
		};
		i++;
	}
}

/*
 * pfq_steer_build() speaks of the shares, the datapath of members: a table that
 * was translated for the datapath, back to the shares it was built from.
 */
static void untranslate(struct pfq_steer_table *to, const struct pfq_class_members *cls)
{
	uint16_t share_of[PFQ_MEMBERS_MAX];
	uint32_t i;

	for (i = 0; i < cls->started_count; i++)
		share_of[cls->started[i]] = i;
	*to = cls->table;
	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		if (to->slot[i] != PFQ_STEER_NOBODY)
			to->slot[i] = share_of[to->slot[i]];
	}
}

static void translate(struct pfq_class_members *cls)
{
	uint32_t i;

	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		if (cls->table.slot[i] != PFQ_STEER_NOBODY)
			cls->table.slot[i] = cls->started[cls->table.slot[i]];
	}
}

static struct pfq_class_members *build_class(const struct group *g, unsigned int class,
					     const struct pfq_class_members *old, struct work *w)
{
	struct pfq_class_members *cls = calloc(1, sizeof(*cls));
	const struct endpoint *ep;
	uint16_t i = 0;

	if (!cls)
		return NULL;
	TAILQ_FOREACH(ep, &g->member, entry) {
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
		untranslate(&w->old, old);
	pfq_steer_build(&cls->table, old ? &w->old : NULL, w->share, cls->started_count);
	translate(cls);
	return cls;
}

/* do both classes have the same subscribers? */
static bool same_subscribers(const struct group *g, unsigned int a, unsigned int b)
{
	const struct endpoint *ep;

	TAILQ_FOREACH(ep, &g->member, entry) {
		if ((ep->params.classes >> a ^ ep->params.classes >> b) & 1)
			return false;
	}
	return true;
}

static const struct pfq_class_members *old_class(const struct group *g, unsigned int class)
{
	return g->snapshot ? g->snapshot->plan.group.class[class] : NULL;
}

/* A class before @class that comes to the same table, or NULL. */
static const struct pfq_class_members *shared_class(const struct snapshot *s, const struct group *g,
						    unsigned int class)
{
	unsigned int c;

	for (c = 0; c < class; c++) {
		if (s->plan.group.class[c] && old_class(g, c) == old_class(g, class) &&
		    same_subscribers(g, c, class))
			return s->plan.group.class[c];
	}
	return NULL;
}

static bool build_classes(struct snapshot *s, const struct group *g, struct work *w)
{
	const struct endpoint *ep;
	uint64_t subscribed = 0;
	unsigned int c;

	TAILQ_FOREACH(ep, &g->member, entry)
		subscribed |= ep->params.classes;
	for (c = 0; c < PFQ_CLASSES; c++) {
		if (!(subscribed >> c & 1))
			continue;
		s->plan.group.class[c] = shared_class(s, g, c);
		if (s->plan.group.class[c])
			continue;
		s->table[s->tables] = build_class(g, c, old_class(g, c), w);
		if (!s->table[s->tables])
			return false;
		s->plan.group.class[c] = s->table[s->tables++];
	}
	return true;
}

struct snapshot *snapshot_create(const struct group *g)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	struct work *w = calloc(1, sizeof(*w));
	bool ok = false;

	if (!s || !w)
		goto out;
	s->member = calloc(g->members + 1, sizeof(*s->member));
	s->endpoint = calloc(g->members + 1, sizeof(*s->endpoint));
	if (!s->member || !s->endpoint)
		goto out;
	s->plan.endpoint = s->endpoint;
	s->plan.lanes_fed = group_lanes_fed(g);
	s->plan.group = (struct pfq_group){
		.id = g->settings.id,
		.direction = g->settings.direction,
		.holding = group_is_holding(g),
		.filter = group_filter(g),
		.vlans = g->settings.vlans_text[0] ? &g->settings.vlans : NULL,
		.program = &g->settings.program,
		.lane = g->lane,
		.members = g->members,
		.member = s->member,
	};
	fill_members(s, g);
	ok = build_classes(s, g, w);
out:
	free(w);
	if (ok)
		return s;
	snapshot_free(s);
	return NULL;
}

void snapshot_free(struct snapshot *s)
{
	unsigned int i;

	if (!s)
		return;
	for (i = 0; i < s->tables; i++)
		free(s->table[i]);
	free(s->member);
	free(s->endpoint);
	free(s);
}
