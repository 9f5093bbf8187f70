/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The rows of the tables in linux/pfq_lang.h, by number. */
#ifndef PFQ_CORE_LANG_ROW_H
#define PFQ_CORE_LANG_ROW_H

#include "program.h"

struct pfq_lang_row {
	const char *text;	/* name in the text of a program */
	u8 type;		/* enum pfq_lang_type */
	u8 args;		/* enum pfq_lang_args */
	u16 units;		/* of cost */
};

struct pfq_lang_args_row {
	u64 max;	/* of arg[0], if that is a number */
	u32 kind;	/* of the object whose number arg[0] is, or PFQ_LANG_KIND_NONE */
};

/* The row of a symbol; NULL: there is no such symbol. */
const struct pfq_lang_row *pfq_lang_row(u32 symbol);

/* The row of its arguments. */
const struct pfq_lang_args_row *pfq_lang_args_row(const struct pfq_lang_row *row);

#endif /* PFQ_CORE_LANG_ROW_H */
