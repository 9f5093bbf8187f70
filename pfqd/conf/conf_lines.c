/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_lines.h"

struct reader {
	struct conf_lines *lines;
	struct conf_report *report;
	unsigned int line;
	unsigned int capacity;
	const char *section;	/* the current section; NULL: none yet, or one that was refused */
	bool has_section;	/* a section has begun, even if it was refused */
	char *text, *text_end;	/* the current line in the caller's text */
};

void conf_complain(struct conf_report *report, unsigned int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n = 0;

	report->errors++;
	if (!report->file)
		text[0] = '\0';
	else if (line)
		n = snprintf(text, sizeof(text), "%s:%u: ", report->file, line);
	else
		n = snprintf(text, sizeof(text), "%s: ", report->file);
	va_start(ap, fmt);
	if (n >= 0 && n < (int)sizeof(text))
		vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	report->fn(report->arg, line, text);
}

static char *trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	for (end = s + strlen(s); end > s && isspace((unsigned char)end[-1]); end--)
		end[-1] = '\0';
	return s;
}

static char *lower(const char *s)
{
	char *copy = strdup(s), *c;

	for (c = copy; c && *c; c++)
		*c = tolower((unsigned char)*c);
	return copy;
}

static int add(struct reader *r, const char *section, const char *key, const char *value)
{
	struct conf_lines *l = r->lines;
	struct conf_entry *e;

	if (l->count == r->capacity) {
		r->capacity = r->capacity ? 2 * r->capacity : 64;
		e = realloc(l->entry, r->capacity * sizeof(*e));
		if (!e)
			return -ENOMEM;
		l->entry = e;
	}
	e = &l->entry[l->count++];
	*e = (struct conf_entry){ .line = r->line };
	e->section = lower(section);
	if (key)
		e->key = lower(key);
	if (value)
		e->value = strdup(value);
	return !e->section || (key && !e->key) || (value && !e->value) ? -ENOMEM : 0;
}

static const struct conf_entry *find_section(const struct conf_lines *l, const char *section)
{
	unsigned int i;

	for (i = 0; i < l->count; i++) {
		if (!l->entry[i].key && !strcasecmp(l->entry[i].section, section))
			return &l->entry[i];
	}
	return NULL;
}

/* Find @key in the current section, which has the last entries. */
static const struct conf_entry *find_key(const struct reader *r, const char *key)
{
	const struct conf_entry *e = r->lines->entry + r->lines->count;

	while (e-- > r->lines->entry && e->key) {
		if (!strcasecmp(e->key, key))
			return e;
	}
	return NULL;
}

/* iniparser takes no comment behind a section: write blanks over it. */
static void hide_comment(struct reader *r)
{
	char *end = memchr(r->text, ']', r->text_end - r->text);

	memset(end + 1, ' ', r->text_end - end - 1);
}

/* Read "[name]" with an optional comment. */
static int read_section(struct reader *r, char *s)
{
	const struct conf_entry *before;
	char *end = strchr(s, ']'), *name, *rest;
	int ret;

	r->has_section = true;
	r->section = NULL;
	rest = end ? trim(end + 1) : NULL;
	if (!rest || (*rest && *rest != ';' && *rest != '#')) {
		conf_complain(r->report, r->line, "\"%.64s\": a section has a line of its own, "
			      "[pfqd] or [group NAME]; only a comment may follow", s);
		return 0;
	}
	if (*rest)
		hide_comment(r);
	*end = '\0';
	name = trim(s + 1);
	if (!*name || strpbrk(name, "[]:;#\"'=")) {
		conf_complain(r->report, r->line, "section \"%.64s\" is not allowed here; allowed: "
			      "pfqd, group NAME", name);
		return 0;
	}
	before = find_section(r->lines, name);
	if (before) {
		conf_complain(r->report, r->line, "section [%.64s] exists already, in line %u; "
			      "put its keys together", name, before->line);
		return 0;
	}
	ret = add(r, name, NULL, NULL);
	if (!ret)
		r->section = r->lines->entry[r->lines->count - 1].section;
	return ret;
}

/* Return the text in quotes, which only a comment may follow. NULL: refused, with a complaint. */
static char *quoted(struct reader *r, char *s)
{
	char *end = strchr(s + 1, *s), *rest;

	if (!end) {
		conf_complain(r->report, r->line, "a quote is not closed: %.64s", s);
		return NULL;
	}
	*end = '\0';
	rest = trim(end + 1);
	if (*rest && *rest != ';' && *rest != '#') {
		conf_complain(r->report, r->line, "\"%.64s\" follows a closed quote; allowed: a "
			      "comment, as ; text", rest);
		return NULL;
	}
	return s + 1;
}

/* Return the value without quotes, up to a comment. NULL: refused, with a complaint. */
static char *bare(struct reader *r, char *s)
{
	char *c = strpbrk(s, ";#");

	if (c && c > s && !isspace((unsigned char)c[-1])) {
		conf_complain(r->report, r->line,
			      "\"%.64s\": %c begins a comment; put a blank before "
			      "it, or the value in double quotes",
			      s, *c);
		return NULL;
	}
	if (c)
		*c = '\0';
	return trim(s);
}

static int read_key(struct reader *r, char *s, char *equals)
{
	const struct conf_entry *before;
	char *key, *value;

	*equals = '\0';
	key = trim(s);
	value = trim(equals + 1);
	if (!*key ||
	    strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-0123456789") !=
		    strlen(key)) {
		conf_complain(r->report, r->line, "\"%.64s\" is not a valid key; "
			      "allowed: letters, digits, _, -", key);
		return 0;
	}
	value = *value == '"' || *value == '\'' ? quoted(r, value) : bare(r, value);
	if (!value)
		return 0;
	if (!*trim(value)) {
		conf_complain(r->report, r->line,
			      "%s: the value is missing; leave the line out for the "
			      "default",
			      key);
		return 0;
	}
	if (!r->section) {
		if (!r->has_section)
			conf_complain(r->report, r->line, "%s: is not in a section; put [pfqd] or "
				      "[group NAME] before it", key);
		return 0;
	}
	before = find_key(r, key);
	if (before) {
		conf_complain(r->report, r->line, "[%s] %s: is set already, in line %u",
			      r->section, key, before->line);
		return 0;
	}
	return add(r, r->section, key, value);
}

static int read_line(struct reader *r, char *s, size_t len)
{
	char *equals;
	size_t i;

	if (len > CONF_LINE_MAX) {
		conf_complain(r->report, r->line, "a line of %zu bytes; allowed: %d", len,
			      CONF_LINE_MAX);
		return 0;
	}
	for (i = 0; i < len; i++) {
		if (iscntrl((unsigned char)s[i]) && s[i] != '\t' &&
		    !(s[i] == '\r' && i + 1 == len)) {
			conf_complain(r->report, r->line,
				      "byte 0x%02x is not allowed here; allowed: "
				      "text",
				      (unsigned char)s[i]);
			return 0;
		}
	}
	s = trim(s);
	/* iniparser would continue in the next line, even in comments */
	if (*s && s[strlen(s) - 1] == '\\') {
		conf_complain(r->report, r->line,
			      "a line cannot be continued by \\; write it in one");
		return 0;
	}
	if (!*s || *s == ';' || *s == '#')
		return 0;
	if (*s == '[')
		return read_section(r, s);
	equals = strchr(s, '=');
	if (equals)
		return read_key(r, s, equals);
	conf_complain(r->report, r->line, "\"%.64s\" is not understood; allowed: [section], "
		      "key = value, ; comment", s);
	return 0;
}

int conf_lines_read(struct conf_lines *lines, char *text, size_t len, struct conf_report *report)
{
	struct reader r = { .lines = lines, .report = report };
	unsigned int before = report->errors;
	char *end = text + len, *next, *copy;
	int ret = 0;

	memset(lines, 0, sizeof(*lines));
	for (; text < end && !ret; text = next) {
		char *nl = memchr(text, '\n', end - text);

		r.line++;
		next = nl ? nl + 1 : end;
		r.text = text;
		r.text_end = nl ? nl : end;
		copy = strndup(text, r.text_end - text);
		if (!copy)
			return -ENOMEM;
		/*
		 * copy ends at a NUL byte; the length includes it, so that read_line() refuses it
		 */
		ret = read_line(&r, copy, r.text_end - text);
		free(copy);
		if (!ret && lines->count > CONF_ENTRIES_MAX) {
			conf_complain(report, r.line, "too many keys; allowed: %d",
				      CONF_ENTRIES_MAX);
			break;
		}
	}
	if (ret)
		return ret;
	return report->errors == before ? 0 : -EINVAL;
}

void conf_lines_free(struct conf_lines *lines)
{
	unsigned int i;

	for (i = 0; i < lines->count; i++) {
		free(lines->entry[i].section);
		free(lines->entry[i].key);
		free(lines->entry[i].value);
	}
	free(lines->entry);
	memset(lines, 0, sizeof(*lines));
}
