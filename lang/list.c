/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "list.h"

#include <stdlib.h>
#include <string.h>

bool pfq_lang_ranges_begin(struct pfq_lang_ranges *list, struct pfq_lang_work *w, unsigned int max)
{
	list->count = 0;
	list->range = pfq_lang_alloc(w, max * sizeof(*list->range));
	return list->range;
}

void pfq_lang_ranges_add(struct pfq_lang_ranges *list, uint64_t first, uint64_t last)
{
	list->range[list->count++] = (struct pfq_lang_range){ (uint16_t)first, (uint16_t)last };
}

static int compare_ranges(const void *a, const void *b)
{
	const struct pfq_lang_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

void pfq_lang_ranges_end(struct pfq_lang_ranges *list)
{
	struct pfq_lang_range *r = list->range;
	unsigned int i, kept = 0;

	qsort(r, list->count, sizeof(*r), compare_ranges);
	for (i = 1; i < list->count; i++) {
		if (r[i].first > r[kept].last + 1)
			r[++kept] = r[i];
		else if (r[i].last > r[kept].last)
			r[kept].last = r[i].last;
	}
	list->count = kept + 1;
}

static int compare_prefixes(const void *a, const void *b)
{
	const struct pfq_lang_prefix *x = a, *y = b;
	int order = (x->family > y->family) - (x->family < y->family);

	if (!order)
		order = memcmp(x->addr, y->addr, sizeof(x->addr));
	return order ? order : (x->plen > y->plen) - (x->plen < y->plen);
}

unsigned int pfq_lang_prefixes_sort(struct pfq_lang_prefix *list, unsigned int count)
{
	unsigned int i, kept = 0;

	qsort(list, count, sizeof(*list), compare_prefixes);
	for (i = 1; i < count; i++)
		if (compare_prefixes(&list[i], &list[kept]))
			list[++kept] = list[i];
	return kept + 1;
}

struct pfq_lang_thing *pfq_lang_thing_new(struct pfq_lang_work *w, enum pfq_lang_kind kind,
					  const char *name, const void *data, size_t entry_bytes,
					  unsigned int count)
{
	struct pfq_lang_thing *t = pfq_lang_alloc(w, sizeof(*t));

	if (t)
		*t = (struct pfq_lang_thing){ .kind = kind, .name = name, .data = data,
					      .bytes = entry_bytes * count, .count = count };
	return t;
}
