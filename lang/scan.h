/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Common to the scanner and the grammar. */
#ifndef PFQ_LANG_SCAN_H
#define PFQ_LANG_SCAN_H

#include <setjmp.h>
#include "tree.h"

struct pfq_lang_scan {
	struct pfq_lang_work *work;
	const char *text;
	const struct pfq_lang_place *at;	/* NULL: tokens have places of their own */
	struct pfq_lang_place here;	/* of the token that comes next, without its length */
	struct pfq_lang_node *result;
	jmp_buf no_memory;
};

/*
 * Begin to scan @len bytes. Returns 0 or -ENOMEM. @buffer is a copy of the text with two NUL bytes
 * behind it. The memory is the compilation's, so there is nothing to end.
 */
int pfq_lang_scan_begin(void **scanner, struct pfq_lang_scan *scan, char *buffer, size_t len);

#endif /* PFQ_LANG_SCAN_H */
