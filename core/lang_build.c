/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Makes a program out of verified bytes: struct pfq_program with its steps, the step that drops,
 * pointers to objects, and constant lists, one behind the other.
 */
#include "lang.h"
#include "lang_bytes.h"
#include "lang_object.h"
#include "lang_row.h"

/*
 * The index of the step that drops, behind the others; the one that ends is the next one. A program
 * without steps copies: it gets one that says so.
 */
static u32 stop_of(const struct pfq_lang_hdr *hdr)
{
	return max_t(u32, hdr->steps, 1);
}

static u64 objects_offset(const struct pfq_lang_hdr *hdr)
{
	return offsetof(struct pfq_program, step) +
	       ((u64)stop_of(hdr) + PFQ_STEPS_BEHIND) * sizeof(struct pfq_step);
}

static u64 lists_offset(const struct pfq_lang_hdr *hdr)
{
	return objects_offset(hdr) + (u64)hdr->objects * sizeof(struct pfq_object *);
}

u64 pfq_lang_program_bytes(const void *blob)
{
	struct pfq_lang_hdr hdr = lang_hdr(blob);
	u64 bytes = lists_offset(&hdr);
	struct pfq_lang_object is;
	u32 i;

	for (i = 0; i < hdr.objects; i++) {
		is = lang_object(blob, &hdr, i);
		bytes += pfq_lang_list_bytes(&is);
	}
	return bytes;
}

u64 pfq_lang_bytes(const struct pfq_lang_check *check, const void *blob, u32 lanes)
{
	struct pfq_lang_object is;
	u64 bytes = check->program_bytes;
	u32 i;

	for (i = 0; i < check->objects; i++) {
		is = pfq_lang_object(blob, i);
		bytes += pfq_object_bytes(&is, lanes);
	}
	return bytes;
}

struct pfq_lang_object pfq_lang_object(const void *blob, u32 i)
{
	struct pfq_lang_hdr hdr = lang_hdr(blob);

	return lang_object(blob, &hdr, i);
}

const void *pfq_lang_data(const void *blob, const struct pfq_lang_object *is)
{
	struct pfq_lang_hdr hdr = lang_hdr(blob);

	return lang_data(blob, &hdr) + is->data;
}

/* --- arguments ----------------------------------------------------------------------- */

/* A comparison as op_test() does it. All values have 32 bits. */
static void set_test(struct pfq_step *to, u32 flags, u32 first, u32 last)
{
	to->test.mask = ~0U;
	to->test.base = first;
	to->test.span = last - first;
	if (flags & PFQ_LANG_F_ANY) {
		to->test.mask = first;
		to->test.base = 1;
		to->test.span = ~0U - 1;
	} else if (flags & PFQ_LANG_F_ALL) {
		to->test.mask = first;
		to->test.span = 0;
	} else if (flags & PFQ_LANG_F_NOT && !first && last == ~0U) {
		/* nothing is outside: 0 - 1 is not within 0 */
		to->test.mask = 0;
		to->test.base = 1;
		to->test.span = 0;
	} else if (flags & PFQ_LANG_F_NOT) {
		to->test.base = last + 1;
		to->test.span = first - last - 2;
	}
}

/* The same for values of 64 bits, which have no mask, and never all bits set. */
static void set_wide_test(struct pfq_step *to, const struct pfq_lang_step *from)
{
	u64 first = from->arg[0], last = from->arg[1];

	to->arg[0] = from->flags & PFQ_LANG_F_NOT ? last + 1 : first;
	to->arg[1] = from->flags & PFQ_LANG_F_NOT ? first - last - 2 : last - first;
}

static void set_args(struct pfq_step *to, const struct pfq_lang_step *from, void *object)
{
	const struct pfq_lang_row *row = pfq_lang_row(from->symbol);

	to->arg[0] = from->arg[0];
	to->arg[1] = from->arg[1];
	switch (row->args) {
	case PFQ_LANG_ARGS_PORT:
	case PFQ_LANG_ARGS_VLAN:
	case PFQ_LANG_ARGS_QUEUE:
		set_test(to, 0, (u32)from->arg[0], (u32)from->arg[1]);
		return;
	case PFQ_LANG_ARGS_FIELD:
		set_test(to, from->flags, (u32)from->arg[0], (u32)(from->arg[0] >> 32));
		to->test.place = (u32)from->arg[1];
		return;
	case PFQ_LANG_ARGS_PROPERTY:
		to->test.base = (u32)from->arg[0];
		to->test.place = (u32)from->arg[1];
		return;
	case PFQ_LANG_ARGS_OCTETS:
		set_wide_test(to, from);
		return;
	}
	if (row->args == PFQ_LANG_ARGS_COUNTER)
		to->object = pfq_object_table(object);
	else if (row->type == PFQ_LANG_PROP)
		set_test(to, from->flags, (u32)from->arg[0], (u32)from->arg[1]);
	else if (object)
		to->object = object;
}

/* --- the program --------------------------------------------------------------------- */

/* The step that ends a program spares the switch a comparison at each step. */
static const struct pfq_step *target_of(const struct pfq_step *steps, u32 target, u32 stop)
{
	if (target == PFQ_LANG_END)
		return PFQ_DISPATCH_SWITCH ? &steps[stop + 1] : NULL;
	return &steps[target == PFQ_LANG_DROP ? stop : target];
}

/* Object @i, with state or as a list of the program. */
static void *object_of(const struct pfq_program *prog, const struct pfq_lang_hdr *hdr,
		       const void *blob, u32 i)
{
	u8 *list = (u8 *)prog + lists_offset(hdr);
	struct pfq_lang_object is;
	u32 k;

	if (prog->object[i])
		return prog->object[i];
	for (k = 0; k < i; k++) {
		is = lang_object(blob, hdr, k);
		list += pfq_lang_list_bytes(&is);
	}
	return list;
}

static void build_objects(struct pfq_program *prog, const struct pfq_lang_hdr *hdr,
			  const void *blob, struct pfq_object *const *object)
{
	struct pfq_lang_object is;
	u32 i;

	prog->objects = hdr->objects;
	prog->object = (struct pfq_object **)((u8 *)prog + objects_offset(hdr));
	for (i = 0; i < hdr->objects; i++) {
		is = lang_object(blob, hdr, i);
		if (pfq_lang_list_bytes(&is))
			pfq_lang_list_fill(object_of(prog, hdr, blob, i), &is,
					   pfq_lang_data(blob, &is));
		else
			prog->object[i] = object[i];
		if (is.kind == PFQ_LANG_KIND_FLOWS)
			prog->flows = pfq_object_table(object[i]);
	}
}

static void build_step(struct pfq_program *prog, const struct pfq_lang_hdr *hdr, const void *blob,
		       u32 i)
{
	struct pfq_lang_step from = lang_step(blob, i);
	const struct pfq_lang_row *row = pfq_lang_row(from.symbol);
	struct pfq_step *steps = prog->step, *to = &steps[i];
	u32 stop = stop_of(hdr);
	void *object = NULL;

	if (pfq_lang_args_row(row)->kind != PFQ_LANG_KIND_NONE)
		object = object_of(prog, hdr, blob, (u32)from.arg[0]);
	pfq_step_set(to, from.symbol);
	to->next[0] = target_of(steps, from.no, stop);
	to->next[1] = target_of(steps, from.yes, stop);
	set_args(to, &from, object);
	pfq_program_add(prog, from.symbol);
	if (row->args == PFQ_LANG_ARGS_PROPERTY)
		pfq_program_add(prog, (u32)from.arg[0]);
	if (row->args == PFQ_LANG_ARGS_CLASSES)
		prog->classes |= from.arg[0];
}

static void build_copy(struct pfq_program *prog, const struct pfq_step *end)
{
	pfq_step_set(&prog->step[0], PFQ_LANG_COPY);
	prog->step[0].next[0] = prog->step[0].next[1] = end;
	pfq_program_only(prog, PFQ_LANG_COPY);
}

void pfq_lang_build(struct pfq_program *prog, const struct pfq_lang_check *check, const void *blob,
		    struct pfq_object *const *object)
{
	struct pfq_lang_hdr hdr = lang_hdr(blob);
	struct pfq_step *steps = prog->step;
	u32 stop = stop_of(&hdr), i;
	const struct pfq_step *end = target_of(steps, PFQ_LANG_END, stop);

	memset(prog, 0, check->program_bytes);
	build_objects(prog, &hdr, blob, object);
	pfq_program_begin(prog);
	pfq_step_set(&steps[stop], PFQ_STEP_STOP);
	pfq_step_set(&steps[stop + 1], PFQ_STEP_END);
	for (i = 0; i < hdr.steps; i++)
		build_step(prog, &hdr, blob, i);
	if (!hdr.steps)
		build_copy(prog, end);
	else if (hdr.steps == 1 && steps[0].next[0] == end && steps[0].next[1] == end)
		pfq_program_only(prog, lang_step(blob, 0).symbol);
}
