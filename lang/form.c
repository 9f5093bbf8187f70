/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Combinators: functions that take predicates and functions */
#include "form.h"

#include <string.h>

#define ARGS_MAX	8	/* of par */

struct form {
	unsigned int min, max;	/* number of arguments */
	unsigned int first, others;	/* sorts of the first argument, and of the others */
	const char *wanted, *missing[3];
};

static const struct form forms[] = {
	[PFQ_FORM_WHEN] = { 2, 2, PFQ_SORT_PRED, PFQ_SORT_STEP, "a predicate and a function",
			    { "the predicate", "the function" } },
	[PFQ_FORM_UNLESS] = { 2, 2, PFQ_SORT_PRED, PFQ_SORT_STEP, "a predicate and a function",
			      { "the predicate", "the function" } },
	[PFQ_FORM_CONDITIONAL] = { 3, 3, PFQ_SORT_PRED, PFQ_SORT_STEP,
				   "a predicate and two functions",
				   { "the predicate", "the first function", "the second "
				     "function" } },
	[PFQ_FORM_PAR] = { 2, ARGS_MAX, PFQ_SORT_STEP, PFQ_SORT_STEP, "2 to 8 functions",
			   { "the first function", "the second function" } },
	[PFQ_FORM_INV] = { 1, 1, PFQ_SORT_STEP, 0, "a function", { "the function" } },
	[PFQ_FORM_SRC] = { 1, 1, PFQ_SORT_STEP, 0, "a predicate or a function", { "the "
		"function" } },
	[PFQ_FORM_DST] = { 1, 1, PFQ_SORT_STEP, 0, "a predicate or a function", { "the "
		"function" } },
	[PFQ_FORM_INNER] = { 1, 1, PFQ_SORT_STEP, 0, "a predicate or a function", { "the "
		"function" } },
	[PFQ_FORM_INNERMOST] = { 1, 1, PFQ_SORT_STEP, 0, "a predicate or a function", { "the "
		"function" } },
	[PFQ_FORM_ALSO] = { 1, 1, PFQ_SORT_STEP, 0, "a function", { "the function" } },
	[PFQ_FORM_FILTER] = { 1, 1, PFQ_SORT_PRED, 0, "a predicate", { "the predicate" } },
	[PFQ_FORM_DONE] = { 0, 0, 0, 0, "no argument", { NULL } },
	[PFQ_FORM_DROP] = { 0, 0, 0, 0, "no argument", { NULL } },
	[PFQ_FORM_PASS] = { 0, 0, 0, 0, "no argument", { NULL } },
};

/* par3 to par8 of PFQ have their number of arguments in their names. */
static unsigned int number_in(const char *name)
{
	return !strncmp(name, "par", 3) && name[3] ? (unsigned int)(name[3] - '0') : 0;
}

static unsigned int min_args(const struct form *f, const char *name)
{
	return number_in(name) ? number_in(name) : f->min;
}

static unsigned int max_args(const struct form *f, const char *name)
{
	return number_in(name) ? number_in(name) : f->max;
}

unsigned int pfq_lang_form_wants(enum pfq_lang_form form, const char *name, unsigned int i)
{
	const struct form *f = &forms[form];

	if (i >= max_args(f, name))
		return 0;
	return i ? f->others : f->first;
}

static const char *sort_name(unsigned int sort)
{
	return sort & PFQ_SORT_PRED ? "a predicate" : sort & PFQ_SORT_PROP ? "a property" :
	       sort & PFQ_SORT_FUNC ? "a function" : "a value";
}

/* Where both a predicate and a function may stand, that place is called a function's. */
static const char *place_name(unsigned int sorts)
{
	return sort_name(sorts & PFQ_SORT_FUNC ? PFQ_SORT_FUNC : sorts);
}

static const char *value_name(const struct pfq_lang_term *t)
{
	return t->values == 1 && !t->is_list ? pfq_lang_literal_name(t->value->type) : "a list";
}

struct pfq_lang_term *pfq_lang_want(struct pfq_lang_work *w, struct pfq_lang_term *t,
				    unsigned int sorts)
{
	const char *place = place_name(sorts), *name;

	if (!t || t->kind == PFQ_TERM_BAD || t->sort & sorts)
		return t;
	name = t->let ? t->let : t->name ? t->name : "this";
	if (t->kind == PFQ_TERM_VALUES)
		pfq_lang_error(w, &t->place, "%.60s is %s, and stands where %s is wanted", name,
			       value_name(t), place);
	else if (t->kind == PFQ_TERM_PROPERTY)
		pfq_lang_error(w, &t->place, "%s is a property, and stands where %s is wanted; "
			       "compare it, as in %s > 1", name, place, name);
	else
		pfq_lang_error(w, &t->place, "%s is %s, and stands where %s is wanted", name,
			       sort_name(t->sort), place);
	return pfq_lang_term_bad(w, &t->place);
}

static struct pfq_lang_term *leaf(struct pfq_lang_work *w, enum pfq_lang_form form,
				  const char *name, const struct pfq_lang_place *at)
{
	static const enum pfq_lang_term_kind kinds[] = {
		[PFQ_FORM_DONE] = PFQ_TERM_DONE, [PFQ_FORM_DROP] = PFQ_TERM_DROP,
		[PFQ_FORM_PASS] = PFQ_TERM_PASS,
	};

	return pfq_lang_term_new(w, kinds[form], PFQ_SORT_FUNC, at, name);
}

/* when p f, unless p f, conditional p f g */
static struct pfq_lang_term *branch(struct pfq_lang_work *w, enum pfq_lang_form form,
				    const char *name, const struct pfq_lang_place *at,
				    struct pfq_lang_term *const *arg)
{
	struct pfq_lang_term *pass = leaf(w, PFQ_FORM_PASS, "pass", at);
	struct pfq_lang_term *child[3] = { arg[0], arg[1], pass };

	if (form == PFQ_FORM_CONDITIONAL)
		child[2] = arg[2];
	if (form == PFQ_FORM_UNLESS) {
		child[1] = pass;
		child[2] = arg[1];
	}
	return pfq_lang_term_above(w, PFQ_TERM_IF, at, name, child, 3);
}

static struct pfq_lang_term *side(struct pfq_lang_work *w, enum pfq_lang_form form,
				  const char *name, const struct pfq_lang_place *at,
				  struct pfq_lang_term *const *arg)
{
	struct pfq_lang_term *t = pfq_lang_term_above(w, PFQ_TERM_SIDE, at, name, arg, 1);

	if (t && t->kind == PFQ_TERM_SIDE) {
		t->side = form == PFQ_FORM_SRC ? PFQ_SIDE_SRC : PFQ_SIDE_DST;
		t->sort = arg[0]->sort;
	}
	return t;
}

static struct pfq_lang_term *inner(struct pfq_lang_work *w, enum pfq_lang_form form,
				   const char *name, const struct pfq_lang_place *at,
				   struct pfq_lang_term *const *arg)
{
	struct pfq_lang_term *t = pfq_lang_term_above(w, PFQ_TERM_INNER, at, name, arg, 1);

	if (t && t->kind == PFQ_TERM_INNER) {
		t->tunnels = form == PFQ_FORM_INNER ? 1 : PFQ_LANG_TUNNELS_MAX;
		t->sort = arg[0]->sort;
	}
	return t;
}

struct pfq_lang_term *pfq_lang_form_apply(struct pfq_lang_work *w, enum pfq_lang_form form,
					  const char *name, const struct pfq_lang_place *at,
					  struct pfq_lang_term *const *arg, unsigned int args)
{
	const struct form *f = &forms[form];

	if (args < min_args(f, name)) {
		pfq_lang_error(w, at, "%s wants %s; %s is missing", name, f->wanted,
			       args < 3 && f->missing[args] ? f->missing[args] : "a function");
		return pfq_lang_term_bad(w, at);
	}
	if (args > max_args(f, name)) {
		pfq_lang_error(w, &arg[max_args(f, name)]->place, "%s wants %s; this is one too "
			"many",
			       name, f->wanted);
		return pfq_lang_term_bad(w, at);
	}
	switch (form) {
	case PFQ_FORM_WHEN:
	case PFQ_FORM_UNLESS:
	case PFQ_FORM_CONDITIONAL:
		return branch(w, form, name, at, arg);
	case PFQ_FORM_PAR:
		return pfq_lang_term_above(w, PFQ_TERM_PAR, at, name, arg, args);
	case PFQ_FORM_INV:
		return pfq_lang_term_above(w, PFQ_TERM_INV, at, name, arg, 1);
	case PFQ_FORM_ALSO:
		return pfq_lang_term_above(w, PFQ_TERM_ALSO, at, name, arg, 1);
	case PFQ_FORM_SRC:
	case PFQ_FORM_DST:
		return side(w, form, name, at, arg);
	case PFQ_FORM_INNER:
	case PFQ_FORM_INNERMOST:
		return inner(w, form, name, at, arg);
	case PFQ_FORM_FILTER:
		return arg[0];
	default:
		return leaf(w, form, name, at);
	}
}
