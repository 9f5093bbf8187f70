/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Programs of pfq-lang, from a file or the command line, for the commands of lang. */
#ifndef PFQCTL_LANG_TEXT_H
#define PFQCTL_LANG_TEXT_H

#include "core/lang.h"
#include "lang/compile.h"
#include "lang/print.h"
#include "pfqctl.h"

struct lang_text {
	struct pfq_lang *lang;
	struct pfq_lang_parts parts;	/* of a program that compiles */
	const char *where;		/* the file's name, or "-e" */
};

/*
 * Compile the program of the request: -e TEXT, or the file that is its argument @file. "-" is
 * standard input. Errors and notes go to standard error, or with -j nowhere. Returns 0;
 * EXIT_FAILURE after errors in the text; or -errno with text. The caller calls lang_text_free()
 * always.
 */
int lang_text_compile(struct lang_text *t, const struct request *r, const char *file,
		      struct pfq_error *err);
/*
 * Make one of the program that a group has. A policy is a program of one step. Returns 0, or -errno
 * with text. The caller calls lang_text_free() always.
 */
int lang_text_of_group(struct lang_text *t, const struct pfq_program_info *info,
		       struct pfq_error *err);
/*
 * The text was not compiled: lang_text_compile() has returned @ret. If the output is JSON, print
 * the errors, which no other line has. Returns @ret, or -errno.
 */
int lang_text_refuse(const struct lang_text *t, const struct request *r, int ret);
void lang_text_free(struct lang_text *t);

/* The notes as a JSON array; NULL: no memory. */
json_t *lang_text_notes(const struct lang_text *t);

#endif /* PFQCTL_LANG_TEXT_H */
