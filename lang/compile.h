/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The compiler of pfq-lang: from text to the wire form of linux/pfq_lang.h. User space only.
 *
 * No call here prints, reads a file, or keeps a pointer to its arguments. Different programs may be
 * compiled by different threads at the same time.
 */
#ifndef PFQ_LANG_COMPILE_H
#define PFQ_LANG_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PFQ_LANG_TEXT_MAX	65536	/* bytes of a program's text */
#define PFQ_LANG_NOTE_MAX	255	/* bytes of a note's text */
#define PFQ_LANG_NOTE_LINE	512	/* bytes that pfq_lang_note_write() needs, without @where */

/* An error, or advice about a program that compiles. */
struct pfq_lang_note {
	unsigned int line, column;	/* from 1; a column is a character */
	unsigned int length;		/* bytes of the text that it is about */
	bool is_error;
	char text[PFQ_LANG_NOTE_MAX + 1];
};

struct pfq_lang {
	void *bytes;		/* the wire form; NULL after an error */
	size_t size;
	unsigned int notes;
	struct pfq_lang_note *note;	/* [notes], by their place in the text */
};

/*
 * Compile the @len bytes at @text. Returns 0; -EINVAL, and the notes say where and why; or -ENOMEM.
 * The caller frees *out, which is NULL after -ENOMEM only.
 */
int pfq_lang_compile(struct pfq_lang **out, const char *text, size_t len);
void pfq_lang_free(struct pfq_lang *lang);	/* NULL is allowed */

/* The first note that is an error; NULL: there is none. */
const struct pfq_lang_note *pfq_lang_first_error(const struct pfq_lang *lang);

/*
 * Write @note as one line, without its end: "WHERE:LINE:COLUMN: TEXT" for a text from a file, and
 * for one that a setting holds, "WHERE: lang: column COLUMN: TEXT".
 */
void pfq_lang_note_write(char *line, size_t size, const struct pfq_lang_note *note,
			 const char *where, bool is_file);

#endif /* PFQ_LANG_COMPILE_H */
