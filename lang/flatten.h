/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From the tree to a list of steps. */
#ifndef PFQ_LANG_FLATTEN_H
#define PFQ_LANG_FLATTEN_H

#include "term.h"

/* A step that no packet reaches is made, too; path.c removes it. So there is room for more. */
#define PFQ_LANG_MADE_MAX	(4 * PFQ_LANG_STEPS_MAX)

struct pfq_lang_made {
	struct pfq_lang_step step;
	const struct pfq_lang_thing *object;	/* NULL: none */
	uint64_t use;	/* differs between two uses of a let, which is an expression used twice */
	/*
	 * The packet that the step looks at; 0: the frame. Steps with different values may look at
	 * different packets. For each level a byte, the lowest for the last: tunnels to enter
	 */
	uint32_t inside;
	struct pfq_lang_place place;
};

struct pfq_lang_list {
	unsigned int count;
	unsigned int first;	/* where the program begins */
	struct pfq_lang_made made[PFQ_LANG_MADE_MAX];
};

/* Returns false after an error. */
bool pfq_lang_flatten(struct pfq_lang_list *list, struct pfq_lang_work *w,
		      const struct pfq_lang_term *program);

#endif /* PFQ_LANG_FLATTEN_H */
