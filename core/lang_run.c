/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs a program. There are two dispatchers over the same bodies, and a build uses the one that is
 * cheaper there: a switch, which needs jump tables, or calls. Kernels that are built against
 * speculation have no jump tables.
 */
#include "op_action.h"
#include "lang.h"

#define OP_CASE(name, text, type, args, units, help) \
	case PFQ_LANG_##name: \
		yes = op_##name(s, r); \
		break;

static __always_inline void run_switch(const struct pfq_step *s, struct pfq_run *r)
{
	bool yes;

	do {
		switch (s->symbol) {
		PFQ_LANG_SYMBOLS(OP_CASE)
		case PFQ_STEP_STOP:
			yes = op_stop(s, r);
			break;
		default:
			__builtin_unreachable();	/* the loader knows the symbols */
		}
		s = s->next[yes];
	} while (s);
}

static __always_inline void run_calls(const struct pfq_step *s, struct pfq_run *r)
{
	do
		s = s->next[s->fn(s, r)];
	while (s);
}

#define OP_FN(name, text, type, args, units, help)	[PFQ_LANG_##name] = op_##name,

static const pfq_op_fn op_fns[] = {
	PFQ_LANG_SYMBOLS(OP_FN)
	[PFQ_STEP_STOP] = op_stop,
};

void pfq_step_set(struct pfq_step *s, u32 symbol)
{
	if (PFQ_DISPATCH_SWITCH)
		s->symbol = symbol;
	else
		s->fn = op_fns[symbol];
}

void pfq_program_only(struct pfq_program *prog, u32 symbol)
{
	prog->only = op_fns[symbol];
	if (symbol == PFQ_LANG_COPY)
		prog->flags |= PFQ_PROGRAM_ALL;
	if (symbol == PFQ_LANG_STEER_FLOW)
		prog->flags |= PFQ_PROGRAM_FLOW;
}

void pfq_program_run_steps(const struct pfq_program *prog, struct pfq_run *run)
{
	if (PFQ_DISPATCH_SWITCH)
		run_switch(prog->step, run);
	else
		run_calls(prog->step, run);
}

#undef OP_CASE
#undef OP_FN
