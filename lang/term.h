/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The tree with its meaning: each term has a sort, and its arguments are checked. Terms may be
 * shared, because a let name that is used twice is one term. Constructors fold what is decided.
 */
#ifndef PFQ_LANG_TERM_H
#define PFQ_LANG_TERM_H

#include "literal.h"
#include "vocabulary.h"

enum pfq_lang_term_kind {
	PFQ_TERM_BAD,		/* an error was reported; it fits everywhere */
	PFQ_TERM_VALUES,	/* value[values] */
	PFQ_TERM_PROPERTY,	/* symbol, arg[1]: its place, if it has one */
	PFQ_TERM_SYMBOL,	/* symbol, flags, arg, object */
	PFQ_TERM_NOT, PFQ_TERM_AND, PFQ_TERM_OR, PFQ_TERM_XOR,	/* children: predicates */
	PFQ_TERM_SEQ,		/* children: functions or predicates, here and below */
	PFQ_TERM_IF,		/* children: a predicate, two functions */
	PFQ_TERM_PAR, PFQ_TERM_INV, PFQ_TERM_ALSO,
	PFQ_TERM_SIDE,		/* side, a child */
	PFQ_TERM_INNER,		/* tunnels, a child */
	PFQ_TERM_PASS, PFQ_TERM_DROP, PFQ_TERM_DONE,
};

/* An object of the program, before its place in the wire form is known. */
struct pfq_lang_thing {
	enum pfq_lang_kind kind;
	const char *name;	/* empty: none */
	const void *data;
	size_t bytes;
	unsigned int count;	/* entries */
	uint32_t size;		/* this and arg: of the object in the wire form */
	uint64_t arg[3];
	bool is_own;	/* each use of the expression has one of its own */
};

enum pfq_lang_side {
	PFQ_SIDE_BOTH, PFQ_SIDE_SRC, PFQ_SIDE_DST,
};

struct pfq_lang_term {
	enum pfq_lang_term_kind kind;
	enum pfq_lang_sort sort;
	struct pfq_lang_place place;
	const char *name;	/* how the text calls it: "steer_flow", "a pipeline" */
	unsigned int depth;
	bool changes_outputs;
	enum pfq_lang_side side;
	unsigned int tunnels;	/* to enter at most */
	/* SYMBOL */
	uint16_t symbol, flags;
	uint64_t arg[2];
	const struct pfq_lang_thing *object;
	/* VALUES */
	const struct pfq_lang_value *value;
	unsigned int values;
	bool is_list;
	const char *let;	/* the name of the let that holds it, or NULL */
	unsigned int use;	/* number of this use of a let; 0: it is none */
	/* others */
	struct pfq_lang_term **child;
	unsigned int children;
};

/* NULL if there is no memory; so too below. */
struct pfq_lang_term *pfq_lang_term_new(struct pfq_lang_work *w, enum pfq_lang_term_kind kind,
					enum pfq_lang_sort sort, const struct pfq_lang_place *at,
					const char *name);
/*
 * A term above @children others. Too deep a term is an error. The constructor folds: pass in a
 * pipeline, what stands behind drop or done, not not, par with a try that always goes on.
 */
struct pfq_lang_term *pfq_lang_term_above(struct pfq_lang_work *w, enum pfq_lang_term_kind kind,
					  const struct pfq_lang_place *at, const char *name,
					  struct pfq_lang_term *const *child,
					  unsigned int children);
struct pfq_lang_term *pfq_lang_term_bad(struct pfq_lang_work *w, const struct pfq_lang_place *at);
/* Is one of these terms missing, or BAD? Its error is reported already. */
bool pfq_lang_term_any_bad(struct pfq_lang_term *const *list, unsigned int count);

#endif /* PFQ_LANG_TERM_H */
