/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Programs in pfq-lang of groups that a JOIN makes: from the text of the parameters to attributes.
 * One thread at a time uses a text.
 */
#ifndef PFQ_LIB_PROGRAM_H
#define PFQ_LIB_PROGRAM_H

#include "message.h"
#include "pfq.h"

/*
 * Get the text that @lang is or names (pfq_params.lang), and compile it once. The caller frees
 * *text. Returns 0, or -errno with text: of the file, or of the program, with line and column.
 */
int pfq_program_read(char **text, const char *lang, struct pfq_error *err);
/* Add the program of @text, which pfq_program_read() has accepted. 0, or -errno with text. */
int pfq_program_put(struct pfq_msg_out *o, const char *text, struct pfq_error *err);

#endif /* PFQ_LIB_PROGRAM_H */
