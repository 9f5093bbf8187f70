/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs a program. There are two dispatchers over the same bodies, and a build uses the one that is
 * cheaper there: a switch, which needs jump tables, or calls. Kernels that are built against
 * speculation have no jump tables. A third one, which calls in both builds, counts the answers of
 * each step.
 */
#include "op_action.h"
#include "op_set.h"
#include "op_tunnel.h"
#include "lang.h"
#include "profile.h"

/* step_NAME(): the body, and the choice of the next step. */
#define OP_STEP(name, text, type, args, units, help) \
	static noinline const struct pfq_step *step_##name(const struct pfq_step *s, \
							   struct pfq_run *r) \
	{ \
		if (op_##name(s, r)) \
			return s->next[1]; \
		return s->next[0]; \
	}

PFQ_LANG_SYMBOLS(OP_STEP)
OP_STEP(stop,,,,,)
OP_STEP(end,,,,,)

/* --- the switch ------------------------------------------------------------------------ */

/*
 * The bodies of cheap symbols are within the switch, and calls do the others. Otherwise their
 * variables would not leave it enough registers. Most programs end with steer_flow.
 */
#define OP_IS_WITHIN(symbol, units)	((units) <= 3 || (symbol) == PFQ_LANG_STEER_FLOW)

#define OP_LABEL(name, text, type, args, units, help)	[PFQ_LANG_##name] = &&do_##name,

#define OP_JUMP(next_step) \
	do { \
		s = (next_step); \
		goto *s->label; \
	} while (0)

#define OP_CASE(name, text, type, args, units, help) \
	do_##name: \
		if (!OP_IS_WITHIN(PFQ_LANG_##name, units)) \
			OP_JUMP(step_##name(s, r)); \
		if (op_##name(s, r)) \
			OP_JUMP(s->next[1]); \
		OP_JUMP(s->next[0]);

/*
 * The jump table is written down, so that each body ends with a jump to the next one: two
 * instructions. With the keyword switch, the compiler makes one such jump, and each body jumps
 * there. Labels are known in here only: the step STEP_LABELS passes the table out.
 */
#define STEP_LABELS	(PFQ_STEP_END + 1)

static noinline void run_switch(const struct pfq_step *s, struct pfq_run *r)
{
	static const void *const label[] = {
		PFQ_LANG_SYMBOLS(OP_LABEL)
		[PFQ_STEP_STOP] = &&do_stop,
		[PFQ_STEP_END] = &&do_end,
		[STEP_LABELS] = &&do_labels,
	};

	goto *label[s->symbol];
	PFQ_LANG_SYMBOLS(OP_CASE)
do_labels:
	*(const void *const **)s->object = label;
	return;
do_stop:
	op_stop(s, r);
do_end:
	return;
}

static const void *label_of(u32 symbol)
{
	const void *const *labels;
	const struct pfq_step s = { .symbol = STEP_LABELS, .object = &labels };

	run_switch(&s, NULL);
	return labels[symbol];
}

/* --- calls ------------------------------------------------------------------------------ */

static __always_inline void run_calls(const struct pfq_step *s, struct pfq_run *r)
{
	do
		s = s->fn(s, r);
	while (s);
}

#define OP_FN(name, text, type, args, units, help)	[PFQ_LANG_##name] = step_##name,

static const pfq_op_fn op_fns[] = {
	PFQ_LANG_SYMBOLS(OP_FN)
	[PFQ_STEP_STOP] = step_stop,
	[PFQ_STEP_END] = step_end,
};

/* ---------------------------------------------------------------------------------------- */

void pfq_step_set(struct pfq_step *s, u32 symbol)
{
	s->symbol = symbol;
	if (PFQ_DISPATCH_SWITCH)
		s->label = label_of(symbol);
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

/* --- counting --------------------------------------------------------------------------- */

/*
 * Run the steps from the first one, @s, on, and count their answers. A copy of a step, with targets
 * of its own, tells the answer also where both answers lead to the same step.
 */
static void run_counted(const struct pfq_step *s, struct pfq_run *r)
{
	struct pfq_profile *profile = r->prog->profile;
	struct pfq_answers *row = profile->answers +
				  (size_t)r->env->lane * pfq_profile_row(profile->steps);
	const struct pfq_step *first = s;
	struct pfq_step asked;
	u64 *times;
	bool yes;

	while (s && s->symbol != PFQ_STEP_END) {
		asked = *s;
		asked.next[0] = NULL;
		asked.next[1] = &asked;
		yes = op_fns[s->symbol](&asked, r);
		times = &row[s - first].times[yes];
		WRITE_ONCE(*times, *times + 1);
		s = s->next[yes];
	}
}

/* In the place of the only step's function, so that other programs need not ask for a profile. */
static const struct pfq_step *count_all(const struct pfq_step *s, struct pfq_run *r)
{
	run_counted(s, r);
	return NULL;
}

void pfq_program_count(struct pfq_program *prog, struct pfq_profile *profile)
{
	prog->profile = profile;
	prog->only = count_all;
	prog->flags &= ~(u32)(PFQ_PROGRAM_FLOW | PFQ_PROGRAM_ALL);
}

/* ---------------------------------------------------------------------------------------- */

/* not inline, because its callers would not leave it enough registers */
noinline void pfq_program_run_steps(const struct pfq_program *prog, struct pfq_run *run)
{
	if (PFQ_DISPATCH_SWITCH)
		run_switch(prog->step, run);
	else
		run_calls(prog->step, run);
}

#undef OP_STEP
#undef OP_IS_WITHIN
#undef STEP_LABELS
#undef OP_LABEL
#undef OP_JUMP
#undef OP_CASE
#undef OP_FN
