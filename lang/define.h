/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The names that a program defines by let and set. */
#ifndef PFQ_LANG_DEFINE_H
#define PFQ_LANG_DEFINE_H

#include "term.h"
#include "tree.h"

/* The let or set of this name that stands above the place of use, or NULL. */
struct pfq_lang_define *pfq_lang_define_find(struct pfq_lang_work *w, const char *name);

/* May this let or set have its name? If not, that is an error. */
bool pfq_lang_define_check(struct pfq_lang_work *w, const struct pfq_lang_define *d);

/* "let" or "set" */
const char *pfq_lang_define_kind(const struct pfq_lang_define *d);

/* The term that @d holds; a copy, so that messages name the place of use. */
struct pfq_lang_term *pfq_lang_define_use(struct pfq_lang_work *w, struct pfq_lang_define *d,
					  const struct pfq_lang_node *node);

/* BAD, with an error that suggests another name. @wanted: a mask of enum pfq_lang_sort. */
struct pfq_lang_term *pfq_lang_name_unknown(struct pfq_lang_work *w,
					    const struct pfq_lang_node *node, unsigned int wanted);

#endif /* PFQ_LANG_DEFINE_H */
