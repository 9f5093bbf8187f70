/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "print.h"
#include "vocabulary.h"

#define ENTRY_BYTES(name, bytes)	[PFQ_LANG_KIND_##name] = (bytes),

static const unsigned int entry_bytes[__PFQ_LANG_KIND_MAX] = {
	PFQ_LANG_KINDS(ENTRY_BYTES)
};

static bool has_target(const struct pfq_lang_parts *p, unsigned int i, uint16_t target)
{
	return target >= PFQ_LANG_DROP || (target > i && target < p->steps);
}

/* Can step @i be printed? */
static bool has_step(const struct pfq_lang_parts *p, unsigned int i)
{
	const struct pfq_lang_step *s = &p->step[i];
	unsigned int kind;

	if (s->symbol >= __PFQ_LANG_SYMBOL_MAX || !has_target(p, i, s->yes) ||
	    !has_target(p, i, s->no))
		return false;
	if (pfq_lang_rows[s->symbol].args == PFQ_LANG_ARGS_PROPERTY &&
	    s->arg[0] >= __PFQ_LANG_SYMBOL_MAX)
		return false;
	kind = pfq_lang_args_rows[pfq_lang_rows[s->symbol].args].kind;
	return kind == PFQ_LANG_KIND_NONE ||
	       (s->arg[0] < p->objects && p->object[s->arg[0]].kind == kind);
}

static bool has_data(const struct pfq_lang_parts *p, const struct pfq_lang_object *o)
{
	return o->kind < __PFQ_LANG_KIND_MAX && o->data % 4 == 0 &&
	       o->data + (uint64_t)o->count * entry_bytes[o->kind] <= p->data_bytes;
}

int pfq_lang_parts_find(struct pfq_lang_parts *parts, const void *bytes, size_t size)
{
	const struct pfq_lang_hdr *hdr = bytes;
	const unsigned char *p = bytes;
	unsigned int i;

	if (size < sizeof(*hdr) || hdr->magic != PFQ_LANG_MAGIC ||
	    hdr->version != PFQ_LANG_VERSION || hdr->steps > PFQ_LANG_STEPS_MAX ||
	    hdr->objects > PFQ_LANG_OBJECTS_MAX)
		return -EINVAL;
	parts->steps = hdr->steps;
	parts->objects = hdr->objects;
	parts->data_bytes = hdr->data_bytes;
	parts->step = (const void *)(p + sizeof(*hdr));
	parts->object = (const void *)(parts->step + hdr->steps);
	parts->data = (const void *)(parts->object + hdr->objects);
	if (size != (size_t)(parts->data - p) + parts->data_bytes)
		return -EINVAL;
	for (i = 0; i < parts->objects; i++)
		if (!has_data(parts, &parts->object[i]))
			return -EINVAL;
	for (i = 0; i < parts->steps; i++)
		if (!has_step(parts, i))
			return -EINVAL;
	return 0;
}

const struct pfq_lang_object *pfq_lang_step_object(const struct pfq_lang_parts *parts,
						   const struct pfq_lang_step *step)
{
	const struct pfq_lang_args_row *row = &pfq_lang_args_rows[pfq_lang_rows[step->symbol].args];

	return row->kind == PFQ_LANG_KIND_NONE ? NULL : &parts->object[step->arg[0]];
}
