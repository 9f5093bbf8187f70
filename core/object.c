/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "object.h"

_Static_assert(sizeof(struct pfq_count) == 64, "a lane's counter is one cache line");
_Static_assert(sizeof(struct pfq_object) % 64 == 0, "counters begin on a cache line");

u64 pfq_object_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	if (is->kind == PFQ_LANG_KIND_COUNTER)
		return sizeof(struct pfq_object) + (u64)lanes * sizeof(struct pfq_count);
	return is->kind == PFQ_LANG_KIND_DEVICE ? sizeof(struct pfq_object) : 0;
}

/* Write the object's name to @name, which is zeroed and has room for it. */
static void name_of(char *name, const struct pfq_lang_object *is, const void *data)
{
	if (is->kind == PFQ_LANG_KIND_DEVICE)
		memcpy(name, data, min_t(u32, is->count, PFQ_DEVICE_NAME_MAX));
	else
		memcpy(name, is->name, PFQ_LANG_NAME_MAX);
}

void pfq_object_init(struct pfq_object *o, const struct pfq_lang_object *is, const void *data,
		     u32 lanes)
{
	o->kind = is->kind;
	o->bytes = pfq_object_bytes(is, lanes);
	name_of(o->name, is, data);
}

bool pfq_object_is_like(const struct pfq_object *o, const struct pfq_lang_object *is,
			const void *data, u32 lanes)
{
	char name[PFQ_DEVICE_NAME_MAX + 1] = { 0 };

	if (o->kind != is->kind || o->bytes != pfq_object_bytes(is, lanes))
		return false;
	name_of(name, is, data);
	return !strncmp(o->name, name, sizeof(name));
}

struct pfq_count pfq_object_count(const struct pfq_object *o)
{
	u64 lanes = (o->bytes - sizeof(*o)) / sizeof(o->count[0]), i;
	struct pfq_count sum = { 0 };

	for (i = 0; i < lanes; i++) {
		sum.packets += READ_ONCE(o->count[i].packets);
		sum.bytes += READ_ONCE(o->count[i].bytes);
	}
	return sum;
}
