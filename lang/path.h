/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The ways that packets take through a list of steps. */
#ifndef PFQ_LANG_PATH_H
#define PFQ_LANG_PATH_H

#include "flatten.h"

/* Remove the steps that no way reaches. The program then begins at step 0. */
void pfq_lang_path_prune(struct pfq_lang_list *list);

/* Does each way keep to the limits of linux/pfq_lang.h? If not, that is an error. */
bool pfq_lang_path_check(const struct pfq_lang_list *list, struct pfq_lang_work *w);

/* Units of a step. @bytes: arg[1] of its object; only is_dup has such a number. */
unsigned int pfq_lang_step_cost(const struct pfq_lang_step *step, uint64_t bytes);

/*
 * Units of the most expensive way through @count steps whose jumps all go forward. @cost: of each.
 */
unsigned int pfq_lang_path_cost(const struct pfq_lang_step *step, const unsigned int *cost,
				unsigned int count);

/* Advice: what the author may not expect. */
void pfq_lang_path_advise(const struct pfq_lang_list *list, struct pfq_lang_work *w);

#endif /* PFQ_LANG_PATH_H */
