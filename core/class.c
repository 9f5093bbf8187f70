/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "class.h"

/*
 * The steering table has two forms: pfq_steer_build() works with indices into share[], the
 * datapath with indices into member[]. Copy @cls's table, as its owners have it, to w->old and
 * translate it back.
 */
static void class_untranslate(struct pfq_class_work *w, const struct pfq_class_members *cls)
{
	u32 i;

	for (i = 0; i < cls->started_count; i++)
		w->share_of[cls->sharer[i]] = i;
	w->old = cls->table;
	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		w->old.slot[i] = cls->owner[i] == PFQ_STEER_NOBODY ? PFQ_STEER_NOBODY
								   : w->share_of[cls->owner[i]];
	}
}

/* The member that uses what belongs to share @i, as an index into member[]. */
static u16 user_of(const struct pfq_class_members *cls, const struct pfq_class_work *w, u32 i,
		   u32 key)
{
	if (w->is_lending && w->share[i].is_absent)
		i = pfq_steer_borrower(w->share, cls->started_count, i, key);
	return cls->sharer[i];
}

/* The way there: from indices into share[] to indices into member[]. Lends what is to be lent. */
static void class_translate(struct pfq_class_members *cls, const struct pfq_class_work *w)
{
	u32 i, share;

	for (i = 0; i < cls->started_count; i++)
		cls->started[i] = user_of(cls, w, i, PFQ_STEER_SLOTS + i);
	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		share = cls->table.slot[i];
		cls->owner[i] = PFQ_STEER_NOBODY;
		if (share == PFQ_STEER_NOBODY)
			continue;
		cls->owner[i] = cls->sharer[share];
		cls->table.slot[i] = user_of(cls, w, share, i);
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

static u32 present_members(const struct pfq_class_work *w)
{
	u32 i, n = 0;

	for (i = 0; i < w->members; i++)
		n += !w->member[i].is_absent;
	return n;
}

/* Absent members have no place in pfq_group.member[]: their indices come after it. */
static void class_list(struct pfq_class_members *cls, struct pfq_class_work *w, u32 class)
{
	u32 i, index, present = 0, absent = present_members(w);

	for (i = 0; i < w->members; i++) {
		const struct pfq_class_member *m = &w->member[i];

		index = m->is_absent ? absent++ : present++;
		if (!(m->classes >> class & 1))
			continue;
		if (!m->is_absent)
			cls->all[cls->count++] = (u16)index;
		if (!m->is_started)
			continue;
		w->share[cls->started_count].id = m->id;
		w->share[cls->started_count].weight = m->weight;
		w->share[cls->started_count].is_absent = m->is_absent;
		cls->sharer[cls->started_count++] = (u16)index;
	}
}

void pfq_class_build(struct pfq_class_members *cls, struct pfq_class_work *w,
		     const struct pfq_group *from, u32 class)
{
	const struct pfq_class_members *old = class_of(from, class);

	class_list(cls, w, class);
	if (old)
		class_untranslate(w, old);
	pfq_steer_build(&cls->table, old ? &w->old : NULL, w->share, cls->started_count);
	class_translate(cls, w);
}
