/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Options of calls and declarations: size = 64K */
#ifndef PFQ_LANG_OPTION_H
#define PFQ_LANG_OPTION_H

#include "argument.h"
#include "tree.h"

/*
 * Read the options among the nodes from @first on into call->option. @names: those that are
 * allowed, with spaces between them. Returns false after an error, which is reported.
 */
bool pfq_lang_options_read(struct pfq_lang_call *call, const struct pfq_lang_node *first,
			   const char *names);

/* The option of that name; NULL: the call has none. */
const struct pfq_lang_option *pfq_lang_option_find(const struct pfq_lang_call *call,
						   const char *name);

/*
 * Set *value to that of an option, a number or a time in ns, if the call has it; else it stays.
 * Returns false after an error, as of take.h.
 */
bool pfq_lang_option_take(struct pfq_lang_call *call, const char *name,
			  enum pfq_lang_value_type type, uint64_t min, uint64_t max,
			  uint64_t *value);

#endif /* PFQ_LANG_OPTION_H */
