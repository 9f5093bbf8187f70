/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "take.h"

#include <stdio.h>

/* --- errors --------------------------------------------------------------------------- */

bool pfq_lang_take_fail(struct pfq_lang_call *call, const struct pfq_lang_place *at,
			const char *tail)
{
	call->wrong = *at;
	snprintf(call->tail, sizeof(call->tail), "%s", tail);
	return false;
}

/* A time in the largest unit of which it is a multiple; the wire form has ns. */
static void write_time(char *text, size_t size, uint64_t ns)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "d", 86400000000000ULL }, { "h", 3600000000000ULL }, { "m", 60000000000ULL },
		{ "s", 1000000000ULL }, { "ms", 1000000ULL }, { "us", 1000 },
	};
	unsigned int i = 0;

	if (!ns)
		i = 3;
	while (i + 1 < sizeof(units) / sizeof(units[0]) && ns % units[i].ns)
		i++;
	snprintf(text, size, "%llu%s", (unsigned long long)(ns / units[i].ns), units[i].suffix);
}

static void write_limit(char *text, size_t size, enum pfq_lang_value_type type, uint64_t limit)
{
	if (type == PFQ_VALUE_TIME)
		write_time(text, size, limit);
	else
		snprintf(text, size, "%llu", (unsigned long long)limit);
}

bool pfq_lang_take_beyond(struct pfq_lang_call *call, const struct pfq_lang_value *v,
			  uint64_t min, uint64_t max)
{
	char first[32], last[32];

	write_limit(first, sizeof(first), v->type, min);
	write_limit(last, sizeof(last), v->type, max);
	call->wrong = v->place;
	snprintf(call->tail, sizeof(call->tail), "; %.40s is not from %s to %s", v->text, first,
		 last);
	return false;
}

bool pfq_lang_take_misfit(struct pfq_lang_call *call, const struct pfq_lang_term *arg,
		   const struct pfq_lang_value *value)
{
	pfq_lang_misfit_write(call, call->wanted, arg, value);
	return false;
}

/* --- values: the parts of argument @i ----------------------------------------------------- */

/* The values of argument @i, of which there is at least one. NULL: it is none. */
const struct pfq_lang_value *pfq_lang_take_values(struct pfq_lang_call *call, unsigned int i,
					      unsigned int *count)
{
	const struct pfq_lang_term *t = call->arg[i];

	if (t->kind != PFQ_TERM_VALUES) {
		pfq_lang_take_misfit(call, t, NULL);
		return NULL;
	}
	if (!t->values) {
		pfq_lang_take_fail(call, &t->place, "; the list is empty");
		return NULL;
	}
	*count = t->values;
	if (i || !call->count)
		return t->value;
	*count = call->count;
	return t->value + call->first;
}

/* The only value of argument @i. */
const struct pfq_lang_value *pfq_lang_take_value(struct pfq_lang_call *call, unsigned int i,
					     enum pfq_lang_value_type type)
{
	unsigned int count;
	const struct pfq_lang_value *v = pfq_lang_take_values(call, i, &count);

	if (!v)
		return NULL;
	if (count == 1 && v->type == type)
		return v;
	pfq_lang_take_misfit(call, call->arg[i], count == 1 ? v : NULL);
	return NULL;
}

bool pfq_lang_take_number(struct pfq_lang_call *call, unsigned int i, uint64_t min, uint64_t max,
			uint64_t *number)
{
	const struct pfq_lang_value *v = pfq_lang_take_value(call, i, PFQ_VALUE_NUMBER);

	if (!v)
		return false;
	*number = v->first;
	return (v->first >= min && v->first <= max) || pfq_lang_take_beyond(call, v, min, max);
}

/* Numbers and ranges up to @max. */
bool pfq_lang_take_ranges(struct pfq_lang_call *call, uint64_t max, struct pfq_lang_ranges *list)
{
	unsigned int i, count;
	const struct pfq_lang_value *v = pfq_lang_take_values(call, 0, &count);

	if (!v || !pfq_lang_ranges_begin(list, call->work, count))
		return false;
	for (i = 0; i < count; i++) {
		if (v[i].type != PFQ_VALUE_NUMBER && v[i].type != PFQ_VALUE_RANGE)
			return pfq_lang_take_misfit(call, call->arg[0], &v[i]);
		if (v[i].last > max)
			return pfq_lang_take_beyond(call, &v[i], 0, max);
		pfq_lang_ranges_add(list, v[i].first, v[i].last);
	}
	pfq_lang_ranges_end(list);
	return true;
}

/* A text may be an address, too. */
bool pfq_lang_take_as(struct pfq_lang_value *to, const struct pfq_lang_value *v,
		    enum pfq_lang_value_type type)
{
	char why[PFQ_LANG_WHY_MAX];

	*to = *v;
	if (v->type == PFQ_VALUE_TEXT && pfq_lang_literal_read(to, v->text, why))
		return false;
	return to->type == type;
}

bool pfq_lang_take_prefixes(struct pfq_lang_call *call)
{
	struct pfq_lang_value value;
	struct pfq_lang_prefix *list;
	unsigned int i, count;
	const struct pfq_lang_value *v = pfq_lang_take_values(call, 0, &count);

	if (!v)
		return false;
	if (count > PFQ_LANG_PREFIXES_MAX)
		return pfq_lang_take_fail(call, &v[PFQ_LANG_PREFIXES_MAX].place,
			    "; the list has more than 8 of them");
	list = pfq_lang_alloc(call->work, count * sizeof(*list));
	if (!list)
		return false;
	for (i = 0; i < count; i++) {
		if (!pfq_lang_take_as(&value, &v[i], PFQ_VALUE_ADDR))
			return pfq_lang_take_misfit(call, call->arg[0], &v[i]);
		list[i] = value.prefix;
	}
	call->object = pfq_lang_thing_new(call->work, PFQ_LANG_KIND_PREFIXES, "", list,
					  sizeof(*list), pfq_lang_prefixes_sort(list, count));
	return call->object != NULL;
}
