/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations of live sets: "set NAME addr size=64K timeout=10m [10.0.0.0/8]" */
#ifndef PFQ_LANG_SET_H
#define PFQ_LANG_SET_H

#include "define.h"

/* The term of the set that @d declares: one value. NULL: no memory; BAD after an error. */
struct pfq_lang_term *pfq_lang_set_type(struct pfq_lang_work *w, const struct pfq_lang_define *d);

#endif /* PFQ_LANG_SET_H */
