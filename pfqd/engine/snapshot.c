/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/class.h"
#include "group.h"
#include "snapshot.h"

static void add_share(struct pfq_class_work *w, const struct pfq_class_member *m)
{
	if (w->members < PFQ_MEMBERS_MAX)
		w->member[w->members++] = *m;
}

/* Add the absent members with shares below @below, from *@a on. */
static void add_absent(struct pfq_class_work *w, const struct absent **a, uint32_t below)
{
	for (; *a && (*a)->share < below; *a = TAILQ_NEXT(*a, entry))
		add_share(w, &(struct pfq_class_member){
			.id = (*a)->share,
			.weight = (*a)->params.weight,
			.classes = (*a)->params.classes,
			.is_started = true,
			.is_absent = true,
		});
}

static void fill_members(struct snapshot *s, const struct pfqd_group *g, struct pfq_class_work *w)
{
	const struct absent *a = NULL;
	struct endpoint *ep;
	uint32_t i = 0;

	if (pfq_program_has_shares(g->settings.program->core))
		a = TAILQ_FIRST(&g->absent);
	w->is_lending = g->settings.linger_to == PFQ_LINGER_OTHERS;
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
		add_absent(w, &a, ep->share);
		add_share(w, &(struct pfq_class_member){
			.id = ep->share,
			.weight = ep->params.weight,
			.classes = ep->params.classes,
			.is_started = ep->is_started,
		});
		i++;
	}
	add_absent(w, &a, UINT32_MAX);
}

static bool build_classes(struct snapshot *s, const struct pfqd_group *g, struct pfq_class_work *w)
{
	const struct pfq_group *from = g->snapshot ? &g->snapshot->plan.group : NULL;
	struct pfq_group *to = &s->plan.group;
	struct pfq_class_members *cls;
	unsigned int c;

	for (c = 0; c < PFQ_CLASSES; c++) {
		if (!pfq_class_is_wanted(w, c))
			continue;
		to->class[c] = pfq_class_shared(w, from, to, c);
		if (to->class[c])
			continue;
		cls = calloc(1, sizeof(*cls));
		if (!cls)
			return false;
		pfq_class_build(cls, w, from, c);
		s->table[s->tables++] = cls;
		to->class[c] = cls;
	}
	return true;
}

struct snapshot *snapshot_create(const struct pfqd_group *g)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	struct pfq_class_work *w = calloc(1, sizeof(*w));
	bool ok = false;

	if (!s || !w)
		goto out;
	s->member = calloc(g->members + 1, sizeof(*s->member));
	s->endpoint = calloc(g->members + 1, sizeof(*s->endpoint));
	if (!s->member || !s->endpoint)
		goto out;
	s->program = program_get(group_program(g));
	s->vlans = g->settings.vlans;
	s->plan.endpoint = s->endpoint;
	s->plan.lanes_fed = group_lanes_fed(g);
	s->plan.is_replay = !g->settings.driver->is_device;
	s->plan.group = (struct pfq_group){
		.id = g->settings.id,
		.direction = g->settings.direction,
		.holding = group_is_holding(g),
		.filter = group_filter(g),
		.vlans = g->settings.vlans_text[0] ? &s->vlans : NULL,
		.program = s->program->core,
		.lane = g->lane,
		.hold = g->hold,
		.members = g->members,
		.member = s->member,
	};
	fill_members(s, g, w);
	ok = build_classes(s, g, w);
out:
	free(w);
	if (ok)
		return s;
	snapshot_free(s);
	return NULL;
}

void snapshot_owners(const struct pfq_class_members *cls, uint32_t share[PFQ_STEER_SLOTS])
{
	uint32_t i, k;

	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		share[i] = SNAPSHOT_NOBODY;
		for (k = 0; k < cls->started_count; k++) {
			if (cls->sharer[k] == cls->owner[i])
				share[i] = cls->table.id[k];
		}
	}
}

static void own(struct pfq_class_members *cls, const uint32_t share[PFQ_STEER_SLOTS])
{
	uint32_t i, k;

	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		cls->owner[i] = PFQ_STEER_NOBODY;
		for (k = 0; k < cls->started_count; k++) {
			if (cls->table.id[k] == share[i])
				cls->owner[i] = cls->sharer[k];
		}
	}
}

void snapshot_own(struct snapshot *s, uint64_t classes, const uint32_t share[PFQ_STEER_SLOTS])
{
	unsigned int i, c;

	for (i = 0; i < s->tables; i++) {
		for (c = 0; c < PFQ_CLASSES; c++) {
			if (s->plan.group.class[c] == s->table[i] && classes >> c & 1) {
				own(s->table[i], share);
				break;
			}
		}
	}
}

void snapshot_free(struct snapshot *s)
{
	unsigned int i;

	if (!s)
		return;
	for (i = 0; i < s->tables; i++)
		free(s->table[i]);
	program_put(s->program);
	free(s->member);
	free(s->endpoint);
	free(s);
}
