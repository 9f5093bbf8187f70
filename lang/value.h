/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Terms of values. NULL: no memory; BAD after an error. */
#ifndef PFQ_LANG_VALUE_H
#define PFQ_LANG_VALUE_H

#include "term.h"
#include "tree.h"

/* VALUE, TEXT, or a NAME that is no let: a constant, or a word for the function before it. */
struct pfq_lang_term *pfq_lang_value_type(struct pfq_lang_work *w,
					  const struct pfq_lang_node *node);
struct pfq_lang_term *pfq_lang_list_type(struct pfq_lang_work *w, const struct pfq_lang_node *node);

#endif /* PFQ_LANG_VALUE_H */
