/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks the objects of a program, and makes the constant lists out of them. */
#ifndef PFQ_CORE_LANG_OBJECT_H
#define PFQ_CORE_LANG_OBJECT_H

#include "lang.h"

#define PFQ_LANG_FINE	__PFQ_LANG_REASON_MAX	/* in place of a reason: nothing is wrong */

/* Check object @i. Returns PFQ_LANG_FINE, or what is wrong. */
enum pfq_lang_reason pfq_lang_object_check(const void *blob, const struct pfq_lang_hdr *hdr, u32 i);

/* Bytes of the list that the object is, in the memory of the program; 0: it is none. */
u64 pfq_lang_list_bytes(const struct pfq_lang_object *is);

/* Fill the list, zeroed memory of pfq_lang_list_bytes(). @data: of the object. */
void pfq_lang_list_fill(void *list, const struct pfq_lang_object *is, const void *data);

/* Bytes that pfq_lang_build() fills. */
u64 pfq_lang_program_bytes(const void *blob);

#endif /* PFQ_CORE_LANG_OBJECT_H */
