/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Verifies a program. First each part by itself, then all ways through the program in one pass:
 * targets lie further on, so that every way to a step is known when the pass comes to it.
 */
#include "lang.h"
#include "lang_bytes.h"
#include "lang_object.h"
#include "lang_row.h"

_Static_assert(PFQ_LANG_STEPS_MAX == 256 && PFQ_LANG_OBJECTS_MAX == 128 &&
	       PFQ_LANG_COUNTERS_MAX == 64 && PFQ_LANG_COST_MAX == 1024 && PFQ_LANG_ALSO_MAX == 3,
	       "the texts of PFQ_LANG_REASONS have these numbers");

/* --- header -------------------------------------------------------------------------- */

static enum pfq_lang_reason check_header(const struct pfq_lang_hdr *hdr, size_t bytes)
{
	u64 want = sizeof(*hdr) + (u64)hdr->steps * sizeof(struct pfq_lang_step) +
		   (u64)hdr->objects * sizeof(struct pfq_lang_object) + hdr->data_bytes;

	if (hdr->magic != PFQ_LANG_MAGIC)
		return PFQ_LANG_REASON_MAGIC;
	if (hdr->version != PFQ_LANG_VERSION)
		return PFQ_LANG_REASON_VERSION;
	if (hdr->reserved)
		return PFQ_LANG_REASON_RESERVED;
	if (hdr->steps > PFQ_LANG_STEPS_MAX)
		return PFQ_LANG_REASON_MANY_STEPS;
	if (hdr->objects > PFQ_LANG_OBJECTS_MAX)
		return PFQ_LANG_REASON_MANY_OBJECTS;
	if (bytes < want)
		return PFQ_LANG_REASON_SHORT;
	return bytes > want || bytes > PFQ_LANG_BYTES_MAX ? PFQ_LANG_REASON_LONG : PFQ_LANG_FINE;
}

/* --- arguments ----------------------------------------------------------------------- */

static bool is_in(u64 value, u64 min, u64 max)
{
	return value >= min && value <= max;
}

static enum pfq_lang_reason check_range(u64 first, u64 last, u64 max)
{
	if (last > max)
		return PFQ_LANG_REASON_ARGUMENT;
	return first > last ? PFQ_LANG_REASON_RANGE : PFQ_LANG_FINE;
}

/* @second: are there two places? */
static enum pfq_lang_reason check_place(u64 place, u32 bytes_max, bool second)
{
	u32 bytes = place >> 8 & 0xff;

	if ((place & 0xff) >= __PFQ_LANG_BASE_MAX || !bytes || bytes > bytes_max ||
	    place >> 32 > (second ? 0xffff : 0))
		return PFQ_LANG_REASON_PLACE;
	return PFQ_LANG_FINE;
}

/* The numbers that a property is compared with. FIELD has both in arg[0], a place in arg[1]. */
static enum pfq_lang_reason check_compared(const struct pfq_lang_step *step,
					   const struct pfq_lang_row *row)
{
	u64 max = pfq_lang_args_row(row)->max, first = step->arg[0], last = step->arg[1];

	if (row->args == PFQ_LANG_ARGS_FIELD) {
		first = (u32)step->arg[0];
		last = step->arg[0] >> 32;
	}
	if (row->args == PFQ_LANG_ARGS_FIELD || row->args == PFQ_LANG_ARGS_NONE)
		max = ~0U;
	switch (step->flags) {
	case 0:
	case PFQ_LANG_F_NOT:
		return check_range(first, last, max);
	case PFQ_LANG_F_ANY:
	case PFQ_LANG_F_ALL:
		if (max > ~0U)
			break;
		if (last)
			return PFQ_LANG_REASON_SPARE;
		return first > max ? PFQ_LANG_REASON_ARGUMENT : PFQ_LANG_FINE;
	}
	return PFQ_LANG_REASON_FLAGS;
}

/* A property of flows wants their table, which no argument names: a program has only one. */
static bool lacks_flows(const struct pfq_lang_row *row, const void *blob,
			const struct pfq_lang_hdr *hdr)
{
	u32 i;

	if (row->args != PFQ_LANG_ARGS_PACKETS && row->args != PFQ_LANG_ARGS_OCTETS)
		return false;
	for (i = 0; i < hdr->objects; i++)
		if (lang_object(blob, hdr, i).kind == PFQ_LANG_KIND_FLOWS)
			return false;
	return true;
}

static enum pfq_lang_reason check_property(const struct pfq_lang_step *step, const void *blob,
					   const struct pfq_lang_hdr *hdr)
{
	const struct pfq_lang_row *row =
		step->arg[0] < __PFQ_LANG_SYMBOL_MAX ? pfq_lang_row((u32)step->arg[0]) : NULL;

	if (!row || row->type != PFQ_LANG_PROP)
		return PFQ_LANG_REASON_PROPERTY;
	if (lacks_flows(row, blob, hdr))
		return PFQ_LANG_REASON_NO_OBJECT;
	if (row->args == PFQ_LANG_ARGS_FIELD)
		return check_place(step->arg[1], 4, false);
	return step->arg[1] ? PFQ_LANG_REASON_SPARE : PFQ_LANG_FINE;
}

static enum pfq_lang_reason check_object(const struct pfq_lang_step *step, u32 kind,
					 const void *blob, const struct pfq_lang_hdr *hdr)
{
	if (step->arg[0] >= hdr->objects ||
	    lang_object(blob, hdr, (u32)step->arg[0]).kind != kind)
		return PFQ_LANG_REASON_NO_OBJECT;
	return PFQ_LANG_FINE;
}

/* Arguments of one number: arg[0]. */
static enum pfq_lang_reason check_number(const struct pfq_lang_step *step, u32 args, u64 max)
{
	u64 min = args == PFQ_LANG_ARGS_CLASSES || args == PFQ_LANG_ARGS_KEY ? 1 :
		  args == PFQ_LANG_ARGS_SLICE ? PFQ_LANG_SLICE_MIN : 0;

	if (step->arg[1] || (!max && step->arg[0]))
		return PFQ_LANG_REASON_SPARE;
	return is_in(step->arg[0], min, max) ? PFQ_LANG_FINE : PFQ_LANG_REASON_ARGUMENT;
}

/* The largest arg[1] beside an object. */
static u64 second_max(u32 args)
{
	if (args == PFQ_LANG_ARGS_LEARN_ADDR || args == PFQ_LANG_ARGS_LEARN_FLOW)
		return PFQ_LANG_TIMEOUT_MAX;
	return args == PFQ_LANG_ARGS_BITS ? 128 : 0;
}

static enum pfq_lang_reason check_args(const struct pfq_lang_step *step,
				       const struct pfq_lang_row *row, const void *blob,
				       const struct pfq_lang_hdr *hdr)
{
	const struct pfq_lang_args_row *args = pfq_lang_args_row(row);
	enum pfq_lang_reason reason;

	switch (row->args) {
	case PFQ_LANG_ARGS_PORT:
	case PFQ_LANG_ARGS_VLAN:
	case PFQ_LANG_ARGS_QUEUE:
		return check_range(step->arg[0], step->arg[1], args->max);
	case PFQ_LANG_ARGS_FIELD:
		reason = check_place(step->arg[1], 4, false);
		return reason != PFQ_LANG_FINE ? reason : check_compared(step, row);
	case PFQ_LANG_ARGS_FIELD8:
	case PFQ_LANG_ARGS_FIELDS8:
		if (step->arg[0])
			return PFQ_LANG_REASON_SPARE;
		return check_place(step->arg[1], 8, row->args == PFQ_LANG_ARGS_FIELDS8);
	case PFQ_LANG_ARGS_PROPERTY:
		return check_property(step, blob, hdr);
	case PFQ_LANG_ARGS_ENTER:
		return is_in(step->arg[0], 1, args->max) && is_in(step->arg[1], 1, args->max) ?
			       PFQ_LANG_FINE : PFQ_LANG_REASON_ARGUMENT;
	}
	if (lacks_flows(row, blob, hdr))
		return PFQ_LANG_REASON_NO_OBJECT;
	if (row->type == PFQ_LANG_PROP)
		return check_compared(step, row);
	if (args->kind == PFQ_LANG_KIND_NONE)
		return check_number(step, row->args, args->max);
	if (step->arg[1] && !second_max(row->args))
		return PFQ_LANG_REASON_SPARE;
	if (step->arg[1] > second_max(row->args))
		return PFQ_LANG_REASON_ARGUMENT;
	return check_object(step, args->kind, blob, hdr);
}

/* --- steps --------------------------------------------------------------------------- */

static bool is_target(u32 target, u32 i, u32 steps)
{
	return target == PFQ_LANG_END || target == PFQ_LANG_DROP || (target > i && target < steps);
}

static enum pfq_lang_reason check_step(const void *blob, const struct pfq_lang_hdr *hdr, u32 i)
{
	struct pfq_lang_step step = lang_step(blob, i);
	const struct pfq_lang_row *row = pfq_lang_row(step.symbol);

	if (!row)
		return PFQ_LANG_REASON_SYMBOL;
	if (!is_target(step.yes, i, hdr->steps) || !is_target(step.no, i, hdr->steps))
		return PFQ_LANG_REASON_TARGET;
	if (row->type != PFQ_LANG_PRED && row->type != PFQ_LANG_PROP && step.yes != step.no)
		return PFQ_LANG_REASON_BRANCH;
	if (row->type != PFQ_LANG_PROP && step.flags)
		return PFQ_LANG_REASON_FLAGS;
	return check_args(&step, row, blob, hdr);
}

/* --- ways ---------------------------------------------------------------------------- */

/* Of a step whose arguments are checked. */
static u32 cost_of(const struct pfq_lang_step *step, const void *blob)
{
	const struct pfq_lang_row *row = pfq_lang_row(step->symbol);
	struct pfq_lang_hdr hdr = lang_hdr(blob);

	if (row->args == PFQ_LANG_ARGS_ENTER)
		return row->units * (u32)step->arg[1];
	if (row->args == PFQ_LANG_ARGS_PROPERTY)
		return row->units + pfq_lang_row((u32)step->arg[0])->units;
	if (row->args == PFQ_LANG_ARGS_DUP)
		return row->units +
		       PFQ_LANG_DUP_UNITS((u32)lang_object(blob, &hdr, (u32)step->arg[0]).arg[1]);
	return row->units;
}

/* All ways to the step must be at the level below the new one. */
static enum pfq_lang_reason enter(struct pfq_lang_ways *w, u32 level)
{
	if (w->lowest != level - 1 || w->highest != level - 1)
		return PFQ_LANG_REASON_LEVEL;
	w->lowest = w->highest = (u8)level;
	return PFQ_LANG_FINE;
}

/* The ways may come from different levels, as done and drop make them. */
static enum pfq_lang_reason leave(struct pfq_lang_ways *w, u32 level)
{
	if (level > w->lowest)
		return PFQ_LANG_REASON_LEVEL;
	w->lowest = w->highest = (u8)level;
	return PFQ_LANG_FINE;
}

static enum pfq_lang_reason also(struct pfq_lang_ways *w)
{
	if (w->in_also)
		return PFQ_LANG_REASON_NESTED;
	if (w->outputs == PFQ_LANG_ALSO_MAX)
		return PFQ_LANG_REASON_MANY_ALSO;
	w->in_also = true;
	w->outputs++;
	w->saves[1] = 0;
	return PFQ_LANG_FINE;
}

static enum pfq_lang_reason also_end(struct pfq_lang_ways *w, u32 level, bool is_drop)
{
	if (!w->in_also)
		return PFQ_LANG_REASON_NOT_ALSO;
	w->in_also = false;
	w->outputs -= is_drop;
	w->saves[1] = 0;
	return leave(w, level);
}

/* A slot holds one verdict, of the main output or of the further one: the other is forgotten. */
static enum pfq_lang_reason save(struct pfq_lang_ways *w, u32 slot)
{
	w->saves[w->in_also] |= (u8)(1U << slot);
	w->saves[!w->in_also] &= (u8)~(1U << slot);
	w->saved_outputs[slot] = w->outputs;
	return PFQ_LANG_FINE;
}

static enum pfq_lang_reason restore(struct pfq_lang_ways *w, u32 slot)
{
	if (!(w->saves[w->in_also] >> slot & 1))
		return PFQ_LANG_REASON_SAVED;
	w->outputs = w->saved_outputs[slot];
	return PFQ_LANG_FINE;
}

/* Change the ways to @step into the ways out of it. */
static enum pfq_lang_reason pass(struct pfq_lang_ways *w, const struct pfq_lang_step *step,
				 u32 cost)
{
	w->cost += cost;
	if (w->cost > PFQ_LANG_COST_MAX)
		return PFQ_LANG_REASON_COST;
	switch (step->symbol) {
	case PFQ_LANG_SAVE:
		return save(w, (u32)step->arg[0]);
	case PFQ_LANG_RESTORE:
		return restore(w, (u32)step->arg[0]);
	case PFQ_LANG_ALSO:
		return also(w);
	case PFQ_LANG_ALSO_END:
		return also_end(w, (u32)step->arg[0], false);
	case PFQ_LANG_ALSO_DROP:
		return also_end(w, (u32)step->arg[0], true);
	case PFQ_LANG_ENTER:
		return enter(w, (u32)step->arg[0]);
	case PFQ_LANG_LEAVE:
		return leave(w, (u32)step->arg[0]);
	}
	return PFQ_LANG_FINE;
}

/* Add the ways @w to those that lead to @to. */
static enum pfq_lang_reason join(struct pfq_lang_ways *to, const struct pfq_lang_ways *w)
{
	u32 i;

	if (!to->is_reached) {
		*to = *w;
		return PFQ_LANG_FINE;
	}
	if (to->in_also != w->in_also)
		return PFQ_LANG_REASON_JOIN;
	to->cost = max_t(u32, to->cost, w->cost);
	to->outputs = max_t(u8, to->outputs, w->outputs);
	to->lowest = min_t(u8, to->lowest, w->lowest);
	to->highest = max_t(u8, to->highest, w->highest);
	for (i = 0; i < ARRAY_SIZE(to->saves); i++)
		to->saves[i] &= w->saves[i];
	for (i = 0; i < PFQ_LANG_SAVES_MAX; i++)
		to->saved_outputs[i] = max_t(u8, to->saved_outputs[i], w->saved_outputs[i]);
	return PFQ_LANG_FINE;
}

static enum pfq_lang_reason go_on(struct pfq_lang_check *c, const struct pfq_lang_ways *w,
				  u32 target)
{
	if (target < c->steps)
		return join(&c->ways[target], w);
	c->cost = max_t(u32, c->cost, w->cost);
	return w->in_also ? PFQ_LANG_REASON_INSIDE : PFQ_LANG_FINE;
}

static enum pfq_lang_reason walk_step(struct pfq_lang_check *c, const void *blob, u32 i)
{
	struct pfq_lang_step step = lang_step(blob, i);
	struct pfq_lang_ways w = c->ways[i];
	enum pfq_lang_reason reason;

	if (!w.is_reached)
		return PFQ_LANG_REASON_NO_WAY;
	reason = pass(&w, &step, cost_of(&step, blob));
	if (reason == PFQ_LANG_FINE)
		reason = go_on(c, &w, step.yes);
	return reason == PFQ_LANG_FINE ? go_on(c, &w, step.no) : reason;
}

/* --- all ----------------------------------------------------------------------------- */

/* Check objects before steps, which refer to them. Sets the number of a wrong one in c->fault. */
static enum pfq_lang_reason check_objects(struct pfq_lang_check *c, const void *blob,
					  const struct pfq_lang_hdr *hdr)
{
	u32 count[__PFQ_LANG_KIND_MAX] = { 0 }, i;
	enum pfq_lang_reason reason;

	for (i = 0; i < hdr->objects; i++) {
		c->fault.object = (s32)i;
		reason = pfq_lang_object_check(blob, hdr, i);
		if (reason != PFQ_LANG_FINE)
			return reason;
		count[lang_object(blob, hdr, i).kind]++;
		if (count[PFQ_LANG_KIND_COUNTER] > PFQ_LANG_COUNTERS_MAX)
			return PFQ_LANG_REASON_MANY_COUNTERS;
		if (count[PFQ_LANG_KIND_FLOWS] > 1)
			return PFQ_LANG_REASON_MANY_FLOWS;
	}
	return PFQ_LANG_FINE;
}

static enum pfq_lang_reason check_parts(struct pfq_lang_check *c, const void *blob,
					const struct pfq_lang_hdr *hdr)
{
	enum pfq_lang_reason reason = check_objects(c, blob, hdr);
	u32 i;

	if (reason != PFQ_LANG_FINE)
		return reason;
	c->fault.object = -1;
	for (i = 0; i < hdr->steps && reason == PFQ_LANG_FINE; i++) {
		c->fault.step = (s32)i;
		reason = check_step(blob, hdr, i);
	}
	for (i = 0; i < hdr->steps && reason == PFQ_LANG_FINE; i++) {
		c->fault.step = (s32)i;
		reason = walk_step(c, blob, i);
	}
	return reason;
}

static bool is_unknown(enum pfq_lang_reason reason)
{
	return reason == PFQ_LANG_REASON_VERSION || reason == PFQ_LANG_REASON_SYMBOL ||
	       reason == PFQ_LANG_REASON_KIND;
}

int pfq_lang_verify(struct pfq_lang_check *c, const void *blob, size_t bytes)
{
	enum pfq_lang_reason reason = PFQ_LANG_REASON_SHORT;
	struct pfq_lang_hdr hdr;

	memset(c, 0, sizeof(*c));
	c->fault.step = -1;
	c->fault.object = -1;
	if (bytes >= sizeof(hdr)) {
		hdr = lang_hdr(blob);
		reason = check_header(&hdr, bytes);
	}
	if (reason == PFQ_LANG_FINE) {
		c->steps = hdr.steps;
		c->objects = hdr.objects;
		c->ways[0].is_reached = true;
		reason = check_parts(c, blob, &hdr);
	}
	c->fault.reason = reason;
	if (reason != PFQ_LANG_FINE)
		return is_unknown(reason) ? -EOPNOTSUPP : -EINVAL;
	c->fault.step = -1;
	c->program_bytes = pfq_lang_program_bytes(blob);
	return 0;
}
