/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LANG_SYMBOL_H
#define PFQ_LANG_SYMBOL_H

#include "argument.h"

/*
 * The term of the call of a symbol: of the first row of @symbol's text that its arguments fit. A
 * list that is too long for one step, or that has live sets in it, becomes several, joined by or.
 * BAD after an error.
 */
struct pfq_lang_term *pfq_lang_symbol_apply(struct pfq_lang_call *call, unsigned int symbol);

/* The clause that says which arguments the symbol takes, in any of its forms. */
const char *pfq_lang_symbol_wanted(unsigned int symbol);

/* The predicate that compares @property with @value. BAD after an error. */
struct pfq_lang_term *pfq_lang_compare(struct pfq_lang_work *w, unsigned int op,
				       const struct pfq_lang_place *at,
				       const struct pfq_lang_term *property,
				       const struct pfq_lang_term *value);

#endif /* PFQ_LANG_SYMBOL_H */
