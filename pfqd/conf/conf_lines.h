/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The first pass over an INI file: which section and key stands in which line.
 * iniparser, which reads the values, knows no lines, merges what comes twice
 * and drops what it does not understand; whatever it would treat so is refused
 * here.
 */
#ifndef PFQD_CONF_LINES_H
#define PFQD_CONF_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define CONF_LINE_MAX	1000		/* bytes; iniparser cuts at 1024 */
#define CONF_FILE_MAX	(1 << 20)	/* bytes */
#define CONF_ENTRIES_MAX	20000

struct conf_entry {
	unsigned int line;
	char *section;		/* as written, blanks trimmed; lower case */
	char *key;		/* NULL: the section itself */
	char *value;
};

struct conf_lines {
	unsigned int count;
	struct conf_entry *entry;	/* in the order of the file */
};

/*
 * Where complaints go: one call each, no newline; the text begins with the file's name and the
 * line. @line 0: the complaint is about the whole file.
 */
struct conf_report {
	void (*fn)(void *arg, unsigned int line, const char *text);
	void *arg;
	const char *file;	/* its name in the texts */
	unsigned int errors;	/* how many there were */
};

void conf_complain(struct conf_report *report, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * 0; -EINVAL: complaints were made; -ENOMEM. What could be read is in @lines in
 * any case. Comments behind sections, which iniparser does not take, become blanks.
 */
int conf_lines_read(struct conf_lines *lines, char *text, size_t len, struct conf_report *report);
void conf_lines_free(struct conf_lines *lines);

#endif /* PFQD_CONF_LINES_H */
