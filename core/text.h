/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Texts of errors, which core/ makes without a C library. */
#ifndef PFQ_CORE_TEXT_H
#define PFQ_CORE_TEXT_H

#include <pfq_deps.h>

/* Add @more to the string in the @size bytes at @text, as far as there is room. */
static inline void pfq_text_append(char *text, size_t size, const char *more)
{
	size_t n = 0;

	while (text[n])
		n++;
	for (; *more && n + 1 < size; more++)
		text[n++] = *more;
	text[n] = 0;
}

#endif /* PFQ_CORE_TEXT_H */
