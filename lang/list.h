/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Lists of ranges and of prefixes, in the order that the wire form wants; and objects. */
#ifndef PFQ_LANG_LIST_H
#define PFQ_LANG_LIST_H

#include "term.h"

struct pfq_lang_ranges {
	struct pfq_lang_range *range;	/* [count], sorted, and apart from each other */
	unsigned int count;
};

/* Make room for @max ranges; add them; sort them, and join those that meet. */
bool pfq_lang_ranges_begin(struct pfq_lang_ranges *list, struct pfq_lang_work *w, unsigned int max);
void pfq_lang_ranges_add(struct pfq_lang_ranges *list, uint64_t first, uint64_t last);
void pfq_lang_ranges_end(struct pfq_lang_ranges *list);

/* Sort @count prefixes, and drop those that are there twice. Returns how many are left. */
unsigned int pfq_lang_prefixes_sort(struct pfq_lang_prefix *list, unsigned int count);

/* NULL: no memory. @data is not copied: it is memory of the compilation. */
struct pfq_lang_thing *pfq_lang_thing_new(struct pfq_lang_work *w, enum pfq_lang_kind kind,
					  const char *name, const void *data,
					  size_t entry_bytes, unsigned int count);

#endif /* PFQ_LANG_LIST_H */
