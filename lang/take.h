/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Values of a call's arguments. After an error, the call says where it is, and what. */
#ifndef PFQ_LANG_TAKE_H
#define PFQ_LANG_TAKE_H

#include "argument.h"
#include "list.h"

/* Errors; the result is false. @tail is the end of a sentence that begins with "NAME wants ...". */
bool pfq_lang_take_fail(struct pfq_lang_call *call, const struct pfq_lang_place *at,
			const char *tail);
bool pfq_lang_take_misfit(struct pfq_lang_call *call, const struct pfq_lang_term *arg,
			  const struct pfq_lang_value *value);

/* @v, a number or a time, is not from @min to @max. */
bool pfq_lang_take_beyond(struct pfq_lang_call *call, const struct pfq_lang_value *v,
			  uint64_t min, uint64_t max);

/* The values of argument @i, of which there is at least one. NULL after an error. */
const struct pfq_lang_value *pfq_lang_take_values(struct pfq_lang_call *call, unsigned int i,
						  unsigned int *count);
/* The only value of argument @i, of this type. NULL after an error. */
const struct pfq_lang_value *pfq_lang_take_value(struct pfq_lang_call *call, unsigned int i,
						 enum pfq_lang_value_type type);
bool pfq_lang_take_number(struct pfq_lang_call *call, unsigned int i, uint64_t min, uint64_t max,
			  uint64_t *number);
/* Numbers and ranges up to @max, of the first argument. */
bool pfq_lang_take_ranges(struct pfq_lang_call *call, uint64_t max, struct pfq_lang_ranges *list);
/* The addresses of the first argument, as the call's object. */
bool pfq_lang_take_prefixes(struct pfq_lang_call *call);

/* @v as a value of @type. A text may be an address, too. No error is reported. */
bool pfq_lang_take_as(struct pfq_lang_value *to, const struct pfq_lang_value *v,
		      enum pfq_lang_value_type type);

#endif /* PFQ_LANG_TAKE_H */
