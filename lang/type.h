/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LANG_TYPE_H
#define PFQ_LANG_TYPE_H

#include "term.h"
#include "tree.h"

/*
 * Find the meaning of the program: names, types, arguments. Returns the term of the whole, which is
 * a function or a predicate; NULL or BAD after an error.
 */
struct pfq_lang_term *pfq_lang_type_program(struct pfq_lang_work *w);

/*
 * The same for an expression. @wanted: a mask of enum pfq_lang_sort, for suggestions only. NULL: no
 * memory.
 */
struct pfq_lang_term *pfq_lang_node_type(struct pfq_lang_work *w, const struct pfq_lang_node *node,
					 unsigned int wanted);

#endif /* PFQ_LANG_TYPE_H */
