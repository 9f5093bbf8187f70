/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

/* Data begin at a multiple of this. */
#define DATA_ALIGN	4

struct layout {
	const struct pfq_lang_list *list;
	const struct pfq_lang_made *object[PFQ_LANG_OBJECTS_MAX];	/* its first step */
	unsigned int objects, counters;
	size_t data;
};

static size_t aligned(size_t bytes)
{
	return (bytes + DATA_ALIGN - 1) & ~(size_t)(DATA_ALIGN - 1);
}

/*
 * Equal objects are one. They have a name, or data, or are the only one of their kind. A limit is
 * one only within the same use of the same expression: xor has its steps twice.
 */
static bool is_equal(const struct pfq_lang_made *x, const struct pfq_lang_made *y)
{
	const struct pfq_lang_thing *a = x->object, *b = y->object;

	if (a->is_own || b->is_own)
		return a == b && x->use == y->use;
	return a->kind == b->kind && a->count == b->count && a->bytes == b->bytes &&
	       a->size == b->size && !memcmp(a->arg, b->arg, sizeof(a->arg)) &&
	       !strcmp(a->name, b->name) && !memcmp(a->data, b->data, a->bytes);
}

static unsigned int find(const struct layout *l, const struct pfq_lang_made *m)
{
	unsigned int i;

	for (i = 0; i < l->objects && !is_equal(l->object[i], m); i++)
		;
	return i;
}

/* Returns false after an error. */
static bool collect(struct layout *l, struct pfq_lang_work *w)
{
	const struct pfq_lang_made *m;
	unsigned int i;

	for (i = 0; i < l->list->count; i++) {
		m = &l->list->made[i];
		if (!m->object || find(l, m) < l->objects)
			continue;
		if (m->object->kind == PFQ_LANG_KIND_COUNTER &&
		    ++l->counters > PFQ_LANG_COUNTERS_MAX) {
			pfq_lang_error(w, &m->place, "a program has at most %d counters",
				       PFQ_LANG_COUNTERS_MAX);
			return false;
		}
		if (l->objects == PFQ_LANG_OBJECTS_MAX) {
			pfq_lang_error(w, &m->place, "a program has at most %d lists, devices, "
				       "counters and tables", PFQ_LANG_OBJECTS_MAX);
			return false;
		}
		l->object[l->objects++] = m;
		l->data += aligned(m->object->bytes);
	}
	return true;
}

static void write_steps(const struct layout *l, struct pfq_lang_step *to)
{
	const struct pfq_lang_made *m = l->list->made;
	unsigned int i;

	for (i = 0; i < l->list->count; i++) {
		to[i] = m[i].step;
		if (pfq_lang_args_rows[pfq_lang_rows[to[i].symbol].args].kind !=
		    PFQ_LANG_KIND_NONE)
			to[i].arg[0] = find(l, &m[i]);
	}
}

static void write_objects(const struct layout *l, struct pfq_lang_object *to, unsigned char *data)
{
	const struct pfq_lang_thing *from;
	unsigned int i;
	size_t used = 0;

	for (i = 0; i < l->objects; i++) {
		from = l->object[i]->object;
		to[i] = (struct pfq_lang_object){ .kind = (uint16_t)from->kind, .size = from->size,
						  .count = from->count };
		if (from->count)
			to[i].data = (uint32_t)used;
		memcpy(to[i].arg, from->arg, sizeof(to[i].arg));
		memcpy(to[i].name, from->name, strlen(from->name));
		memcpy(data + used, from->data, from->bytes);
		used += aligned(from->bytes);
	}
}

bool pfq_lang_layout(void **bytes, size_t *size, const struct pfq_lang_list *list,
		     struct pfq_lang_work *w)
{
	struct layout l = { .list = list };
	size_t steps = list->count * sizeof(struct pfq_lang_step), objects;
	struct pfq_lang_hdr *hdr;
	unsigned char *p;

	*bytes = NULL;
	if (!collect(&l, w))
		return false;
	objects = l.objects * sizeof(struct pfq_lang_object);
	*size = sizeof(*hdr) + steps + objects + l.data;
	if (*size > PFQ_LANG_BYTES_MAX) {
		pfq_lang_error(w, &list->made[0].place, "the program takes %zu bytes; %d are "
			"allowed",
			       *size, PFQ_LANG_BYTES_MAX);
		return false;
	}
	p = calloc(1, *size);
	if (!p) {
		w->is_out_of_memory = true;
		return false;
	}
	*bytes = p;
	hdr = (void *)p;
	*hdr = (struct pfq_lang_hdr){ PFQ_LANG_MAGIC, PFQ_LANG_VERSION, list->count, l.objects,
				      (uint32_t)l.data, 0 };
	write_steps(&l, (void *)(p + sizeof(*hdr)));
	write_objects(&l, (void *)(p + sizeof(*hdr) + steps), p + sizeof(*hdr) + steps + objects);
	return true;
}
