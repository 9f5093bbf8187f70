/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One compilation: its memory, its notes, and how its passes hand over. */
#ifndef PFQ_LANG_WORK_H
#define PFQ_LANG_WORK_H

#include <linux/pfq_lang.h>
#include "compile.h"

#define PFQ_LANG_DEPTH_MAX	64	/* levels of nesting, after let names are replaced */
#define PFQ_LANG_DEFINES_MAX	256

/* A piece of the text. */
struct pfq_lang_place {
	unsigned int line, column;	/* from 1 */
	unsigned int offset, length;	/* in bytes */
};

struct pfq_lang_node;
struct pfq_lang_term;
struct pfq_lang_thing;
struct pfq_lang_block;
struct pfq_lang_message;

struct pfq_lang_define {
	const struct pfq_lang_node *name, *body;
	struct pfq_lang_term *term;	/* NULL: not yet checked */
	bool is_used;
};

/* The declaration flows, and the object that it describes. */
struct pfq_lang_flows {
	const struct pfq_lang_node *node;	/* NULL: not declared */
	struct pfq_lang_thing *thing;		/* NULL: not needed yet */
	bool is_used;
};

struct pfq_lang_work {
	const char *text;		/* the program's text */
	bool is_out_of_memory;
	unsigned int errors, advice;	/* messages of each kind, also those that are not kept */
	struct pfq_lang_block *blocks;
	struct pfq_lang_message *message;
	/* from the parser */
	const struct pfq_lang_node *main;
	unsigned int defines, uses;	/* lets, and how often the text uses them */
	size_t listed;			/* values of all lists, which take memory */
	struct pfq_lang_define define[PFQ_LANG_DEFINES_MAX];
	struct pfq_lang_flows flows;
};

/*
 * Memory of the compilation, zeroed, which pfq_lang_work_end() frees. NULL: there is none;
 * is_out_of_memory is set, and the result of the compilation is -ENOMEM.
 */
void *pfq_lang_alloc(struct pfq_lang_work *w, size_t bytes);
char *pfq_lang_copy(struct pfq_lang_work *w, const char *text, size_t len);	/* with a NUL */
void pfq_lang_work_end(struct pfq_lang_work *w);

/* Keep an error, or advice. Both cut the text where it is longer than a note. */
void pfq_lang_error(struct pfq_lang_work *w, const struct pfq_lang_place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void pfq_lang_advise(struct pfq_lang_work *w, const struct pfq_lang_place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Copy the messages into @lang, sorted by their place. */
int pfq_lang_messages_take(struct pfq_lang *lang, const struct pfq_lang_work *w);

#endif /* PFQ_LANG_WORK_H */
