/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A comparison is a test whether a property is in a range, or has bits of a mask. */
#include <stdio.h>
#include "argument.h"
#include "symbol.h"
#include "tree.h"

/* The largest value of the property. */
static uint64_t max_of(const struct pfq_lang_term *property)
{
	enum pfq_lang_args args = pfq_lang_rows[property->symbol].args;

	if (args == PFQ_LANG_ARGS_FIELD)
		return (1ULL << 8 * (property->arg[1] >> 8 & 0xff)) - 1;
	return args == PFQ_LANG_ARGS_NONE ? 0xffffffff : pfq_lang_args_rows[args].max;
}

/* The number or range to compare with. NULL after an error. */
static const struct pfq_lang_value *number_of(struct pfq_lang_work *w, unsigned int op,
					      const struct pfq_lang_term *property,
					      const struct pfq_lang_term *value)
{
	bool takes_range = op == PFQ_OP_EQUAL || op == PFQ_OP_NOT_EQUAL;
	const char *wanted = takes_range ? "a number or a range" : "a number";
	struct pfq_lang_call call = { .work = w, .name = property->name };
	const struct pfq_lang_value *v = value->value;

	if (value->kind == PFQ_TERM_VALUES && value->values == 1 && !value->is_list &&
	    (v->type == PFQ_VALUE_NUMBER || (takes_range && v->type == PFQ_VALUE_RANGE)))
		return v;
	pfq_lang_misfit_write(&call, wanted, value, NULL);
	if (call.is_whole)
		pfq_lang_error(w, &call.wrong, "%s", call.tail);
	else
		pfq_lang_error(w, &call.wrong, "%s is compared with %s%s", property->name, wanted,
			       call.tail);
	return NULL;
}

/* Make the range first..last of the values that @op accepts. Returns false if there are none. */
static bool range_of(unsigned int op, uint64_t max, uint64_t *first, uint64_t *last)
{
	switch (op) {
	case PFQ_OP_LESS:
		if (!*first)
			return false;
		*last = *first - 1;
		*first = 0;
		return true;
	case PFQ_OP_LESS_EQ:
		*first = 0;
		return true;
	case PFQ_OP_GREATER_EQ:
		*last = max;
		return true;
	case PFQ_OP_GREATER:
		*last = max;
		return ++*first <= max;
	case PFQ_OP_ANY_BIT:
	case PFQ_OP_ALL_BIT:
		*last = 0;
		return *first;
	default:
		return true;
	}
}

struct pfq_lang_term *pfq_lang_compare(struct pfq_lang_work *w, unsigned int op,
				       const struct pfq_lang_place *at,
				       const struct pfq_lang_term *property,
				       const struct pfq_lang_term *value)
{
	static const uint16_t flags[] = {
		[PFQ_OP_NOT_EQUAL] = PFQ_LANG_F_NOT, [PFQ_OP_ANY_BIT] = PFQ_LANG_F_ANY,
		[PFQ_OP_ALL_BIT] = PFQ_LANG_F_ALL,
	};
	const struct pfq_lang_value *v = number_of(w, op, property, value);
	uint64_t max = max_of(property), first, last;
	struct pfq_lang_term *t;

	if (!v)
		return pfq_lang_term_bad(w, at);
	first = v->first;
	last = v->last;
	if (last > max) {
		pfq_lang_error(w, &value->place, "%.40s is more than %s can be; allowed: 0 to %llu",
			       v->text, property->name, (unsigned long long)max);
		return pfq_lang_term_bad(w, at);
	}
	if (op >= PFQ_OP_ANY_BIT && max > 0xffffffff) {
		pfq_lang_error(w, at, "%s has no bits to ask for; compare it, as in %s > 10M",
			       property->name, property->name);
		return pfq_lang_term_bad(w, at);
	}
	if (!range_of(op, max, &first, &last)) {
		pfq_lang_error(w, at, "this comparison with %.40s is never true", v->text);
		return pfq_lang_term_bad(w, at);
	}
	t = pfq_lang_term_new(w, PFQ_TERM_SYMBOL, PFQ_SORT_PRED, at, "a comparison");
	if (!t)
		return NULL;
	t->symbol = property->symbol;
	t->object = property->object;
	t->flags = op == PFQ_OP_NOT_EQUAL || op >= PFQ_OP_ANY_BIT ? flags[op] : 0;
	t->arg[0] = first;
	t->arg[1] = last;
	if (t->symbol == PFQ_LANG_FIELD) {
		t->arg[0] = first | last << 32;
		t->arg[1] = property->arg[1];
	}
	return t;
}
