/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LANG_LAYOUT_H
#define PFQ_LANG_LAYOUT_H

#include "flatten.h"

/*
 * Write the wire form into memory that free() takes: *bytes, *size. NULL and false after an error;
 * without memory, is_out_of_memory is set.
 */
bool pfq_lang_layout(void **bytes, size_t *size, const struct pfq_lang_list *list,
		     struct pfq_lang_work *w);

#endif /* PFQ_LANG_LAYOUT_H */
