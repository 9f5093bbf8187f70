/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The arguments of steps for people, as they stand behind the symbol's name */
#ifndef PFQ_LANG_PRINT_ARGS_H
#define PFQ_LANG_PRINT_ARGS_H

#include "print.h"
#include "writer.h"

void pfq_lang_args_put(struct pfq_lang_writer *to, const struct pfq_lang_parts *parts,
		       const struct pfq_lang_step *step);

#endif /* PFQ_LANG_PRINT_ARGS_H */
