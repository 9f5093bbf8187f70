/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "print_args.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include "vocabulary.h"

typedef unsigned long long ull;

/* A step, and what its printed form needs. */
struct item {
	const struct pfq_lang_step *step;
	const struct pfq_lang_object *object;	/* of the step; NULL: none */
	const unsigned char *data;		/* of the object */
};

static void put_none(struct pfq_lang_writer *to, const struct item *i)
{
	(void)to;
	(void)i;
}

static void put_number(struct pfq_lang_writer *to, const struct item *i)
{
	pfq_lang_put(to, " %llu", (ull)i->step->arg[0]);
}

static void put_pair(struct pfq_lang_writer *to, uint64_t first, uint64_t last)
{
	if (first == last)
		pfq_lang_put(to, "%llu", (ull)first);
	else
		pfq_lang_put(to, "%llu-%llu", (ull)first, (ull)last);
}

static void put_range(struct pfq_lang_writer *to, const struct item *i)
{
	pfq_lang_put(to, " ");
	put_pair(to, i->step->arg[0], i->step->arg[1]);
}

static void put_ranges(struct pfq_lang_writer *to, const struct item *i)
{
	const struct pfq_lang_range *r = (const void *)i->data;
	unsigned int k;

	for (k = 0; k < i->object->count; k++) {
		pfq_lang_put(to, "%s", k ? ", " : " [");
		put_pair(to, r[k].first, r[k].last);
	}
	pfq_lang_put(to, "]");
}

static void put_prefixes(struct pfq_lang_writer *to, const struct item *i)
{
	const struct pfq_lang_prefix *p = (const void *)i->data;
	char text[INET6_ADDRSTRLEN];
	unsigned int k, n = i->object->count;

	for (k = 0; k < n; k++) {
		inet_ntop(p[k].family == 4 ? AF_INET : AF_INET6, p[k].addr, text, sizeof(text));
		pfq_lang_put(to, "%s%s", !k ? n > 1 ? " [" : " " : ", ", text);
		if (p[k].plen != (p[k].family == 4 ? 32 : 128))
			pfq_lang_put(to, "/%u", p[k].plen);
	}
	pfq_lang_put(to, "%s", n > 1 ? "]" : "");
}

static void put_bits(struct pfq_lang_writer *to, const struct item *i)
{
	put_prefixes(to, i);
	pfq_lang_put(to, " %llu", (ull)i->step->arg[1]);
}

static void put_mac(struct pfq_lang_writer *to, const struct item *i)
{
	int shift;

	for (shift = 40; shift >= 0; shift -= 8)
		pfq_lang_put(to, "%c%02x", shift == 40 ? ' ' : ':',
		    (unsigned int)(i->step->arg[0] >> shift & 0xff));
}

static void put_ratio(struct pfq_lang_writer *to, const struct item *i)
{
	pfq_lang_put(to, " %.6g%%", (double)i->step->arg[0] * 100 / (double)(1ULL << 32));
}

/* The bits of @mask by name, or by number if @name is NULL. */
static void put_mask(struct pfq_lang_writer *to, uint64_t mask, const char *const *name)
{
	bool is_list = mask & (mask - 1);
	unsigned int bit, n = 0;

	pfq_lang_put(to, " %s", is_list ? "[" : "");
	for (bit = 0; bit < 64; bit++) {
		if (!(mask >> bit & 1))
			continue;
		pfq_lang_put(to, "%s", n++ ? ", " : "");
		if (name)
			pfq_lang_put(to, "%s", name[bit]);
		else
			pfq_lang_put(to, "%u", bit);
	}
	pfq_lang_put(to, "%s", is_list ? "]" : "");
}

static void put_classes(struct pfq_lang_writer *to, const struct item *i)
{
	put_mask(to, i->step->arg[0], NULL);
}

static void put_key(struct pfq_lang_writer *to, const struct item *i)
{
#define KEY_TEXT(name, text)	text,
	static const char *const keys[__PFQ_LANG_KEY_MAX] = { PFQ_LANG_KEYS(KEY_TEXT) };
#undef KEY_TEXT

	put_mask(to, i->step->arg[0] & pfq_lang_args_rows[PFQ_LANG_ARGS_KEY].max, keys);
}

static void put_place(struct pfq_lang_writer *to, uint64_t place, bool has_two)
{
	static const char *const bases[__PFQ_LANG_BASE_MAX] = { "l2", "l3", "l4", "payload" };

	pfq_lang_put(to, " %s %llu", bases[place & 3], (ull)(place >> 16 & 0xffff));
	if (has_two)
		pfq_lang_put(to, " %llu", (ull)(place >> 32 & 0xffff));
	pfq_lang_put(to, " %llu", (ull)(place >> 8 & 0xff));
}

static void put_field(struct pfq_lang_writer *to, const struct item *i)
{
	put_place(to, i->step->arg[1], false);
}

static void put_fields(struct pfq_lang_writer *to, const struct item *i)
{
	put_place(to, i->step->arg[1], true);
}

static void put_property(struct pfq_lang_writer *to, const struct item *i)
{
	uint64_t symbol = i->step->arg[0];

	if (symbol != PFQ_LANG_FIELD) {
		pfq_lang_put(to, " %s", pfq_lang_rows[symbol].text);
		return;
	}
	pfq_lang_put(to, " (field");
	put_place(to, i->step->arg[1], false);
	pfq_lang_put(to, ")");
}

static void put_device(struct pfq_lang_writer *to, const struct item *i)
{
	pfq_lang_put(to, " \"%.*s\"", (int)i->object->count, (const char *)i->data);
}

/* Most ends of further outputs are at level 0, which says nothing. */
static void put_level(struct pfq_lang_writer *to, const struct item *i)
{
	if (i->step->arg[0] || i->step->symbol == PFQ_LANG_LEAVE)
		put_number(to, i);
}

static void put_enter(struct pfq_lang_writer *to, const struct item *i)
{
	put_number(to, i);
	if (i->step->arg[1] > 1)
		pfq_lang_put(to, ", up to %llu tunnels", (ull)i->step->arg[1]);
}

static void put_name(struct pfq_lang_writer *to, const struct item *i)
{
	pfq_lang_put(to, " %.*s", PFQ_LANG_NAME_MAX, i->object->name);
}

static void put_time(struct pfq_lang_writer *to, uint64_t ns)
{
	/* a burst has 1 ns more, so that it is not rounded down */
	if (ns % 1000000000 <= 1)
		pfq_lang_put(to, "%llus", (ull)ns / 1000000000);
	else
		pfq_lang_put(to, "%.6gms", (double)ns / 1000000);
}

/* A rate in the largest unit of which it is a multiple */
static void put_rate(struct pfq_lang_writer *to, const struct item *i)
{
	static const char *const units[] = { "", "k", "M", "G" };
	const struct pfq_lang_object *o = i->object;
	uint64_t rate = o->arg[0];
	unsigned int n = 0;

	while (n < 3 && rate && rate % 1000 == 0) {
		rate /= 1000;
		n++;
	}
	pfq_lang_put(to, " %llu%s%s burst=", (ull)rate, units[n], o->arg[1] ? "bps" : "pps");
	put_time(to, o->arg[2]);
	if (o->kind == PFQ_LANG_KIND_RATES)
		pfq_lang_put(to, " size=%u", o->size);
}

static void put_dup(struct pfq_lang_writer *to, const struct item *i)
{
	const struct pfq_lang_object *o = i->object;

	pfq_lang_put(to, " ");
	put_time(to, o->arg[0]);
	pfq_lang_put(to, " by=%s bytes=%llu size=%u", o->arg[2] ? "frame" : "ip", (ull)o->arg[1],
		     o->size);
}

static void put_learn(struct pfq_lang_writer *to, const struct item *i)
{
	put_name(to, i);
	if (i->step->arg[1])
		pfq_lang_put(to, " timeout=%llus", (ull)i->step->arg[1]);
}

static void (*const put_args[__PFQ_LANG_ARGS_MAX])(struct pfq_lang_writer *to,
						    const struct item *i) = {
	[PFQ_LANG_ARGS_NONE] = put_none, [PFQ_LANG_ARGS_LEVEL] = put_level,
	[PFQ_LANG_ARGS_PERCENT] = put_none, [PFQ_LANG_ARGS_PACKETS] = put_none,
	[PFQ_LANG_ARGS_OCTETS] = put_none,
	[PFQ_LANG_ARGS_U8] = put_number, [PFQ_LANG_ARGS_U16] = put_number,
	[PFQ_LANG_ARGS_U32] = put_number, [PFQ_LANG_ARGS_MEMBER] = put_number,
	[PFQ_LANG_ARGS_SLICE] = put_number, [PFQ_LANG_ARGS_BYTES] = put_number,
	[PFQ_LANG_ARGS_SLOT] = put_number,
	[PFQ_LANG_ARGS_PORT] = put_range, [PFQ_LANG_ARGS_VLAN] = put_range,
	[PFQ_LANG_ARGS_QUEUE] = put_range,
	[PFQ_LANG_ARGS_PORTS] = put_ranges, [PFQ_LANG_ARGS_VLANS] = put_ranges,
	[PFQ_LANG_ARGS_PREFIXES] = put_prefixes, [PFQ_LANG_ARGS_BITS] = put_bits,
	[PFQ_LANG_ARGS_MAC] = put_mac, [PFQ_LANG_ARGS_RATIO] = put_ratio,
	[PFQ_LANG_ARGS_CLASSES] = put_classes, [PFQ_LANG_ARGS_KEY] = put_key,
	[PFQ_LANG_ARGS_FIELD] = put_field, [PFQ_LANG_ARGS_FIELD8] = put_field,
	[PFQ_LANG_ARGS_FIELDS8] = put_fields, [PFQ_LANG_ARGS_PROPERTY] = put_property,
	[PFQ_LANG_ARGS_DEVICE] = put_device, [PFQ_LANG_ARGS_COUNTER] = put_name,
	[PFQ_LANG_ARGS_DUP] = put_dup,
	[PFQ_LANG_ARGS_RATE] = put_rate, [PFQ_LANG_ARGS_RATES] = put_rate,
	[PFQ_LANG_ARGS_SET_ADDR] = put_name, [PFQ_LANG_ARGS_SET_MAC] = put_name,
	[PFQ_LANG_ARGS_SET_FLOW] = put_name, [PFQ_LANG_ARGS_SET_PORT] = put_name,
	[PFQ_LANG_ARGS_SET_VLAN] = put_name, [PFQ_LANG_ARGS_LEARN_ADDR] = put_learn,
	[PFQ_LANG_ARGS_LEARN_FLOW] = put_learn,
	[PFQ_LANG_ARGS_ENTER] = put_enter,
};

static void put_test(struct pfq_lang_writer *to, const struct pfq_lang_step *s)
{
	bool is_field = pfq_lang_rows[s->symbol].args == PFQ_LANG_ARGS_FIELD;
	uint64_t first = is_field ? s->arg[0] & 0xffffffff : s->arg[0];
	uint64_t last = is_field ? s->arg[0] >> 32 : s->arg[1];
	uint64_t max = is_field ? (1ULL << 8 * (s->arg[1] >> 8 & 7)) - 1 :
		       pfq_lang_args_rows[pfq_lang_rows[s->symbol].args].max;

	if (!max)
		max = 0xffffffff;
	if (s->flags & (PFQ_LANG_F_ANY | PFQ_LANG_F_ALL)) {
		pfq_lang_put(to, " %s 0x%llx", s->flags & PFQ_LANG_F_ANY ? "&" : "has all of",
			     (ull)first);
	} else if (s->flags & PFQ_LANG_F_NOT || first == last || (first && last < max)) {
		pfq_lang_put(to, " %s ", s->flags & PFQ_LANG_F_NOT ? "!=" : "==");
		put_pair(to, first, last);
	} else {
		pfq_lang_put(to, " %s %llu", first ? ">=" : "<=", (ull)(first ? first : last));
	}
}

void pfq_lang_args_put(struct pfq_lang_writer *to, const struct pfq_lang_parts *parts,
		       const struct pfq_lang_step *step)
{
	const struct pfq_lang_row *row = &pfq_lang_rows[step->symbol];
	struct item i = { .step = step, .object = pfq_lang_step_object(parts, step) };

	if (i.object)
		i.data = parts->data + i.object->data;
	put_args[row->args](to, &i);
	if (row->type == PFQ_LANG_PROP)
		put_test(to, step);
}
