/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LANG_FORM_H
#define PFQ_LANG_FORM_H

#include "term.h"

/* The sorts that argument @i of the form may be of. 0: the form has no such argument. */
unsigned int pfq_lang_form_wants(enum pfq_lang_form form, const char *name, unsigned int i);

/* The term of a form with arguments that pfq_lang_want() has checked. BAD after an error. */
struct pfq_lang_term *pfq_lang_form_apply(struct pfq_lang_work *w, enum pfq_lang_form form,
					  const char *name, const struct pfq_lang_place *at,
					  struct pfq_lang_term *const *arg, unsigned int args);

/* @t, if it is of one of the sorts of the mask; else BAD and an error. */
struct pfq_lang_term *pfq_lang_want(struct pfq_lang_work *w, struct pfq_lang_term *t,
				    unsigned int sorts);

#endif /* PFQ_LANG_FORM_H */
