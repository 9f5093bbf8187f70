/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Errors about an argument of the wrong type */
#include <stdio.h>
#include <string.h>
#include "argument.h"
#include "suggest.h"

static void whole(struct pfq_lang_call *call)
{
	call->is_whole = true;
}

/* A name that has no meaning where it stands: unknown, or one of something else. */
static void write_name(struct pfq_lang_call *call, const char *wanted, const char *name)
{
	const struct pfq_lang_word *word = pfq_lang_word_find(name);
	char clause[PFQ_LANG_SUGGEST_MAX];

	if (word && word->kind == PFQ_WORD_LATER) {
		whole(call);
		snprintf(call->tail, sizeof(call->tail), "\"%s\" is not supported yet%s", name,
			 word->text);
		return;
	}
	if (word) {
		snprintf(call->tail, sizeof(call->tail), ", not a %s: %s",
			 word->sort & PFQ_SORT_PRED ? "predicate" :
			 word->sort & PFQ_SORT_PROP ? "property" : "function", name);
		return;
	}
	whole(call);
	pfq_lang_suggest(clause, call->work, name, PFQ_SORT_VALUE);
	if (!strncmp(clause, "did", 3))
		snprintf(call->tail, sizeof(call->tail), "\"%s\": no such name; %.100s", name,
			 clause);
	else
		snprintf(call->tail, sizeof(call->tail), "\"%s\": no such name; %s wants %s", name,
			 call->name, wanted);
}

static void write_let(struct pfq_lang_call *call, const char *wanted,
		      const struct pfq_lang_term *arg, const struct pfq_lang_value *value)
{
	whole(call);
	snprintf(call->tail, sizeof(call->tail), "\"%s\" is %s; %s wants %s", arg->let,
		 arg->is_list ? pfq_lang_literal_list_name(value->type) :
				pfq_lang_literal_name(value->type), call->name, wanted);
}

void pfq_lang_misfit_write(struct pfq_lang_call *call, const char *wanted,
			   const struct pfq_lang_term *arg, const struct pfq_lang_value *value)
{
	const char *sort = arg->sort & PFQ_SORT_PRED ? "predicate" :
			   arg->sort & PFQ_SORT_PROP ? "property" : "function";

	call->wrong = value && !arg->let ? value->place : arg->place;
	if (arg->kind == PFQ_TERM_VALUES && !value)
		value = arg->values == 1 && !arg->is_list ? arg->value : NULL;
	if (arg->let && arg->kind == PFQ_TERM_VALUES && arg->values)
		write_let(call, wanted, arg, value ? value : arg->value);
	else if (value && value->type == PFQ_VALUE_NAME)
		write_name(call, wanted, value->text);
	else if (value)
		snprintf(call->tail, sizeof(call->tail), ", not %s: %.60s",
			 pfq_lang_literal_name(value->type), value->text);
	else if (arg->kind == PFQ_TERM_VALUES)
		snprintf(call->tail, sizeof(call->tail), ", not a list");
	else
		snprintf(call->tail, sizeof(call->tail), ", not a %s: %.60s", sort,
			 arg->name ? arg->name : "(...)");
}

void pfq_lang_call_refuse(const struct pfq_lang_call *call)
{
	if (call->is_whole)
		pfq_lang_error(call->work, &call->wrong, "%s", call->tail);
	else
		pfq_lang_error(call->work, &call->wrong, "%s wants %s%s", call->name, call->wanted,
			       call->tail);
}
