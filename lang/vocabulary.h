/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* All names of pfq-lang, but those of a program's own. */
#ifndef PFQ_LANG_VOCABULARY_H
#define PFQ_LANG_VOCABULARY_H

#include "work.h"

/* The sorts of things that stand in the text; a mask where several may stand. */
enum pfq_lang_sort {
	PFQ_SORT_PRED	= 1 << 0,
	PFQ_SORT_PROP	= 1 << 1,
	PFQ_SORT_FUNC	= 1 << 2,
	PFQ_SORT_VALUE	= 1 << 3,
	PFQ_SORT_ANY	= (1 << 4) - 1,
};

/* Where a function is wanted, a predicate is a filter. */
#define PFQ_SORT_STEP	(PFQ_SORT_FUNC | PFQ_SORT_PRED)

enum pfq_lang_form {
	PFQ_FORM_WHEN, PFQ_FORM_UNLESS, PFQ_FORM_CONDITIONAL, PFQ_FORM_PAR, PFQ_FORM_INV,
	PFQ_FORM_SRC, PFQ_FORM_DST, PFQ_FORM_INNER, PFQ_FORM_INNERMOST, PFQ_FORM_ALSO,
	PFQ_FORM_FILTER, PFQ_FORM_DONE, PFQ_FORM_DROP, PFQ_FORM_PASS,
};

enum pfq_lang_word_kind {
	PFQ_WORD_SYMBOL,	/* number: the first row of this text */
	PFQ_WORD_FORM,		/* number: enum pfq_lang_form */
	PFQ_WORD_COMPARE,	/* number: enum pfq_lang_op; "less ip_ttl 64" */
	PFQ_WORD_NUMBER,	/* number: its value */
	PFQ_WORD_ALIAS,		/* text: an expression */
	PFQ_WORD_LATER,		/* text: why it is not supported yet, or empty */
	PFQ_WORD_GONE,		/* text: what to use in place of a name of PFQ */
};

struct pfq_lang_word {
	const char *name;
	enum pfq_lang_word_kind kind;
	unsigned int sort;	/* enum pfq_lang_sort; 0: no suggestion */
	unsigned int number;
	const char *text;
	const char *type, *help;	/* for lists of names; NULL: as those of the name in text */
};

/* A list of words that are no symbols. name of the last is NULL. */
extern const struct pfq_lang_word pfq_lang_words[];	/* ours */
extern const struct pfq_lang_word pfq_lang_words_pfq[];	/* PFQ's other names */

/* The word of that name, or NULL. */
const struct pfq_lang_word *pfq_lang_word_find(const char *name);
/* Word @i: symbols, then pfq_lang_words, then pfq_lang_words_pfq. NULL after the last. */
const struct pfq_lang_word *pfq_lang_word_at(unsigned int i);

/* A row of PFQ_LANG_SYMBOLS. */
struct pfq_lang_row {
	const char *text;
	enum pfq_lang_type type;
	enum pfq_lang_args args;
	unsigned int units;
	const char *help;
};

extern const struct pfq_lang_row pfq_lang_rows[__PFQ_LANG_SYMBOL_MAX];

/* A row of PFQ_LANG_ARGS. */
struct pfq_lang_args_row {
	uint64_t max;
	unsigned int kind;	/* enum pfq_lang_kind; PFQ_LANG_KIND_NONE: no object */
};

#define PFQ_LANG_KIND_NONE	__PFQ_LANG_KIND_MAX

extern const struct pfq_lang_args_row pfq_lang_args_rows[__PFQ_LANG_ARGS_MAX];

#endif /* PFQ_LANG_VOCABULARY_H */
