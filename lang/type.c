/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "type.h"

#include <string.h>
#include "define.h"
#include "form.h"
#include "option.h"
#include "symbol.h"
#include "value.h"

/* A name with what stands behind it. */
struct use {
	const struct pfq_lang_word *word;
	const char *name;
	const struct pfq_lang_place *at;
	const struct pfq_lang_node *first;	/* of the arguments and options */
};

/* An argument of a symbol. A name that stands for nothing else stays a word. */
static struct pfq_lang_term *type_argument(struct pfq_lang_work *w,
					   const struct pfq_lang_node *node, unsigned int symbol)
{
	enum pfq_lang_args args = pfq_lang_rows[symbol].args;
	const struct pfq_lang_word *word;

	if (node->kind != PFQ_NODE_NAME)
		return pfq_lang_node_type(w, node, args == PFQ_LANG_ARGS_PROPERTY ?
					  PFQ_SORT_PROP : PFQ_SORT_VALUE);
	if (args != PFQ_LANG_ARGS_COUNTER && pfq_lang_define_find(w, node->text))
		return pfq_lang_node_type(w, node, PFQ_SORT_VALUE);
	word = pfq_lang_word_find(node->text);
	if (args == PFQ_LANG_ARGS_PROPERTY && word && word->sort & PFQ_SORT_PROP)
		return pfq_lang_node_type(w, node, PFQ_SORT_PROP);
	return pfq_lang_value_type(w, node);
}

static const struct pfq_lang_node *option_of(const struct use *use)
{
	const struct pfq_lang_node *node;

	for (node = use->first; node && node->kind != PFQ_NODE_OPTION; node = node->next)
		;
	return node;
}

/* Ports of SIP, where the text says nothing: 5060-5061. */
static struct pfq_lang_term *sip_ports(struct pfq_lang_work *w, const struct use *use)
{
	const struct pfq_lang_node *option = option_of(use);
	const struct pfq_lang_node usual = { .kind = PFQ_NODE_VALUE, .place = *use->at,
					     .text = "5060-5061" };

	if (!option)
		return pfq_lang_value_type(w, &usual);
	return pfq_lang_node_type(w, option->child, PFQ_SORT_VALUE);
}

static struct pfq_lang_term *bad_option(struct pfq_lang_work *w, const struct use *use)
{
	const struct pfq_lang_node *option = option_of(use);

	pfq_lang_error(w, &option->place, "%s has no option \"%s\"", use->name, option->text);
	return pfq_lang_term_bad(w, use->at);
}

static unsigned int count_args(const struct use *use)
{
	const struct pfq_lang_node *node;
	unsigned int n = 0;

	for (node = use->first; node; node = node->next)
		n += node->kind != PFQ_NODE_OPTION;
	return n;
}

static struct pfq_lang_term *use_symbol(struct pfq_lang_work *w, const struct use *use)
{
	unsigned int symbol = use->word->number, args = count_args(use), n = 0;
	struct pfq_lang_term **arg = pfq_lang_alloc(w, (args + 1) * sizeof(*arg));
	struct pfq_lang_call call = { .work = w, .name = use->name, .place = *use->at, .arg = arg };
	const char *options = pfq_lang_arguments_options(pfq_lang_rows[symbol].args);
	const struct pfq_lang_node *node, *option = option_of(use);
	bool is_sip = symbol == PFQ_LANG_IS_SIP;

	if (!arg)
		return NULL;
	if (option && !options && (!is_sip || strcmp(option->text, "ports")))
		return bad_option(w, use);
	if (options && !pfq_lang_options_read(&call, use->first, options))
		return pfq_lang_term_bad(w, use->at);
	/* PFQ has a predicate of the property's name. */
	if (symbol == PFQ_LANG_VLAN_ID && args)
		symbol = PFQ_LANG_HAS_VID;
	for (node = use->first; node; node = node->next)
		if (node->kind != PFQ_NODE_OPTION)
			arg[n++] = type_argument(w, node, symbol);
	if (is_sip && !args)
		arg[args++] = sip_ports(w, use);
	if (pfq_lang_term_any_bad(arg, args))
		return pfq_lang_term_bad(w, use->at);
	call.args = args;
	return pfq_lang_symbol_apply(&call, symbol);
}

static struct pfq_lang_term *use_form(struct pfq_lang_work *w, const struct use *use)
{
	enum pfq_lang_form form = use->word->number;
	unsigned int args = count_args(use), i = 0, sorts;
	struct pfq_lang_term **arg = pfq_lang_alloc(w, (args + 1) * sizeof(*arg));
	const struct pfq_lang_node *node;

	if (!arg)
		return NULL;
	if (option_of(use))
		return bad_option(w, use);
	for (node = use->first; node; node = node->next, i++) {
		sorts = pfq_lang_form_wants(form, use->name, i);
		arg[i] = pfq_lang_node_type(w, node, sorts ? sorts : PFQ_SORT_ANY);
		if (sorts)
			arg[i] = pfq_lang_want(w, arg[i], sorts);
	}
	if (pfq_lang_term_any_bad(arg, args))
		return pfq_lang_term_bad(w, use->at);
	return pfq_lang_form_apply(w, form, use->name, use->at, arg, args);
}

/* less ip_ttl 64 */
static struct pfq_lang_term *use_compare(struct pfq_lang_work *w, const struct use *use)
{
	struct pfq_lang_term *arg[2];

	if (option_of(use))
		return bad_option(w, use);
	if (count_args(use) != 2) {
		pfq_lang_error(w, use->at, "%s wants a property and a number", use->name);
		return pfq_lang_term_bad(w, use->at);
	}
	arg[0] = pfq_lang_node_type(w, use->first, PFQ_SORT_PROP);
	arg[0] = pfq_lang_want(w, arg[0], PFQ_SORT_PROP);
	arg[1] = pfq_lang_node_type(w, use->first->next, PFQ_SORT_VALUE);
	if (pfq_lang_term_any_bad(arg, 2))
		return pfq_lang_term_bad(w, use->at);
	return pfq_lang_compare(w, use->word->number, use->at, arg[0], arg[1]);
}

/* The text of an alias is our own, so it has no errors but of memory. */
static struct pfq_lang_term *use_alias(struct pfq_lang_work *w, const struct use *use)
{
	const struct pfq_lang_node *node = pfq_lang_parse(w, use->word->text,
							  strlen(use->word->text), use->at);
	struct pfq_lang_term *t;

	if (!node)
		return NULL;
	if (use->first) {
		pfq_lang_error(w, &use->first->place, "%s wants no argument; this is one too many",
			       use->name);
		return pfq_lang_term_bad(w, use->at);
	}
	t = pfq_lang_node_type(w, node, PFQ_SORT_ANY);
	if (t && t->kind != PFQ_TERM_BAD)
		t->name = use->name;
	return t;
}

static struct pfq_lang_term *use_word(struct pfq_lang_work *w, struct use *use)
{
	/* An alias that is a single name takes the arguments of that name. */
	while (use->word->kind == PFQ_WORD_ALIAS && !strchr(use->word->text, ' '))
		use->word = pfq_lang_word_find(use->word->text);
	switch (use->word->kind) {
	case PFQ_WORD_SYMBOL:
		return use_symbol(w, use);
	case PFQ_WORD_FORM:
		return use_form(w, use);
	case PFQ_WORD_COMPARE:
		return use_compare(w, use);
	case PFQ_WORD_ALIAS:
		return use_alias(w, use);
	case PFQ_WORD_LATER:
		pfq_lang_error(w, use->at, "\"%s\" is not supported yet%s", use->name,
			       use->word->text);
		return pfq_lang_term_bad(w, use->at);
	case PFQ_WORD_GONE:
		pfq_lang_error(w, use->at, "\"%s\" is not in pfq-lang; %s", use->name,
			       use->word->text);
		return pfq_lang_term_bad(w, use->at);
	default:
		pfq_lang_error(w, use->at, "%s is a number, and takes no argument", use->name);
		return pfq_lang_term_bad(w, use->at);
	}
}

/* A name, or a name with arguments: @first and what follows. */
static struct pfq_lang_term *type_use(struct pfq_lang_work *w, const struct pfq_lang_node *name,
				      const struct pfq_lang_node *first, unsigned int wanted)
{
	struct pfq_lang_define *d = pfq_lang_define_find(w, name->text);
	struct use use = { pfq_lang_word_find(name->text), name->text, &name->place, first };

	if (d && first) {
		pfq_lang_error(w, &first->place, "\"%s\" is a %s, and takes no "
			       "argument", name->text, pfq_lang_define_kind(d));
		return pfq_lang_term_bad(w, &name->place);
	}
	if (d)
		return pfq_lang_define_use(w, d, name);
	if (!use.word)
		return pfq_lang_name_unknown(w, name, wanted);
	if (use.word->kind == PFQ_WORD_NUMBER && !first)
		return pfq_lang_value_type(w, name);
	return use_word(w, &use);
}

/* --- expressions ---------------------------------------------------------------------- */

/* The operator of "5 < len", once its sides are exchanged. */
static unsigned int turned(unsigned int op)
{
	static const enum pfq_lang_op others[] = {
		[PFQ_OP_LESS] = PFQ_OP_GREATER, [PFQ_OP_LESS_EQ] = PFQ_OP_GREATER_EQ,
		[PFQ_OP_EQUAL] = PFQ_OP_EQUAL, [PFQ_OP_NOT_EQUAL] = PFQ_OP_NOT_EQUAL,
		[PFQ_OP_GREATER_EQ] = PFQ_OP_LESS_EQ, [PFQ_OP_GREATER] = PFQ_OP_LESS,
		[PFQ_OP_ANY_BIT] = PFQ_OP_ANY_BIT,
	};

	return others[op];
}

static struct pfq_lang_term *type_compare(struct pfq_lang_work *w, const struct pfq_lang_node *node)
{
	struct pfq_lang_term *side[2] = {
		pfq_lang_node_type(w, node->child, PFQ_SORT_PROP | PFQ_SORT_VALUE),
		pfq_lang_node_type(w, node->child->next, PFQ_SORT_PROP | PFQ_SORT_VALUE),
	};

	if (pfq_lang_term_any_bad(side, 2))
		return pfq_lang_term_bad(w, &node->place);
	if (side[0]->kind == PFQ_TERM_VALUES && side[1]->kind == PFQ_TERM_PROPERTY)
		return pfq_lang_compare(w, turned(node->op), &node->place, side[1], side[0]);
	side[0] = pfq_lang_want(w, side[0], PFQ_SORT_PROP);
	if (pfq_lang_term_any_bad(side, 1))
		return pfq_lang_term_bad(w, &node->place);
	return pfq_lang_compare(w, node->op, &node->place, side[0], side[1]);
}

/* not, and, or, xor, >-> */
static struct pfq_lang_term *type_chain(struct pfq_lang_work *w, const struct pfq_lang_node *node)
{
	static const enum pfq_lang_term_kind kinds[] = {
		[PFQ_NODE_SEQ] = PFQ_TERM_SEQ, [PFQ_NODE_OR] = PFQ_TERM_OR,
		[PFQ_NODE_XOR] = PFQ_TERM_XOR, [PFQ_NODE_AND] = PFQ_TERM_AND,
		[PFQ_NODE_NOT] = PFQ_TERM_NOT,
	};
	bool is_seq = node->kind == PFQ_NODE_SEQ;
	unsigned int sorts = is_seq ? PFQ_SORT_STEP : PFQ_SORT_PRED, n = 0;
	struct pfq_lang_term **child = pfq_lang_alloc(w, node->children * sizeof(*child));
	const struct pfq_lang_node *c;

	if (!child)
		return NULL;
	for (c = node->child; c; c = c->next)
		child[n++] = pfq_lang_want(w, pfq_lang_node_type(w, c, sorts), sorts);
	return pfq_lang_term_above(w, kinds[node->kind], &node->place,
				   is_seq ? "this pipeline" : NULL, child, n);
}

static struct pfq_lang_term *type_apply(struct pfq_lang_work *w, const struct pfq_lang_node *node,
					unsigned int wanted)
{
	const struct pfq_lang_node *head = node->child;

	if (head->kind == PFQ_NODE_NAME)
		return type_use(w, head, head->next, wanted);
	pfq_lang_error(w, &head->next->place, "this takes no argument; is an operator missing, "
		       "such as >-> or and?");
	return pfq_lang_term_bad(w, &node->place);
}

struct pfq_lang_term *pfq_lang_node_type(struct pfq_lang_work *w, const struct pfq_lang_node *node,
					 unsigned int wanted)
{
	switch (node->kind) {
	case PFQ_NODE_NAME:
		return type_use(w, node, NULL, wanted);
	case PFQ_NODE_VALUE:
	case PFQ_NODE_TEXT:
		return pfq_lang_value_type(w, node);
	case PFQ_NODE_LIST:
		return pfq_lang_list_type(w, node);
	case PFQ_NODE_APPLY:
		return type_apply(w, node, wanted);
	case PFQ_NODE_COMPARE:
		return type_compare(w, node);
	default:
		return type_chain(w, node);
	}
}
