/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Literals: what a word such as 64K, 10.0.0.0/8 or 1/100 stands for. */
#ifndef PFQ_LANG_LITERAL_H
#define PFQ_LANG_LITERAL_H

#include "work.h"

struct pfq_lang_thing;

enum pfq_lang_value_type {
	PFQ_VALUE_NUMBER,
	PFQ_VALUE_RANGE,
	PFQ_VALUE_ADDR,
	PFQ_VALUE_MAC,
	PFQ_VALUE_TIME,
	PFQ_VALUE_RATE,
	PFQ_VALUE_RATIO,
	PFQ_VALUE_TEXT,
	PFQ_VALUE_NAME,		/* a word that has its meaning from where it stands, as l4 */
	/* live sets, in the order of their kinds in linux/pfq_lang.h */
	PFQ_VALUE_SET_ADDR, PFQ_VALUE_SET_MAC, PFQ_VALUE_SET_FLOW, PFQ_VALUE_SET_PORT,
	PFQ_VALUE_SET_VLAN,
	__PFQ_VALUE_MAX
};

struct pfq_lang_value {
	enum pfq_lang_value_type type;
	/*
	 * NUMBER: both the same. RANGE: both ends. MAC: 48 bits in @first. TIME: ns in @first.
	 * RATE: packets or bits a second in @first, and 1 in @last if it is bits. RATIO: of 2^32,
	 * in @first.
	 */
	uint64_t first, last;
	struct pfq_lang_prefix prefix;	/* ADDR */
	const struct pfq_lang_thing *set;	/* SET_* */
	const char *text;		/* as it is written, without quotes */
	struct pfq_lang_place place;
};

static inline bool pfq_lang_value_is_set(const struct pfq_lang_value *v)
{
	return v->type >= PFQ_VALUE_SET_ADDR && v->type <= PFQ_VALUE_SET_VLAN;
}

#define PFQ_LANG_WHY_MAX	160

/*
 * Read @word into @v, but not its text and place. Returns 0, or -EINVAL with @why, which has
 * PFQ_LANG_WHY_MAX bytes.
 */
int pfq_lang_literal_read(struct pfq_lang_value *v, const char *word, char *why);

/* "a number", "an address"; "a list of numbers", "a list of addresses" */
const char *pfq_lang_literal_name(enum pfq_lang_value_type type);
const char *pfq_lang_literal_list_name(enum pfq_lang_value_type type);

#endif /* PFQ_LANG_LITERAL_H */
