/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Prints tables for people, with libsmartcols. In a pipe tables are whole. On a terminal
 * lost packets have a colour, and texts are cut if the table then fits. Numbers are never
 * cut.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libsmartcols/libsmartcols.h>
#include "pfqctl.h"

#define SEPARATOR	"  "

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;	/* the row in progress */
	size_t columns, column;		/* their number; the next one */
};

/* A cell of this column gets a colour if its text is none of the @usual words. */
static const struct {
	const char *column;	/* the beginning of the name */
	const char *usual;
	const char *colour;
} marks[] = {
	{ "drop_",	 "0",  "yellow" },
	{ "cut_",	 "0",  "yellow" },
	{ "unexplained", "0",  "red" },
	{ "state",	 "up ended", "yellow" },
};

static void out_of_memory(void)
{
	fputs("pfqctl: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

/* libsmartcols fails only for lack of memory. */
static void must(int error)
{
	if (error)
		out_of_memory();
}

/* https://no-color.org: set, and not empty */
static bool wants_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
}

static void add_column(struct table *t, const char *name, size_t len)
{
	bool numbers = *name == '+';
	char *text = strndup(name + numbers, len - numbers);
	struct libscols_column *c;

	if (!text)
		out_of_memory();
	c = scols_table_new_column(t->scols, text, 0, numbers ? SCOLS_FL_RIGHT : SCOLS_FL_TRUNC);
	if (!c)
		out_of_memory();
	must(scols_cell_set_color(scols_column_get_header(c), "bold"));
	free(text);
	t->columns++;
}

struct table *table_new(const char *columns)
{
	struct table *t = calloc(1, sizeof(*t));
	const char *p;
	size_t n;

	if (!t)
		out_of_memory();
	t->scols = scols_new_table();
	if (!t->scols)
		out_of_memory();
	must(scols_table_set_column_separator(t->scols, SEPARATOR));
	/* word_clean() has already cleaned the texts. */
	must(scols_table_enable_noencoding(t->scols, 1));
	must(scols_table_enable_colors(t->scols, wants_colours()));
	for (p = columns; *p; p += n, p += strspn(p, " ")) {
		n = strcspn(p, " ");
		add_column(t, p, n);
	}
	return t;
}

static void mark(struct libscols_column *c, struct libscols_cell *cell)
{
	const char *name = scols_cell_get_data(scols_column_get_header(c));
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strncasecmp(name, marks[i].column, strlen(marks[i].column)) &&
		    !strstr(marks[i].usual, scols_cell_get_data(cell)))
			must(scols_cell_set_color(cell, marks[i].colour));
	}
}

void table_add(struct table *t, const char *fmt, ...)
{
	va_list args;
	char *s;
	int n;

	va_start(args, fmt);
	n = vasprintf(&s, fmt, args);
	va_end(args);
	if (n < 0)
		out_of_memory();
	if (!t->column)
		t->line = scols_table_new_line(t->scols, NULL);
	if (!t->line)
		out_of_memory();
	must(scols_line_set_data(t->line, t->column, n ? s : "-"));
	mark(scols_table_get_column(t->scols, t->column), scols_line_get_cell(t->line, t->column));
	free(s);
	t->column = (t->column + 1) % t->columns;
}

/* libsmartcols prints nothing for a table without rows, so the names become its only row. */
static void print_names(struct table *t)
{
	struct libscols_line *line = scols_table_new_line(t->scols, NULL);
	struct libscols_cell *name;
	size_t i;

	if (!line)
		out_of_memory();
	for (i = 0; i < t->columns; i++) {
		name = scols_column_get_header(scols_table_get_column(t->scols, i));
		must(scols_line_set_data(line, i, scols_cell_get_data(name)));
		must(scols_cell_set_color(scols_line_get_cell(line, i), "bold"));
	}
	must(scols_table_enable_noheadings(t->scols, 1));
}

static bool is_number(struct libscols_column *c)
{
	return scols_column_get_flags(c) & SCOLS_FL_RIGHT;
}

/* Return the cell's width; 0: the last row lacks this cell. */
static size_t cell_width(const struct libscols_cell *cell)
{
	const char *text = scols_cell_get_data(cell);

	return text ? strlen(text) : 0;
}

/* Return the width of a column whose texts are cut. */
static size_t least_width(struct table *t, struct libscols_column *c, size_t column)
{
	size_t least = cell_width(scols_column_get_header(c)), i, n;
	struct libscols_line *line;

	for (i = 0; is_number(c) && i < scols_table_get_nlines(t->scols); i++) {
		line = scols_table_get_line(t->scols, i);
		n = cell_width(scols_line_get_cell(line, column));
		if (n > least)
			least = n;
	}
	return least;
}

/* If a terminal is too narrow even for names and numbers, texts stay whole, too. */
static void cut_only_to_fit(struct table *t)
{
	size_t least = (t->columns - 1) * strlen(SEPARATOR), i;
	struct libscols_column *c;

	for (i = 0; i < t->columns; i++)
		least += least_width(t, scols_table_get_column(t->scols, i), i);
	if (least <= scols_table_get_termwidth(t->scols))
		return;
	for (i = 0; i < t->columns; i++) {
		c = scols_table_get_column(t->scols, i);
		if (!is_number(c))
			must(scols_column_set_flags(c, 0));
	}
}

void table_print(struct table *t)
{
	if (!scols_table_get_nlines(t->scols))
		print_names(t);
	cut_only_to_fit(t);
	must(scols_print_table(t->scols));
	table_free(t);
}

void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->scols);
	free(t);
}
