/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "symbol.h"

#include <string.h>

#define EXCERPT_MAX	40

static const enum pfq_lang_sort sorts[] = {
	[PFQ_LANG_PRED] = PFQ_SORT_PRED, [PFQ_LANG_PROP] = PFQ_SORT_PROP,
	[PFQ_LANG_STEER] = PFQ_SORT_FUNC, [PFQ_LANG_ACTION] = PFQ_SORT_FUNC,
};

static struct pfq_lang_term *step(const struct pfq_lang_call *call, unsigned int symbol)
{
	const struct pfq_lang_row *row = &pfq_lang_rows[symbol];
	struct pfq_lang_term *t;

	t = pfq_lang_term_new(call->work, row->type == PFQ_LANG_PROP ? PFQ_TERM_PROPERTY :
			      PFQ_TERM_SYMBOL, sorts[row->type], &call->place, call->name);
	if (!t)
		return NULL;
	t->symbol = (uint16_t)symbol;
	t->arg[0] = call->word[0];
	t->arg[1] = call->word[1];
	t->object = call->object;
	t->changes_outputs = row->type == PFQ_LANG_STEER ||
			     (row->type == PFQ_LANG_ACTION && symbol != PFQ_LANG_COUNT);
	return t;
}

/* --- errors --------------------------------------------------------------------------- */

static void say_number(const struct pfq_lang_call *call, enum pfq_lang_args args)
{
	unsigned int number = pfq_lang_arguments_number(args);
	const char *wanted = pfq_lang_arguments_wanted(args);
	const struct pfq_lang_place *at;
	int len;

	if (call->args < number) {
		pfq_lang_error(call->work, &call->place, "%s wants %s; %s argument is missing",
			       call->name, wanted, number == 1 ? "the" : "an");
		return;
	}
	at = &call->arg[number]->place;
	len = at->length < EXCERPT_MAX ? (int)at->length : EXCERPT_MAX;
	if (number)
		pfq_lang_error(call->work, at, "%s wants %s; %.*s is one too many", call->name,
			       wanted, len, call->work->text + at->offset);
	else
		pfq_lang_error(call->work, at, "%s takes no argument; is >-> or another operator "
			       "missing before %.*s?", call->name, len,
			       call->work->text + at->offset);
}

/* ---------------------------------------------------------------------------------------- */

/* The row whose arguments fit; -1 after an error. */
static int choose(struct pfq_lang_call *call, unsigned int first)
{
	unsigned int symbol, last = first;
	bool has_tried = false;

	for (symbol = first; symbol < __PFQ_LANG_SYMBOL_MAX; symbol++) {
		if (strcmp(pfq_lang_rows[symbol].text, pfq_lang_rows[first].text))
			continue;
		last = symbol;
		if (pfq_lang_arguments_number(pfq_lang_rows[symbol].args) != call->args)
			continue;
		if (pfq_lang_arguments_take(call, pfq_lang_rows[symbol].args))
			return (int)symbol;
		has_tried = true;
	}
	if (call->work->is_out_of_memory)
		return -1;
	if (has_tried)
		pfq_lang_call_refuse(call);
	else
		say_number(call, pfq_lang_rows[last].args);
	return -1;
}

/* Into how many values a list is cut that does not fit one step; 0: never. */
static unsigned int part_of(unsigned int symbol)
{
	if (pfq_lang_rows[symbol].type != PFQ_LANG_PRED)
		return 0;
	if (pfq_lang_rows[symbol].args == PFQ_LANG_ARGS_MAC)
		return 1;
	return pfq_lang_rows[symbol].args == PFQ_LANG_ARGS_PREFIXES ? PFQ_LANG_PREFIXES_MAX : 0;
}

static struct pfq_lang_term *apply_parts(struct pfq_lang_call *call, unsigned int symbol,
					 unsigned int part)
{
	unsigned int values = call->arg[0]->values, parts = (values + part - 1) / part, i;
	struct pfq_lang_term **list = pfq_lang_alloc(call->work, parts * sizeof(*list));
	int row;

	for (i = 0; list && i < parts; i++) {
		call->first = i * part;
		call->count = values - call->first < part ? values - call->first : part;
		row = choose(call, symbol);
		if (row < 0)
			return pfq_lang_term_bad(call->work, &call->place);
		list[i] = step(call, (unsigned int)row);
	}
	return list ? pfq_lang_term_above(call->work, PFQ_TERM_OR, &call->place, call->name, list,
					  parts) : NULL;
}

struct pfq_lang_term *pfq_lang_symbol_apply(struct pfq_lang_call *call, unsigned int symbol)
{
	unsigned int part = part_of(symbol);
	int row;

	if (part && call->args == 1 && call->arg[0]->kind == PFQ_TERM_VALUES &&
	    call->arg[0]->values > part)
		return apply_parts(call, symbol, part);
	row = choose(call, symbol);
	return row < 0 ? pfq_lang_term_bad(call->work, &call->place) :
			 step(call, (unsigned int)row);
}
