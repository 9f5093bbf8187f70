/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Text that grows, up to the end of its line */
#ifndef PFQ_LANG_WRITER_H
#define PFQ_LANG_WRITER_H

#include <stddef.h>

struct pfq_lang_writer {
	char *text;	/* PFQ_LANG_LINE_MAX bytes */
	size_t used;
};

/* A text that is too long ends with "...". */
void pfq_lang_put(struct pfq_lang_writer *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* PFQ_LANG_WRITER_H */
