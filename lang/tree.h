/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The tree that the grammar makes: the text's structure, without any meaning. */
#ifndef PFQ_LANG_TREE_H
#define PFQ_LANG_TREE_H

#include "work.h"

enum pfq_lang_node_kind {
	PFQ_NODE_NAME,		/* text */
	PFQ_NODE_VALUE,		/* text: a literal, as it is written */
	PFQ_NODE_TEXT,		/* text: what is between the quotes */
	PFQ_NODE_LIST,		/* children: NAME, VALUE and TEXT; or OPTION, of a declaration */
	PFQ_NODE_APPLY,		/* children: a function, its arguments and options */
	PFQ_NODE_OPTION,	/* text, and a child: its value */
	PFQ_NODE_SEQ,		/* children: functions, from left to right */
	PFQ_NODE_OR,
	PFQ_NODE_XOR,
	PFQ_NODE_AND,
	PFQ_NODE_NOT,
	PFQ_NODE_COMPARE,	/* op, two children */
	PFQ_NODE_SET,		/* text: its type; children: OPTION and LIST */
};

enum pfq_lang_op {
	PFQ_OP_LESS, PFQ_OP_LESS_EQ, PFQ_OP_EQUAL, PFQ_OP_NOT_EQUAL, PFQ_OP_GREATER_EQ,
	PFQ_OP_GREATER, PFQ_OP_ANY_BIT, PFQ_OP_ALL_BIT,
};

struct pfq_lang_node {
	enum pfq_lang_node_kind kind;
	enum pfq_lang_op op;
	unsigned int depth;		/* levels below, at most PFQ_LANG_DEPTH_MAX */
	struct pfq_lang_place place;
	const char *text;
	struct pfq_lang_node *child, *last, *next;
	unsigned int children;
};

/*
 * Make nodes. Any child may be NULL after an error; then the result is NULL. A node that is too
 * deep is an error, too.
 */
struct pfq_lang_node *pfq_lang_node_leaf(struct pfq_lang_work *w, enum pfq_lang_node_kind kind,
					 const struct pfq_lang_place *at, const char *text,
					 size_t len);
struct pfq_lang_node *pfq_lang_node_new(struct pfq_lang_work *w, enum pfq_lang_node_kind kind,
					const struct pfq_lang_place *at);
struct pfq_lang_node *pfq_lang_node_add(struct pfq_lang_work *w, struct pfq_lang_node *node,
					struct pfq_lang_node *child);
/* @left and @right under a node of this kind. If @left is one already, add @right to it. */
struct pfq_lang_node *pfq_lang_node_join(struct pfq_lang_work *w, enum pfq_lang_node_kind kind,
					 struct pfq_lang_node *left, struct pfq_lang_node *right,
					 const struct pfq_lang_place *at);

/* The results of the grammar. */
void pfq_lang_define_add(struct pfq_lang_work *w, const struct pfq_lang_node *name,
			 const struct pfq_lang_node *body);

/* @node: LIST of OPTION, with the place of the word flows. */
void pfq_lang_flows_add(struct pfq_lang_work *w, const struct pfq_lang_node *node);

/*
 * Parse @len bytes at @text. @at: the place of the whole for a text that is not the user's own, as
 * an alias is; else NULL. Returns the tree, or NULL after an error.
 */
const struct pfq_lang_node *pfq_lang_parse(struct pfq_lang_work *w, const char *text, size_t len,
					   const struct pfq_lang_place *at);

#endif /* PFQ_LANG_TREE_H */
