/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The grammar of pfq-lang. Application binds tighter than a comparison, and that tighter than not,
 * and, xor, or; >-> binds least.
 */
%code requires {
#include "scan.h"
}

%code {
#include <stdio.h>
#include <string.h>

int pfq_lang_ylex(PFQ_LANG_YSTYPE *value, PFQ_LANG_YLTYPE *at, void *scanner);

/* The parser's stack: some 15 entries for each level of nesting are enough. */
#define YYMAXDEPTH	(20 * PFQ_LANG_DEPTH_MAX)

/* From the beginning of the first symbol to the end of the last one. */
#define YYLLOC_DEFAULT(at, rhs, n)                                                         \
	do {                                                                               \
		(at) = YYRHSLOC(rhs, (n) ? 1 : 0);                                         \
		if (n)                                                                     \
			(at).length = YYRHSLOC(rhs, n).offset + YYRHSLOC(rhs, n).length -  \
				      (at).offset;                                         \
		else                                                                       \
			(at).length = 0;                                                   \
	} while (0)

static void pfq_lang_yerror(const struct pfq_lang_place *at, void *scanner,
			    struct pfq_lang_scan *scan, const char *text);
}

%define api.pure full
%define api.prefix {pfq_lang_y}
%define api.token.prefix {TOKEN_}
%define api.location.type {struct pfq_lang_place}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%lex-param {void *scanner}
%parse-param {void *scanner} {struct pfq_lang_scan *scan}

%union {
	struct pfq_lang_node *node;
	enum pfq_lang_op op;
}

/* Errors list what is allowed in this order. */
%token <node> NAME "a name" VALUE "a value" TEXT
%token OPEN "(" BRACKET "[" NOT "not"
%token LET "let" SET "set" FLOWS "flows" MAIN "main"
%token PIPE ">->" OR "or" XOR "xor" AND "and"
%token <op> COMPARE "a comparison"
%token ASSIGN "=" COMMA "," CLOSE ")" CLOSED "]" IN "in"
%token END 0 "the end"

%type <node> expr disj excl conj neg test apply atom options option value list items item members

%%

program:
	expr				{ scan->result = $expr; }
|	MAIN ASSIGN expr		{ scan->result = $expr; }
|	defs IN expr			{ scan->result = $expr; }
;

defs:	def
|	defs def
;

def:	LET NAME ASSIGN expr		{ pfq_lang_define_add(scan->work, $NAME, $expr); }
|	FLOWS options			{ if ($options)
						$options->place = @FLOWS;
					  pfq_lang_flows_add(scan->work, $options); }
|	SET NAME[name] NAME[type] members {
					  if ($members && $type) {
						$members->text = $type->text;
						$members->place = $type->place;
					  }
					  pfq_lang_define_add(scan->work, $name, $members); }
;

members:
	%empty				{ $$ = pfq_lang_node_new(scan->work, PFQ_NODE_SET, &@$); }
|	members option			{ $$ = pfq_lang_node_add(scan->work, $1, $option); }
|	members list			{ $$ = pfq_lang_node_add(scan->work, $1, $list); }
;

options:
	%empty				{ $$ = pfq_lang_node_new(scan->work, PFQ_NODE_LIST, &@$); }
|	options[all] option		{ $$ = pfq_lang_node_add(scan->work, $all, $option); }
;

option:	NAME ASSIGN value		{ $$ = $NAME;
					  if ($$)
						$$->kind = PFQ_NODE_OPTION;
					  $$ = pfq_lang_node_add(scan->work, $$, $value); }
|	NAME[key] ASSIGN NAME[word]	{ $$ = $key;
					  if ($$)
						$$->kind = PFQ_NODE_OPTION;
					  $$ = pfq_lang_node_add(scan->work, $$, $word); }
;

expr:	disj
|	expr PIPE disj			{ $$ = pfq_lang_node_join(scan->work, PFQ_NODE_SEQ, $1, $3,
								  &@$); }
;

disj:	excl
|	disj OR excl			{ $$ = pfq_lang_node_join(scan->work, PFQ_NODE_OR, $1, $3,
								  &@$); }
;

excl:	conj
|	excl XOR conj			{ $$ = pfq_lang_node_join(scan->work, PFQ_NODE_XOR, $1, $3,
								  &@$); }
;

conj:	neg
|	conj AND neg			{ $$ = pfq_lang_node_join(scan->work, PFQ_NODE_AND, $1, $3,
								  &@$); }
;

neg:	test
|	NOT neg[p]			{ $$ = pfq_lang_node_new(scan->work, PFQ_NODE_NOT, &@$);
					  $$ = pfq_lang_node_add(scan->work, $$, $p); }
;

test:	apply
|	apply[left] COMPARE apply[right] {
					  $$ = pfq_lang_node_new(scan->work, PFQ_NODE_COMPARE, &@$);
					  if ($$)
						$$->op = $COMPARE;
					  $$ = pfq_lang_node_add(scan->work, $$, $left);
					  $$ = pfq_lang_node_add(scan->work, $$, $right); }
;

apply:	atom
|	apply atom[arg]			{ $$ = pfq_lang_node_join(scan->work, PFQ_NODE_APPLY, $1, $arg,
								  &@$); }
|	apply option			{ $$ = pfq_lang_node_join(scan->work, PFQ_NODE_APPLY, $1, $2,
								  &@$); }
;

atom:	NAME
|	value
|	OPEN expr CLOSE			{ $$ = $expr; }
;

value:	VALUE
|	TEXT
|	list
;

list:	BRACKET CLOSED			{ $$ = pfq_lang_node_new(scan->work, PFQ_NODE_LIST, &@$); }
|	BRACKET items CLOSED		{ $$ = $items;
					  if ($$)
						$$->place = @$; }
;

items:	item				{ $$ = pfq_lang_node_new(scan->work, PFQ_NODE_LIST, &@$);
					  $$ = pfq_lang_node_add(scan->work, $$, $item); }
|	items COMMA item		{ $$ = pfq_lang_node_add(scan->work, $1, $item); }
;

item:	VALUE
|	TEXT
|	NAME
;

%%

static void pfq_lang_yerror(const struct pfq_lang_place *at, void *scanner,
			    struct pfq_lang_scan *scan, const char *text)
{
	(void)scanner;
	if (scan->work->errors)
		return;
	if (!strcmp(text, "memory exhausted"))
		pfq_lang_error(scan->work, at, "this is nested deeper than %d levels",
			       PFQ_LANG_DEPTH_MAX);
	else
		pfq_lang_error(scan->work, at, "%s", text);
}

/* TEXT has no name of its own: it is a value, too. */
static void list_allowed(const yypcontext_t *context, char *list, size_t size)
{
	yysymbol_kind_t token[YYNTOKENS];
	int i, n = yypcontext_expected_tokens(context, token, YYNTOKENS);
	size_t used = 0;

	list[0] = 0;
	for (i = 0; i < n && used < size; i++)
		if (token[i] != YYSYMBOL_TEXT)
			used += (size_t)snprintf(list + used, size - used, "%s%s", used ? ", " : "",
						 yysymbol_name(token[i]));
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner,
				 struct pfq_lang_scan *scan)
{
	const struct pfq_lang_place *at = yypcontext_location(context);
	char list[200];

	(void)scanner;
	if (scan->work->errors)
		return 0;
	list_allowed(context, list, sizeof(list));
	if (yypcontext_token(context) == YYSYMBOL_YYEOF)
		pfq_lang_error(scan->work, at, "the program ends here; allowed: %s", list);
	else
		pfq_lang_error(scan->work, at, "%.*s is not expected here; allowed: %s",
			       at->length < 40 ? (int)at->length : 40, scan->text + at->offset, list);
	return 0;
}

const struct pfq_lang_node *pfq_lang_parse(struct pfq_lang_work *w, const char *text, size_t len,
					   const struct pfq_lang_place *at)
{
	struct pfq_lang_scan scan = { .work = w, .text = text, .at = at, .here = { 1, 1, 0, 0 } };
	char *buffer = pfq_lang_alloc(w, len + 2);
	void *scanner;

	if (!buffer)
		return NULL;
	memcpy(buffer, text, len);
	if (pfq_lang_scan_begin(&scanner, &scan, buffer, len)) {
		w->is_out_of_memory = true;
		return NULL;
	}
	if (pfq_lang_yparse(scanner, &scan))
		scan.result = NULL;
	return scan.result;
}
