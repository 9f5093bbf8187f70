/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "class.h"

/*
 * The steering table has two forms: pfq_steer_build() works with indices into share[], the
 * datapath with indices into member[]. Copy @cls's table, in the datapath's form, to w->old and
 * translate it back.
 */
static void class_untranslate(struct pfq_class_work *w, const struct pfq_class_members *cls)
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

/* The way there: from indices into share[] to indices into member[]. */
static void class_translate(struct pfq_class_members *cls)
{
	u32 i;

	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		if (cls->table.slot[i] != PFQ_STEER_NOBODY)
			cls->table.slot[i] = cls->started[cls->table.slot[i]];
	}
}

static const struct pfq_class_members *class_of(const struct pfq_group *g, u32 class)
{
	return g ? g->class[class] : NULL;
}

/* Do classes @a and @b have the same members? */
static bool class_is_same(const struct pfq_class_work *w, u32 a, u32 b)
{
	u32 i;

	for (i = 0; i < w->members; i++) {
		if ((w->member[i].classes >> a ^ w->member[i].classes >> b) & 1)
			return false;
	}
	return true;
}

bool pfq_class_is_wanted(const struct pfq_class_work *w, u32 class)
{
	u32 i;

	for (i = 0; i < w->members; i++) {
		if (w->member[i].classes >> class & 1)
			return true;
	}
	return false;
}

const struct pfq_class_members *pfq_class_shared(const struct pfq_class_work *w,
						 const struct pfq_group *from,
						 const struct pfq_group *to, u32 class)
{
	u32 c;

	for (c = 0; c < class; c++) {
		if (to->class[c] && class_of(from, c) == class_of(from, class) &&
		    class_is_same(w, c, class))
			return to->class[c];
	}
	return NULL;
}

void pfq_class_build(struct pfq_class_members *cls, struct pfq_class_work *w,
		     const struct pfq_group *from, u32 class)
{
	const struct pfq_class_members *old = class_of(from, class);
	u32 i;

	for (i = 0; i < w->members; i++) {
		const struct pfq_class_member *m = &w->member[i];

		if (!(m->classes >> class & 1))
			continue;
		cls->all[cls->count++] = i;
		if (m->is_started) {
			w->share[cls->started_count].id = m->id;
			w->share[cls->started_count].weight = m->weight;
			cls->started[cls->started_count++] = i;
		}
	}
	if (old)
		class_untranslate(w, old);
	pfq_steer_build(&cls->table, old ? &w->old : NULL, w->share, cls->started_count);
	class_translate(cls);
}
