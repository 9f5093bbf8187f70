/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "work.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES	16384
#define ALIGN_BYTES	16
#define MESSAGES_MAX	64	/* of each kind */

struct pfq_lang_block {
	struct pfq_lang_block *next;
	size_t size, used;
	_Alignas(ALIGN_BYTES) unsigned char byte[];
};

struct pfq_lang_message {
	struct pfq_lang_message *next;
	unsigned int offset, turn;
	struct pfq_lang_note note;
};

/* --- memory ----------------------------------------------------------------------- */

static struct pfq_lang_block *block_new(size_t bytes)
{
	size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct pfq_lang_block *b = calloc(1, sizeof(*b) + size);

	if (b)
		b->size = size;
	return b;
}

void *pfq_lang_alloc(struct pfq_lang_work *w, size_t bytes)
{
	struct pfq_lang_block *b = w->blocks;

	bytes = (bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
	if (!b || b->size - b->used < bytes) {
		b = block_new(bytes);
		if (!b) {
			w->is_out_of_memory = true;
			return NULL;
		}
		b->next = w->blocks;
		w->blocks = b;
	}
	b->used += bytes;
	return b->byte + b->used - bytes;
}

char *pfq_lang_copy(struct pfq_lang_work *w, const char *text, size_t len)
{
	char *copy = pfq_lang_alloc(w, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

void pfq_lang_work_end(struct pfq_lang_work *w)
{
	struct pfq_lang_block *b, *next;

	for (b = w->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	w->blocks = NULL;
}

/* --- messages --------------------------------------------------------------------- */

/* A text may have any bytes. They must not act on the terminal of the reader. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text) && !((unsigned char)*text & 0x80))
			*text = '?';
}

static void keep(struct pfq_lang_work *w, const struct pfq_lang_place *at, bool is_error,
		 const char *fmt, va_list args)
{
	unsigned int *count = is_error ? &w->errors : &w->advice;
	struct pfq_lang_message *m;

	if (++*count > MESSAGES_MAX + 1)
		return;
	m = pfq_lang_alloc(w, sizeof(*m));
	if (!m)
		return;
	*m = (struct pfq_lang_message){
		.next = w->message, .offset = at->offset, .turn = w->errors + w->advice,
		.note = { at->line, at->column, at->length, is_error, "" },
	};
	if (*count > MESSAGES_MAX)
		snprintf(m->note.text, sizeof(m->note.text), "further %s are not shown",
			 is_error ? "errors" : "notes");
	else
		vsnprintf(m->note.text, sizeof(m->note.text), fmt, args);
	make_printable(m->note.text);
	w->message = m;
}

void pfq_lang_error(struct pfq_lang_work *w, const struct pfq_lang_place *at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	keep(w, at, true, fmt, args);
	va_end(args);
}

void pfq_lang_advise(struct pfq_lang_work *w, const struct pfq_lang_place *at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	keep(w, at, false, fmt, args);
	va_end(args);
}

/* Messages about one place stay in the order in which they were made. */
static int compare(const void *a, const void *b)
{
	const struct pfq_lang_message *const *x = a, *const *y = b;

	if ((*x)->offset != (*y)->offset)
		return (*x)->offset < (*y)->offset ? -1 : 1;
	return (*x)->turn < (*y)->turn ? -1 : 1;
}

int pfq_lang_messages_take(struct pfq_lang *lang, const struct pfq_lang_work *w)
{
	const struct pfq_lang_message *list[2 * (MESSAGES_MAX + 1)], *m;
	unsigned int n = 0, i;

	for (m = w->message; m; m = m->next)
		list[n++] = m;
	if (!n)
		return 0;
	qsort(list, n, sizeof(list[0]), compare);
	lang->note = malloc(n * sizeof(*lang->note));
	if (!lang->note)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		lang->note[i] = list[i]->note;
	lang->notes = n;
	return 0;
}
