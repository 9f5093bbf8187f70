/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "term.h"

static const enum pfq_lang_sort sorts[] = {
	[PFQ_TERM_NOT] = PFQ_SORT_PRED, [PFQ_TERM_AND] = PFQ_SORT_PRED,
	[PFQ_TERM_OR] = PFQ_SORT_PRED, [PFQ_TERM_XOR] = PFQ_SORT_PRED,
	[PFQ_TERM_SEQ] = PFQ_SORT_FUNC, [PFQ_TERM_IF] = PFQ_SORT_FUNC,
	[PFQ_TERM_PAR] = PFQ_SORT_FUNC, [PFQ_TERM_INV] = PFQ_SORT_FUNC,
	[PFQ_TERM_ALSO] = PFQ_SORT_FUNC, [PFQ_TERM_SIDE] = PFQ_SORT_FUNC,
	[PFQ_TERM_INNER] = PFQ_SORT_FUNC,
};

struct pfq_lang_term *pfq_lang_term_new(struct pfq_lang_work *w, enum pfq_lang_term_kind kind,
					enum pfq_lang_sort sort, const struct pfq_lang_place *at,
					const char *name)
{
	struct pfq_lang_term *t = pfq_lang_alloc(w, sizeof(*t));

	if (t)
		*t = (struct pfq_lang_term){ .kind = kind, .sort = sort, .place = *at, .name = name,
					     .depth = 1 };
	return t;
}

struct pfq_lang_term *pfq_lang_term_bad(struct pfq_lang_work *w, const struct pfq_lang_place *at)
{
	return pfq_lang_term_new(w, PFQ_TERM_BAD, PFQ_SORT_ANY, at, "");
}

bool pfq_lang_term_any_bad(struct pfq_lang_term *const *list, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!list[i] || list[i]->kind == PFQ_TERM_BAD)
			return true;
	return false;
}

/* --- folding: each returns what remains of the children --------------------------------- */

static bool goes_on(const struct pfq_lang_term *t)
{
	return t->kind == PFQ_TERM_PASS || t->kind == PFQ_TERM_DONE;
}

static unsigned int fold_seq(struct pfq_lang_term **child, unsigned int n)
{
	unsigned int i, kept = 0;

	for (i = 0; i < n; i++) {
		if (child[i]->kind == PFQ_TERM_PASS && n > 1)
			continue;
		child[kept++] = child[i];
		if (child[i]->kind == PFQ_TERM_DROP || child[i]->kind == PFQ_TERM_DONE)
			break;
	}
	/* only pass */
	return kept ? kept : 1;
}

/*
 * A try that always stops is none, and none comes behind one that always goes on. The last try
 * stays: before it, the outputs of the others are taken back.
 */
static unsigned int fold_par(struct pfq_lang_term **child, unsigned int n)
{
	unsigned int i, kept = 0;

	for (i = 0; i < n; i++) {
		if (child[i]->kind == PFQ_TERM_DROP && i + 1 < n)
			continue;
		child[kept++] = child[i];
		if (goes_on(child[i]))
			break;
	}
	return kept;
}

static struct pfq_lang_term *fold_inv(struct pfq_lang_term *t)
{
	switch (t->child[0]->kind) {
	case PFQ_TERM_PASS:
		t->kind = PFQ_TERM_DROP;
		break;
	case PFQ_TERM_DROP:
		t->kind = PFQ_TERM_PASS;
		break;
	case PFQ_TERM_DONE:
		t->kind = PFQ_TERM_DONE;
		break;
	default:
		return t;
	}
	t->children = 0;
	return t;
}

static struct pfq_lang_term *fold(struct pfq_lang_term *t)
{
	switch (t->kind) {
	case PFQ_TERM_SEQ:
		t->children = fold_seq(t->child, t->children);
		return t->children > 1 ? t : t->child[0];
	case PFQ_TERM_PAR:
		t->children = fold_par(t->child, t->children);
		return t->children > 1 ? t : t->child[0];
	case PFQ_TERM_NOT:
		return t->child[0]->kind == PFQ_TERM_NOT ? t->child[0]->child[0] : t;
	case PFQ_TERM_INV:
		return fold_inv(t);
	case PFQ_TERM_SIDE:
	case PFQ_TERM_INNER:
		return t->child[0]->kind >= PFQ_TERM_PASS ? t->child[0] : t;
	default:
		return t;
	}
}

/* ---------------------------------------------------------------------------------------- */

struct pfq_lang_term *pfq_lang_term_above(struct pfq_lang_work *w, enum pfq_lang_term_kind kind,
					  const struct pfq_lang_place *at, const char *name,
					  struct pfq_lang_term *const *child,
					  unsigned int children)
{
	struct pfq_lang_term *t = pfq_lang_term_new(w, kind, sorts[kind], at, name);
	unsigned int i;

	if (!t)
		return NULL;
	t->child = pfq_lang_alloc(w, children * sizeof(*t->child));
	if (!t->child)
		return NULL;
	t->children = children;
	t->changes_outputs = kind == PFQ_TERM_ALSO;
	for (i = 0; i < children; i++) {
		if (!child[i])
			return NULL;
		if (child[i]->kind == PFQ_TERM_BAD)
			return child[i];
		t->child[i] = child[i];
		t->changes_outputs |= child[i]->changes_outputs;
		if (t->depth <= child[i]->depth)
			t->depth = child[i]->depth + 1;
	}
	if (t->depth <= PFQ_LANG_DEPTH_MAX)
		return fold(t);
	pfq_lang_error(w, at, "this is nested deeper than %d levels", PFQ_LANG_DEPTH_MAX);
	return pfq_lang_term_bad(w, at);
}
