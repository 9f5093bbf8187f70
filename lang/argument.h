/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From the arguments in the text to those of a step. */
#ifndef PFQ_LANG_ARGUMENT_H
#define PFQ_LANG_ARGUMENT_H

#include "term.h"

#define PFQ_LANG_TAIL_MAX	192

#define PFQ_LANG_OPTIONS_MAX	4

/* An option of a call, as burst = 10. */
struct pfq_lang_option {
	const char *name;
	const struct pfq_lang_term *value;
};

/* A symbol with its arguments. */
struct pfq_lang_call {
	struct pfq_lang_work *work;
	const char *name;		/* as it is written: an alias, maybe */
	struct pfq_lang_place place;	/* of the name */
	struct pfq_lang_term *const *arg;
	unsigned int args;
	struct pfq_lang_option option[PFQ_LANG_OPTIONS_MAX];
	unsigned int options;
	/* of a list that is compiled in parts: this part of the first argument's values */
	unsigned int first, count;
	const char *wanted;		/* pfq_lang_symbol_wanted() */
	/* results */
	uint64_t word[2];
	const struct pfq_lang_thing *object;
	/* after an error: where, and the end of a sentence that begins with "NAME wants ..." */
	struct pfq_lang_place wrong;
	char tail[PFQ_LANG_TAIL_MAX];
	bool is_whole;		/* the tail is the whole sentence */
};

/* Does @args fit the call? If so, fill in word and object; else wrong and tail. */
bool pfq_lang_arguments_take(struct pfq_lang_call *call, enum pfq_lang_args args);

/* How many arguments the text has, and the clause that says which: "ports (53, a list)". */
unsigned int pfq_lang_arguments_number(enum pfq_lang_args args);
const char *pfq_lang_arguments_wanted(enum pfq_lang_args args);
/* The names of options that a call with @args may have, separated by spaces; NULL: none. */
const char *pfq_lang_arguments_options(enum pfq_lang_args args);

/* Report the error that wrong and tail say. */
void pfq_lang_call_refuse(const struct pfq_lang_call *call);

/* Is the argument a live set? */
bool pfq_lang_arguments_want_set(enum pfq_lang_args args);

/*
 * Describe @arg, or @value of it, if it is of a type that the call does not want. @wanted: what it
 * wants.
 */
void pfq_lang_misfit_write(struct pfq_lang_call *call, const char *wanted,
			   const struct pfq_lang_term *arg, const struct pfq_lang_value *value);

#endif /* PFQ_LANG_ARGUMENT_H */
