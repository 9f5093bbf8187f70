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

static bool has_set(const struct pfq_lang_term *t)
{
	unsigned int i;

	for (i = 0; t->kind == PFQ_TERM_VALUES && i < t->values; i++)
		if (pfq_lang_value_is_set(&t->value[i]))
			return true;
	return false;
}

const char *pfq_lang_symbol_wanted(unsigned int symbol)
{
	unsigned int number = pfq_lang_arguments_number(pfq_lang_rows[symbol].args), i;
	unsigned int last = symbol;

	for (i = symbol; i < __PFQ_LANG_SYMBOL_MAX; i++)
		if (!strcmp(pfq_lang_rows[i].text, pfq_lang_rows[symbol].text) &&
		    pfq_lang_arguments_number(pfq_lang_rows[i].args) == number)
			last = i;
	return pfq_lang_arguments_wanted(pfq_lang_rows[last].args);
}

/*
 * The row whose arguments fit; -1 after an error. Rows for sets are not tried with other values,
 * nor the other way round, but for the first row, which then says what is wrong.
 */
static int choose(struct pfq_lang_call *call, unsigned int first)
{
	bool is_set = call->args && has_set(call->arg[0]), has_tried = false;
	unsigned int symbol, last = first;

	for (symbol = first; symbol < __PFQ_LANG_SYMBOL_MAX; symbol++) {
		if (strcmp(pfq_lang_rows[symbol].text, pfq_lang_rows[first].text))
			continue;
		last = symbol;
		if (pfq_lang_arguments_number(pfq_lang_rows[symbol].args) != call->args)
			continue;
		if (has_tried &&
		    pfq_lang_arguments_want_set(pfq_lang_rows[symbol].args) != is_set)
			continue;
		call->wanted = pfq_lang_symbol_wanted(symbol);
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

/* The values that are no sets, in one term, and a term for each set; joined by or. */
static struct pfq_lang_term *apply_sets(struct pfq_lang_call *call, unsigned int symbol)
{
	const struct pfq_lang_term *list = call->arg[0];
	unsigned int n = list->values, terms = 0, others = 0, i;
	struct pfq_lang_term *part = pfq_lang_alloc(call->work, (n + 1) * sizeof(*part)), *arg;
	struct pfq_lang_term **term = pfq_lang_alloc(call->work, (n + 1) * sizeof(*term));
	struct pfq_lang_value *value = pfq_lang_alloc(call->work, n * sizeof(*value));
	struct pfq_lang_call one = *call;

	if (!part || !term || !value)
		return NULL;
	for (i = 0; i < n; i++) {
		if (!pfq_lang_value_is_set(&list->value[i])) {
			value[others++] = list->value[i];
			continue;
		}
		part[terms] = *list;
		part[terms].place = list->value[i].place;
		part[terms].value = &list->value[i];
		part[terms].values = 1;
		part[terms].is_list = false;
		part[terms++].let = list->value[i].text;
	}
	if (others) {
		part[terms] = *list;
		part[terms].value = value;
		part[terms++].values = others;
	}
	for (i = 0; i < terms; i++) {
		arg = &part[i];
		one.arg = &arg;
		term[i] = pfq_lang_symbol_apply(&one, symbol);
	}
	return terms == 1 ? term[0] : pfq_lang_term_above(call->work, PFQ_TERM_OR, &call->place,
							  call->name, term, terms);
}

struct pfq_lang_term *pfq_lang_symbol_apply(struct pfq_lang_call *call, unsigned int symbol)
{
	unsigned int part = part_of(symbol);
	int row;

	if (call->args == 1 && call->arg[0]->is_list && has_set(call->arg[0]) &&
	    pfq_lang_rows[symbol].type == PFQ_LANG_PRED)
		return apply_sets(call, symbol);
	if (part && call->args == 1 && call->arg[0]->kind == PFQ_TERM_VALUES &&
	    call->arg[0]->values > part)
		return apply_parts(call, symbol, part);
	row = choose(call, symbol);
	return row < 0 ? pfq_lang_term_bad(call->work, &call->place) :
			 step(call, (unsigned int)row);
}

