/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Steps are made from the end of the program to its beginning. So both targets of a step are there
 * before it, and all jumps go forward. While steps are made, a target is the number of a step
 * counted from the end; the last function here counts them from the beginning.
 */
#include "flatten.h"

#define TARGET_SPECIAL	PFQ_LANG_DROP	/* this target and higher ones are no steps */

struct flattening {
	struct pfq_lang_work *work;
	struct pfq_lang_list *list;
	bool is_full;		/* the program has too many steps, or another error was found */
	enum pfq_lang_side side;
	unsigned int saves;	/* slots that are in use */
	uint16_t done;		/* where done leads to */
	uint64_t use;		/* the lets around, by their numbers */
	bool in_also;
	unsigned int level;	/* inner and innermost around this */
	uint32_t inside;	/* as in struct pfq_lang_made */
};

static uint16_t func(struct flattening *f, const struct pfq_lang_term *t, uint16_t next,
		     uint16_t stop);
static uint16_t pred(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes,
		     uint16_t no);

/* --- steps ---------------------------------------------------------------------------- */

static uint16_t fail(struct flattening *f, const struct pfq_lang_place *at, const char *text)
{
	if (!f->is_full)
		pfq_lang_error(f->work, at, "%s", text);
	f->is_full = true;
	return PFQ_LANG_END;
}

static struct pfq_lang_made *add(struct flattening *f, const struct pfq_lang_place *at,
				 unsigned int symbol, uint16_t yes, uint16_t no)
{
	struct pfq_lang_made *m;

	if (f->list->count == PFQ_LANG_MADE_MAX) {
		fail(f, at, "the program has more steps than 256");
		return NULL;
	}
	m = &f->list->made[f->list->count++];
	*m = (struct pfq_lang_made){ .step = { (uint16_t)symbol, yes, no, 0, { 0, 0 } },
				     .inside = f->inside, .place = *at };
	return m;
}

/* the target of the step that was added last */
static uint16_t newest(const struct flattening *f)
{
	return f->is_full ? PFQ_LANG_END : (uint16_t)(f->list->count - 1);
}

static uint16_t structural(struct flattening *f, const struct pfq_lang_term *t, unsigned int symbol,
			   unsigned int arg, uint16_t next)
{
	struct pfq_lang_made *m = add(f, &t->place, symbol, next, next);

	if (m)
		m->step.arg[0] = arg;
	return newest(f);
}

/* Within src and dst: symbols that then look at one side. */
static unsigned int symbol_of(const struct flattening *f, unsigned int symbol)
{
	static const uint16_t sides[][3] = {
		{ PFQ_LANG_HAS_PORT, PFQ_LANG_HAS_SRC_PORT, PFQ_LANG_HAS_DST_PORT },
		{ PFQ_LANG_HAS_PORT_IN, PFQ_LANG_HAS_SRC_PORT_IN, PFQ_LANG_HAS_DST_PORT_IN },
		{ PFQ_LANG_HAS_ADDR, PFQ_LANG_HAS_SRC_ADDR, PFQ_LANG_HAS_DST_ADDR },
		{ PFQ_LANG_HAS_MAC, PFQ_LANG_HAS_SRC_MAC, PFQ_LANG_HAS_DST_MAC },
		{ PFQ_LANG_HAS_PORT_SET, PFQ_LANG_HAS_SRC_PORT_SET, PFQ_LANG_HAS_DST_PORT_SET },
		{ PFQ_LANG_HAS_ADDR_SET, PFQ_LANG_HAS_SRC_ADDR_SET, PFQ_LANG_HAS_DST_ADDR_SET },
		{ PFQ_LANG_HAS_MAC_SET, PFQ_LANG_HAS_SRC_MAC_SET, PFQ_LANG_HAS_DST_MAC_SET },
		{ PFQ_LANG_IS_BROADCAST, PFQ_LANG_SRC_IS_BROADCAST, PFQ_LANG_IS_BROADCAST },
		{ PFQ_LANG_IS_MULTICAST, PFQ_LANG_SRC_IS_MULTICAST, PFQ_LANG_IS_MULTICAST },
		{ PFQ_LANG_IS_IP_BROADCAST, PFQ_LANG_SRC_IS_IP_BROADCAST,
		  PFQ_LANG_IS_IP_BROADCAST },
		{ PFQ_LANG_IS_IP_MULTICAST, PFQ_LANG_SRC_IS_IP_MULTICAST,
		  PFQ_LANG_IS_IP_MULTICAST },
	};
	unsigned int i;

	for (i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
		if (sides[i][0] == symbol)
			return sides[i][f->side];
	return symbol;
}

static uint16_t symbol_step(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes,
			    uint16_t no)
{
	struct pfq_lang_made *m = add(f, &t->place, symbol_of(f, t->symbol), yes, no);

	if (m) {
		m->step.flags = t->flags;
		m->step.arg[0] = t->arg[0];
		m->step.arg[1] = t->arg[1];
		m->object = t->object;
		m->use = f->use;
	}
	return newest(f);
}

/* --- levels --------------------------------------------------------------------------- */

/* Go back to this level before @target, unless the program ends there. */
static uint16_t leave(struct flattening *f, const struct pfq_lang_term *t, uint16_t target)
{
	if (target >= TARGET_SPECIAL)
		return target;
	return structural(f, t, PFQ_LANG_LEAVE, f->level, target);
}

/*
 * inner and innermost, of a predicate or a function. done leads out of all levels: the program
 * ends, or the end of also goes back to the level of also.
 */
static uint16_t inner(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes,
		      uint16_t no)
{
	uint16_t (*make)(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes,
			 uint16_t no) = t->sort == PFQ_SORT_PRED ? pred : func;
	uint32_t inside = f->inside;
	struct pfq_lang_made *m;
	uint16_t first;

	if (f->level == PFQ_LANG_TUNNELS_MAX)
		return fail(f, &t->place, "inner and innermost are nested deeper than 4 here");
	yes = leave(f, t, yes);
	no = leave(f, t, no);
	f->level++;
	f->inside = inside << 8 | t->tunnels;
	first = make(f, t->child[0], yes, no);
	f->inside = inside;
	m = add(f, &t->place, PFQ_LANG_ENTER, first, first);
	if (m) {
		m->step.arg[0] = f->level;
		m->step.arg[1] = t->tunnels;
	}
	f->level--;
	return newest(f);
}

/* --- predicates ----------------------------------------------------------------------- */

/* For each operand two steps: one for an even number of yes before it, one for an odd number. */
static uint16_t xor(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes, uint16_t no)
{
	uint16_t even = no, odd = yes, before;
	unsigned int i;

	for (i = t->children; i-- > 0;) {
		before = even;
		even = pred(f, t->child[i], odd, before);
		if (i)
			odd = pred(f, t->child[i], before, odd);
	}
	return even;
}

static uint16_t pred_in(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes,
			uint16_t no)
{
	enum pfq_lang_side side = f->side;
	unsigned int i;

	if (f->is_full)
		return PFQ_LANG_END;
	switch (t->kind) {
	case PFQ_TERM_NOT:
		return pred(f, t->child[0], no, yes);
	case PFQ_TERM_AND:
		for (i = t->children; i-- > 0;)
			yes = pred(f, t->child[i], yes, no);
		return yes;
	case PFQ_TERM_OR:
		for (i = t->children; i-- > 0;)
			no = pred(f, t->child[i], yes, no);
		return no;
	case PFQ_TERM_XOR:
		return xor(f, t, yes, no);
	case PFQ_TERM_SIDE:
		f->side = t->side;
		yes = pred(f, t->child[0], yes, no);
		f->side = side;
		return yes;
	case PFQ_TERM_INNER:
		return inner(f, t, yes, no);
	default:
		return symbol_step(f, t, yes, no);
	}
}

/* Enter a term. Returns what f->use was. */
static uint64_t enter(struct flattening *f, const struct pfq_lang_term *t)
{
	uint64_t before = f->use;

	if (t->use)
		f->use = before * 0x9e3779b97f4a7c15ULL + t->use;
	return before;
}

static uint16_t pred(struct flattening *f, const struct pfq_lang_term *t, uint16_t yes, uint16_t no)
{
	uint64_t before = enter(f, t);
	uint16_t first = pred_in(f, t, yes, no);

	f->use = before;
	return first;
}

/* --- functions ------------------------------------------------------------------------ */

/* Take a slot for outputs. Returns false after an error. */
static bool take_slot(struct flattening *f, const struct pfq_lang_term *t)
{
	if (f->saves == PFQ_LANG_SAVES_MAX) {
		fail(f, &t->place, "par and inv, with functions that change outputs, are nested "
		     "deeper than 3 here");
		return false;
	}
	f->saves++;
	return true;
}

/* The outputs are saved before the first try, if a try that may fail changes them. */
static uint16_t par(struct flattening *f, const struct pfq_lang_term *t, uint16_t next,
		    uint16_t stop)
{
	unsigned int slot = f->saves, i;
	bool saves = false;
	uint16_t first = func(f, t->child[t->children - 1], next, stop);

	for (i = t->children - 1; i-- > 0 && !f->is_full;) {
		if (!t->child[i]->changes_outputs) {
			first = func(f, t->child[i], next, first);
			continue;
		}
		if (!saves && !take_slot(f, t))
			return PFQ_LANG_END;
		saves = true;
		first = structural(f, t, PFQ_LANG_RESTORE, slot, first);
		first = func(f, t->child[i], next, first);
	}
	if (saves)
		first = structural(f, t, PFQ_LANG_SAVE, slot, first);
	f->saves = slot;
	return first;
}

static uint16_t inv(struct flattening *f, const struct pfq_lang_term *t, uint16_t next,
		    uint16_t stop)
{
	unsigned int slot = f->saves;
	uint16_t first;

	if (!t->child[0]->changes_outputs)
		return func(f, t->child[0], stop, next);
	next = structural(f, t, PFQ_LANG_RESTORE, slot, next);
	stop = structural(f, t, PFQ_LANG_RESTORE, slot, stop);
	if (!take_slot(f, t))
		return PFQ_LANG_END;
	first = func(f, t->child[0], stop, next);
	f->saves = slot;
	return structural(f, t, PFQ_LANG_SAVE, slot, first);
}

static uint16_t also(struct flattening *f, const struct pfq_lang_term *t, uint16_t next)
{
	uint16_t done = f->done, keep, discard, first;

	if (f->in_also)
		return fail(f, &t->place, "also is not allowed within another also");
	keep = structural(f, t, PFQ_LANG_ALSO_END, f->level, next);
	discard = structural(f, t, PFQ_LANG_ALSO_DROP, f->level, next);
	f->in_also = true;
	f->done = keep;
	first = func(f, t->child[0], keep, discard);
	f->in_also = false;
	f->done = done;
	return structural(f, t, PFQ_LANG_ALSO, 0, first);
}

static uint16_t func_in(struct flattening *f, const struct pfq_lang_term *t, uint16_t next,
			uint16_t stop)
{
	enum pfq_lang_side side = f->side;
	uint16_t other;
	unsigned int i;

	if (f->is_full)
		return PFQ_LANG_END;
	switch (t->kind) {
	case PFQ_TERM_SEQ:
		for (i = t->children; i-- > 0;)
			next = func(f, t->child[i], next, stop);
		return next;
	case PFQ_TERM_IF:
		other = func(f, t->child[2], next, stop);
		next = func(f, t->child[1], next, stop);
		return pred(f, t->child[0], next, other);
	case PFQ_TERM_PAR:
		return par(f, t, next, stop);
	case PFQ_TERM_INV:
		return inv(f, t, next, stop);
	case PFQ_TERM_ALSO:
		return also(f, t, next);
	case PFQ_TERM_SIDE:
		f->side = t->side;
		next = func(f, t->child[0], next, stop);
		f->side = side;
		return next;
	case PFQ_TERM_INNER:
		return inner(f, t, next, stop);
	case PFQ_TERM_PASS:
		return next;
	case PFQ_TERM_DROP:
		return stop;
	case PFQ_TERM_DONE:
		return f->done;
	case PFQ_TERM_SYMBOL:
		if (t->sort == PFQ_SORT_FUNC)
			return symbol_step(f, t, next, next);
		return pred_in(f, t, next, stop);
	default:
		return pred_in(f, t, next, stop);
	}
}

static uint16_t func(struct flattening *f, const struct pfq_lang_term *t, uint16_t next,
		     uint16_t stop)
{
	uint64_t before = enter(f, t);
	uint16_t first = func_in(f, t, next, stop);

	f->use = before;
	return first;
}

/* ---------------------------------------------------------------------------------------- */

static void turn(struct pfq_lang_list *list)
{
	unsigned int i, n = list->count;
	struct pfq_lang_step *s;
	struct pfq_lang_made m;

	for (i = 0; i < n / 2; i++) {
		m = list->made[i];
		list->made[i] = list->made[n - 1 - i];
		list->made[n - 1 - i] = m;
	}
	for (i = 0; i < n; i++) {
		s = &list->made[i].step;
		s->yes = s->yes < TARGET_SPECIAL ? (uint16_t)(n - 1 - s->yes) : s->yes;
		s->no = s->no < TARGET_SPECIAL ? (uint16_t)(n - 1 - s->no) : s->no;
	}
}

bool pfq_lang_flatten(struct pfq_lang_list *list, struct pfq_lang_work *w,
		      const struct pfq_lang_term *program)
{
	struct flattening f = { .work = w, .list = list, .done = PFQ_LANG_END };
	uint16_t first;

	list->count = 0;
	first = func(&f, program, PFQ_LANG_END, PFQ_LANG_DROP);
	/* A program has a step. One that decides nothing copies, or drops. */
	if (!f.is_full && first >= TARGET_SPECIAL) {
		add(&f, &program->place, PFQ_LANG_COPY, first, first);
		first = newest(&f);
	}
	if (f.is_full)
		return false;
	turn(list);
	list->first = list->count - 1 - first;
	return true;
}
