/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "object.h"
#include "dup.h"
#include "flows.h"
#include "rate.h"
#include "bits.h"
#include "set.h"

_Static_assert(sizeof(struct pfq_count) == 64, "a lane's counter is one cache line");
_Static_assert(sizeof(struct pfq_object) % 64 == 0, "counters and tables begin on a cache line");

/* --- kinds --------------------------------------------------------------------------- */

static u64 counter_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	(void)is;
	return (u64)lanes * sizeof(struct pfq_count);
}

static u64 set_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	(void)lanes;
	return pfq_set_bytes(is->size);
}

static u64 bits_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	(void)lanes;
	return pfq_bits_bytes(is->kind == PFQ_LANG_KIND_SET_PORT ? PFQ_BITS_PORTS : PFQ_BITS_VLANS);
}

static void set_init(void *table, const struct pfq_lang_object *is, const void *data, u32 seed)
{
	(void)data;
	pfq_set_init(table, is->size, seed);
}

static u64 no_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	(void)is;
	(void)lanes;
	return 0;
}

static u64 flows_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	(void)lanes;
	return pfq_flows_bytes(is->size);
}

static void flows_init(void *table, const struct pfq_lang_object *is, const void *data, u32 seed)
{
	(void)data;
	(void)seed;
	pfq_flows_init(table, is->size, is->arg[0]);
}

/* RATE has size 0, and no keys. */
static u64 rate_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	(void)lanes;
	return pfq_rate_bytes(is->size);
}

static void rate_init(void *table, const struct pfq_lang_object *is, const void *data, u32 seed)
{
	(void)data;
	(void)seed;
	/* the verifier has checked the limits */
	pfq_rate_init(table, is->size, (enum pfq_rate_unit)is->arg[1], is->arg[0], is->arg[2]);
}

static u64 dup_bytes_of(const struct pfq_lang_object *is, u32 lanes)
{
	(void)lanes;
	return pfq_dup_bytes(is->size);
}

static void dup_init(void *table, const struct pfq_lang_object *is, const void *data, u32 seed)
{
	(void)data;
	(void)seed;
	pfq_dup_init(table, is->size, is->arg[0]);
}

/*
 * A kind with state. @args of the wire form's arguments must be equal for a program to take over
 * the object, besides kind, name and size.
 */
struct object_row {
	/* behind struct pfq_object; NULL: the kind has no state, and no object either */
	u64	(*bytes)(const struct pfq_lang_object *is, u32 lanes);
	/* NULL: zeroed memory is right */
	void	(*init)(void *table, const struct pfq_lang_object *is, const void *data, u32 seed);
	bool	is_adopted;
	u8	args;
};

static const struct object_row object_rows[__PFQ_LANG_KIND_MAX] = {
	[PFQ_LANG_KIND_DEVICE] = { no_bytes, NULL, true, 0 },
	[PFQ_LANG_KIND_COUNTER] = { counter_bytes, NULL, true, 0 },
	[PFQ_LANG_KIND_FLOWS] = { flows_bytes, flows_init, true, 1 },
	[PFQ_LANG_KIND_RATE] = { rate_bytes, rate_init, false, 0 },
	[PFQ_LANG_KIND_RATES] = { rate_bytes, rate_init, false, 0 },
	[PFQ_LANG_KIND_DUP] = { dup_bytes_of, dup_init, false, 0 },
	[PFQ_LANG_KIND_SET_ADDR] = { set_bytes, set_init, true, 0 },
	[PFQ_LANG_KIND_SET_MAC] = { set_bytes, set_init, true, 0 },
	[PFQ_LANG_KIND_SET_FLOW] = { set_bytes, set_init, true, 0 },
	[PFQ_LANG_KIND_SET_PORT] = { bits_bytes, NULL, true, 0 },
	[PFQ_LANG_KIND_SET_VLAN] = { bits_bytes, NULL, true, 0 },
};

/* ------------------------------------------------------------------------------------- */

u64 pfq_object_bytes(const struct pfq_lang_object *is, u32 lanes)
{
	const struct object_row *row = &object_rows[is->kind];

	return row->bytes ? sizeof(struct pfq_object) + row->bytes(is, lanes) : 0;
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
		     u32 lanes, u32 seed)
{
	const struct object_row *row = &object_rows[is->kind];

	o->kind = is->kind;
	o->bytes = pfq_object_bytes(is, lanes);
	o->size = is->size;
	o->seed = seed;
	memcpy(o->arg, is->arg, sizeof(o->arg));
	name_of(o->name, is, data);
	if (row->init)
		row->init(pfq_object_table(o), is, data, seed);
}

bool pfq_object_is_like(const struct pfq_object *o, const struct pfq_lang_object *is,
			const void *data, u32 lanes)
{
	const struct object_row *row = &object_rows[is->kind];
	char name[PFQ_DEVICE_NAME_MAX + 1] = { 0 };
	u32 i;

	if (!row->is_adopted || o->kind != is->kind || o->size != is->size ||
	    o->bytes != pfq_object_bytes(is, lanes))
		return false;
	for (i = 0; i < row->args; i++)
		if (o->arg[i] != is->arg[i])
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
