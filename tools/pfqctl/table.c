/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Aligned columns. Cells are texts without spaces; an empty one is shown as -. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pfqctl.h"

struct column {
	bool is_number;
	size_t width;
};

struct table {
	size_t columns, cells, room;
	char **cell;		/* the first row are the names */
	struct column *column;
};

static void out_of_memory(void)
{
	fputs("pfqctl: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

/* bytes of UTF-8 that go on with a character, and take no column of a terminal */
static size_t continued(const char *s, size_t len)
{
	size_t n = 0;

	while (len--)
		n += (s[len] & 0xc0) == 0x80;
	return n;
}

static void put_cell(struct table *t, const char *s, size_t len)
{
	size_t column = t->cells % t->columns;

	if (t->cells == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->cell = reallocarray(t->cell, t->room, sizeof(*t->cell));
		if (!t->cell)
			out_of_memory();
	}
	t->cell[t->cells] = strndup(s, len);
	if (!t->cell[t->cells])
		out_of_memory();
	t->cells++;
	len -= continued(s, len);
	if (len > t->column[column].width)
		t->column[column].width = len;
}

struct table *table_new(const char *columns)
{
	struct table *t = calloc(1, sizeof(*t));
	const char *p;
	size_t n;

	if (!t)
		out_of_memory();
	for (p = columns; *p; p += n, p += strspn(p, " ")) {
		n = strcspn(p, " ");
		t->columns++;
	}
	t->column = calloc(t->columns, sizeof(*t->column));
	if (!t->column)
		out_of_memory();
	for (p = columns; *p; p += n, p += strspn(p, " ")) {
		t->column[t->cells].is_number = *p == '+';
		p += *p == '+';
		n = strcspn(p, " ");
		put_cell(t, p, n);
	}
	return t;
}

/* one cell; all of a row in the order of the columns */
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
	if (n)
		put_cell(t, s, (size_t)n);
	else
		put_cell(t, "-", 1);
	free(s);
}

void table_print(struct table *t)
{
	size_t i, column;
	int width;

	for (i = 0; i < t->cells; i++) {
		column = i % t->columns;
		width = (int)(t->column[column].width + continued(t->cell[i], strlen(t->cell[i])));
		if (column)
			fputs("  ", stdout);
		if (t->column[column].is_number)
			printf("%*s", width, t->cell[i]);
		else if (column + 1 == t->columns)
			fputs(t->cell[i], stdout);
		else
			printf("%-*s", width, t->cell[i]);
		if (column + 1 == t->columns)
			putchar('\n');
		free(t->cell[i]);
	}
	free(t->cell);
	free(t->column);
	free(t);
}
