/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdlib.h>

#include "plan.h"
#include "snapshot.h"

static struct plan_group *current(const struct pfqd_group *g)
{
	return g->next ? &g->next->plan : &g->snapshot->plan;
}

static bool make_snapshots(const struct group_list *groups)
{
	struct pfqd_group *g;

	TAILQ_FOREACH(g, groups, entry) {
		if (!g->is_changed && g->snapshot &&
		    g->snapshot->plan.lanes_fed == group_lanes_fed(g))
			continue;
		g->next = snapshot_create(g);
		if (!g->next)
			return false;
	}
	return true;
}

static void drop_snapshots(const struct group_list *groups)
{
	struct pfqd_group *g;

	TAILQ_FOREACH(g, groups, entry) {
		snapshot_free(g->next);
		g->next = NULL;
	}
}

/* Does @g take packets from @src? Sets *bound. */
static bool feeds(const struct source *src, const struct pfqd_group *g, struct plan_bound *bound)
{
	const struct group_feed *feed;
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		feed = &g->feed[i];
		if (feed->source != src && feed->coming != src)
			continue;
		*bound = handover_bound(&g->handover, feed, src);
		return !feed->is_refused;
	}
	return false;
}

/* Note the bound of the group that was added last. A source without bounds has no array. */
static bool add_bound(struct plan_source *ps, const struct plan_bound *bound,
		      unsigned int group_count)
{
	if (!ps->bound && !bound->turn)
		return true;
	if (!ps->bound) {
		ps->bound = calloc(group_count + 1, sizeof(*ps->bound));
		if (!ps->bound)
			return false;
	}
	ps->bound[ps->groups - 1] = *bound;
	return true;
}

/* Replay of a file waits until its group has the wanted members and one of them takes packets. */
static bool is_paused(const struct source *src, const struct pfqd_group *g)
{
	return source_is_file(src) && !(g->is_complete && group_takers(g));
}

static bool fill_source(struct plan_source *ps, const struct source *src,
			const struct group_list *groups, unsigned int group_count)
{
	struct plan_bound bound;
	struct pfqd_group *g;

	ps->driver = src->driver;
	ps->ingest = src->ingest;
	ps->group = calloc(group_count + 1, sizeof(ps->group[0]));
	if (!ps->group)
		return false;
	TAILQ_FOREACH(g, groups, entry) {
		if (!feeds(src, g, &bound))
			continue;
		ps->group[ps->groups++] = current(g);
		if (!add_bound(ps, &bound, group_count))
			return false;
		ps->paused |= is_paused(src, g);
	}
	return true;
}

static bool fill(struct plan *plan, const struct group_list *groups,
		 const struct source_list *sources, unsigned int group_count)
{
	struct source *src;
	struct pfqd_group *g;

	TAILQ_FOREACH(g, groups, entry)
		plan->group[plan->groups++] = current(g);
	TAILQ_FOREACH(src, sources, entry) {
		if (!src->ingest)
			continue;
		/* counted first, so that plan_free() frees what fill_source() made */
		plan->sources++;
		if (!fill_source(&plan->source[plan->sources - 1], src, groups, group_count))
			return false;
	}
	return true;
}

static struct plan *allocate(unsigned int groups, unsigned int sources)
{
	struct plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->source = calloc(sources + 1, sizeof(*plan->source));
	plan->group = calloc(groups + 1, sizeof(plan->group[0]));
	if (plan->source && plan->group)
		return plan;
	plan_free(plan);
	return NULL;
}

struct plan *plan_create(const struct group_list *groups, const struct source_list *sources)
{
	unsigned int group_count = 0, source_count = 0;
	struct plan *plan = NULL;
	struct source *src;
	struct pfqd_group *g;

	TAILQ_FOREACH(g, groups, entry)
		group_count++;
	TAILQ_FOREACH(src, sources, entry)
		source_count++;
	if (make_snapshots(groups))
		plan = allocate(group_count, source_count);
	if (plan && fill(plan, groups, sources, group_count))
		return plan;
	plan_discard(plan, groups);
	return NULL;
}

bool plan_settle(const struct group_list *groups, const struct source_list *sources)
{
	bool has_changed = false;
	unsigned int i = 0;
	struct source *src;
	struct pfqd_group *g;

	TAILQ_FOREACH(g, groups, entry) {
		if (!g->next)
			continue;
		snapshot_free(g->snapshot);
		g->snapshot = g->next;
		g->next = NULL;
		g->is_changed = false;
		has_changed = true;
	}
	TAILQ_FOREACH(src, sources, entry)
		src->plan_index = src->ingest ? i++ : SOURCE_NOT_PLANNED;
	return has_changed;
}

void plan_discard(struct plan *plan, const struct group_list *groups)
{
	plan_free(plan);
	drop_snapshots(groups);
}

void plan_forget(struct pfqd_group *g)
{
	snapshot_free(g->snapshot);
	snapshot_free(g->next);
	g->snapshot = g->next = NULL;
}

void plan_free(struct plan *plan)
{
	uint32_t i;

	if (!plan)
		return;
	for (i = 0; plan->source && i < plan->sources; i++)
		free(plan->source[i].group);
	for (i = 0; plan->source && i < plan->sources; i++)
		free(plan->source[i].bound);
	free(plan->source);
	free(plan->group);
	free(plan);
}
