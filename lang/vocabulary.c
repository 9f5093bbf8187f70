/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "vocabulary.h"

#include <stddef.h>
#include <string.h>
#include "tree.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define ROW(symbol, name, kind, arguments, cost, meaning)                                          \
	[PFQ_LANG_##symbol] = { name, PFQ_LANG_##kind, PFQ_LANG_ARGS_##arguments, cost, meaning },

const struct pfq_lang_row pfq_lang_rows[__PFQ_LANG_SYMBOL_MAX] = {
	PFQ_LANG_SYMBOLS(ROW)
};

#define ARGS_ROW(name, max, kind)	[PFQ_LANG_ARGS_##name] = { max, PFQ_LANG_KIND_##kind },

const struct pfq_lang_args_row pfq_lang_args_rows[__PFQ_LANG_ARGS_MAX] = {
	PFQ_LANG_ARGS(ARGS_ROW)
};

#define SORT_PRED	PFQ_SORT_PRED
#define SORT_PROP	PFQ_SORT_PROP
#define SORT_STEER	PFQ_SORT_FUNC
#define SORT_ACTION	PFQ_SORT_FUNC
#define SORT_STRUCT	0

#define WORD(symbol, text, kind, args, units, help)                                                \
	[PFQ_LANG_##symbol] = { text, PFQ_WORD_SYMBOL, SORT_##kind, PFQ_LANG_##symbol, NULL, NULL, \
				help },

static const struct pfq_lang_word symbols[__PFQ_LANG_SYMBOL_MAX] = {
	PFQ_LANG_SYMBOLS(WORD)
};

#define FORM(name, sort, form, type, help)                                                         \
	{ name, PFQ_WORD_FORM, PFQ_SORT_##sort, PFQ_FORM_##form, NULL, type, help }
#define COMPARE(name, op, help)                                                                    \
	{ name, PFQ_WORD_COMPARE, PFQ_SORT_PRED, PFQ_OP_##op, NULL, "prop n -> pred", help }
#define FLAG(name, value)                                                                          \
	{ name, PFQ_WORD_NUMBER, PFQ_SORT_VALUE, value, NULL, "number", "a flag of tcp_flags" }
#define SEND(name)                                                                                 \
	{ name, PFQ_WORD_LATER, 0, 0, ": pfq captures, and does not send", NULL, NULL }

const struct pfq_lang_word pfq_lang_words[] = {
	FORM("when", FUNC, WHEN, "pred func -> func", "the function, if the predicate says yes"),
	FORM("unless", FUNC, UNLESS, "pred func -> func", "the function, if the predicate says no"),
	FORM("conditional", FUNC, CONDITIONAL, "pred func func -> func",
	     "the first function or the second one"),
	FORM("par", FUNC, PAR, "func func ... -> func", "the first function that goes on"),
	FORM("inv", FUNC, INV, "func -> func", "goes on where the function stops"),
	FORM("src", STEP, SRC, "f -> f", "within it, ports and addresses are of the source"),
	FORM("dst", STEP, DST, "f -> f", "within it, ports and addresses are of the destination"),
	FORM("inner", STEP, INNER, "f -> f",
	     "within it, the packet is that inside the next tunnel"),
	FORM("innermost", STEP, INNERMOST, "f -> f",
	     "within it, the packet is that inside up to 4 tunnels"),
	FORM("also", FUNC, ALSO, "func -> func", "one more output, which the function decides"),
	FORM("done", FUNC, DONE, "func", "the program ends here"),
	FORM("drop", FUNC, DROP, "func", "stops"),
	FORM("pass", FUNC, PASS, "func", "goes on"),
	COMPARE("less", LESS, "<"),
	COMPARE("less_eq", LESS_EQ, "<="),
	COMPARE("equal", EQUAL, "=="),
	COMPARE("not_equal", NOT_EQUAL, "!="),
	COMPARE("greater_eq", GREATER_EQ, ">="),
	COMPARE("greater", GREATER, ">"),
	COMPARE("any_bit", ANY_BIT, "any bit of n is set, as by &"),
	COMPARE("all_bit", ALL_BIT, "all bits of n are set"),
	FLAG("fin", 0x01), FLAG("syn", 0x02), FLAG("rst", 0x04), FLAG("psh", 0x08),
	FLAG("ack", 0x10), FLAG("urg", 0x20), FLAG("ece", 0x40), FLAG("cwr", 0x80),
	{ "is_arp", PFQ_WORD_ALIAS, PFQ_SORT_PRED, 0, "is_l3_proto 0x806", "pred", "ARP" },
	{ "is_voip", PFQ_WORD_ALIAS, PFQ_SORT_PRED, 0, "is_sip or is_rtp or is_rtcp", "pred",
	  "SIP, RTP or RTCP" },
	SEND("forward"), SEND("forward_others"), SEND("bridge"), SEND("tee"), SEND("tap"),
	SEND("host"), SEND("host_only"),
	{ .name = NULL },
};

static const struct pfq_lang_word *find(const struct pfq_lang_word *list, const char *name)
{
	for (; list->name; list++)
		if (!strcmp(list->name, name))
			return list;
	return NULL;
}

const struct pfq_lang_word *pfq_lang_word_find(const char *name)
{
	const struct pfq_lang_word *word;
	size_t i;

	for (i = 0; i < COUNT(symbols); i++)
		if (symbols[i].sort && !strcmp(symbols[i].name, name))
			return &symbols[i];
	word = find(pfq_lang_words, name);
	return word ? word : find(pfq_lang_words_pfq, name);
}

const struct pfq_lang_word *pfq_lang_word_at(unsigned int i)
{
	const struct pfq_lang_word *list = pfq_lang_words;

	if (i < COUNT(symbols))
		return &symbols[i];
	i -= COUNT(symbols);
	for (; list->name && i; list++)
		i--;
	if (list->name)
		return list;
	for (list = pfq_lang_words_pfq; list->name && i; list++)
		i--;
	return list->name ? list : NULL;
}
