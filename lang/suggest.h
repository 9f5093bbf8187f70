/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Suggests the name that the author of a program may have meant. */
#ifndef PFQ_LANG_SUGGEST_H
#define PFQ_LANG_SUGGEST_H

#include "vocabulary.h"

#define PFQ_LANG_SUGGEST_MAX	192

/*
 * Write a clause about the unknown @name: "did you mean is_udp?", or names that fit. @sort: a mask
 * of what may stand there. @size: PFQ_LANG_SUGGEST_MAX bytes.
 */
void pfq_lang_suggest(char *clause, const struct pfq_lang_work *w, const char *name,
		      unsigned int sort);

#endif /* PFQ_LANG_SUGGEST_H */
