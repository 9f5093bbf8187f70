/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The first pass over an INI file: it finds the line of each section and key. iniparser reads the
 * values. It knows no lines, merges duplicates and drops what it does not understand. The first
 * pass refuses all of that.
 */
#ifndef PFQD_CONF_LINES_H
#define PFQD_CONF_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define CONF_LINE_MAX	1000		/* bytes; iniparser cuts a line at 1024 */
#define CONF_FILE_MAX	(1 << 20)	/* bytes */
#define CONF_ENTRIES_MAX	20000

struct conf_entry {
	unsigned int line;
	char *section;		/* lower case, without blanks at its ends */
	char *key;		/* NULL: this entry begins the section */
	char *value;
};

struct conf_lines {
	unsigned int count;
	struct conf_entry *entry;	/* in the order of the file */
};

/*
 * Receives complaints. fn() is called once for each, with a text that begins with file and line and
 * has no newline. @line 0: the complaint is about the whole file.
 */
struct conf_report {
	void (*fn)(void *arg, unsigned int line, const char *text);
	void *arg;
	const char *file;	/* name of the file in the texts; NULL: texts name no line either */
	unsigned int errors;	/* number of complaints */
};

/* Report an error of line @line, with a text as for printf(). */
void conf_complain(struct conf_report *report, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Read @text of @len bytes. Returns 0, -EINVAL after complaints, or -ENOMEM. @lines holds the valid
 * entries in any case; free it by conf_lines_free(). Comments behind sections are overwritten with
 * blanks in @text, because iniparser does not take them.
 */
int conf_lines_read(struct conf_lines *lines, char *text, size_t len, struct conf_report *report);
/* Free the entries of @lines, not @lines itself. */
void conf_lines_free(struct conf_lines *lines);

#endif /* PFQD_CONF_LINES_H */
