/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "print.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "path.h"
#include "vocabulary.h"

typedef unsigned long long ull;

/* --- text that grows, up to the end of its line ------------------------------------------- */

struct writer {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void put(struct writer *to, const char *fmt, ...)
{
	static const char more[] = "...";
	size_t room = PFQ_LANG_LINE_MAX - to->used;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(to->text + to->used, room, fmt, args);
	va_end(args);
	if ((size_t)n < room) {
		to->used += (size_t)n;
		return;
	}
	to->used = PFQ_LANG_LINE_MAX - 1;
	memcpy(to->text + PFQ_LANG_LINE_MAX - sizeof(more), more, sizeof(more));
}

/* --- arguments ------------------------------------------------------------------------ */

/* A step, and the parts that its printed form needs. */
struct item {
	const struct pfq_lang_parts *parts;
	const struct pfq_lang_step *step;
	const struct pfq_lang_object *object;	/* of the step; NULL: none */
	const unsigned char *data;		/* of the object */
};

static void put_none(struct writer *to, const struct item *i)
{
	(void)to;
	(void)i;
}

static void put_number(struct writer *to, const struct item *i)
{
	put(to, " %llu", (ull)i->step->arg[0]);
}

static void put_pair(struct writer *to, uint64_t first, uint64_t last)
{
	if (first == last)
		put(to, "%llu", (ull)first);
	else
		put(to, "%llu-%llu", (ull)first, (ull)last);
}

static void put_range(struct writer *to, const struct item *i)
{
	put(to, " ");
	put_pair(to, i->step->arg[0], i->step->arg[1]);
}

static void put_ranges(struct writer *to, const struct item *i)
{
	const struct pfq_lang_range *r = (const void *)i->data;
	unsigned int k;

	for (k = 0; k < i->object->count; k++) {
		put(to, "%s", k ? ", " : " [");
		put_pair(to, r[k].first, r[k].last);
	}
	put(to, "]");
}

static void put_prefixes(struct writer *to, const struct item *i)
{
	const struct pfq_lang_prefix *p = (const void *)i->data;
	char text[INET6_ADDRSTRLEN];
	unsigned int k, n = i->object->count;

	for (k = 0; k < n; k++) {
		inet_ntop(p[k].family == 4 ? AF_INET : AF_INET6, p[k].addr, text, sizeof(text));
		put(to, "%s%s", !k ? n > 1 ? " [" : " " : ", ", text);
		if (p[k].plen != (p[k].family == 4 ? 32 : 128))
			put(to, "/%u", p[k].plen);
	}
	put(to, "%s", n > 1 ? "]" : "");
}

static void put_bits(struct writer *to, const struct item *i)
{
	put_prefixes(to, i);
	put(to, " %llu", (ull)i->step->arg[1]);
}

static void put_mac(struct writer *to, const struct item *i)
{
	int shift;

	for (shift = 40; shift >= 0; shift -= 8)
		put(to, "%c%02x", shift == 40 ? ' ' : ':',
		    (unsigned int)(i->step->arg[0] >> shift & 0xff));
}

static void put_ratio(struct writer *to, const struct item *i)
{
	put(to, " %.6g%%", (double)i->step->arg[0] * 100 / (double)(1ULL << 32));
}

/* The bits of @mask by name, or by number if @name is NULL. */
static void put_mask(struct writer *to, uint64_t mask, const char *const *name)
{
	bool is_list = mask & (mask - 1);
	unsigned int bit, n = 0;

	put(to, " %s", is_list ? "[" : "");
	for (bit = 0; bit < 64; bit++) {
		if (!(mask >> bit & 1))
			continue;
		put(to, "%s", n++ ? ", " : "");
		if (name)
			put(to, "%s", name[bit]);
		else
			put(to, "%u", bit);
	}
	put(to, "%s", is_list ? "]" : "");
}

static void put_classes(struct writer *to, const struct item *i)
{
	put_mask(to, i->step->arg[0], NULL);
}

static void put_key(struct writer *to, const struct item *i)
{
#define KEY_TEXT(name, text)	text,
	static const char *const keys[__PFQ_LANG_KEY_MAX] = { PFQ_LANG_KEYS(KEY_TEXT) };
#undef KEY_TEXT

	put_mask(to, i->step->arg[0] & pfq_lang_args_rows[PFQ_LANG_ARGS_KEY].max, keys);
}

static void put_place(struct writer *to, uint64_t place, bool has_two)
{
	static const char *const bases[__PFQ_LANG_BASE_MAX] = { "l2", "l3", "l4", "payload" };

	put(to, " %s %llu", bases[place & 3], (ull)(place >> 16 & 0xffff));
	if (has_two)
		put(to, " %llu", (ull)(place >> 32 & 0xffff));
	put(to, " %llu", (ull)(place >> 8 & 0xff));
}

static void put_field(struct writer *to, const struct item *i)
{
	put_place(to, i->step->arg[1], false);
}

static void put_fields(struct writer *to, const struct item *i)
{
	put_place(to, i->step->arg[1], true);
}

static void put_property(struct writer *to, const struct item *i)
{
	uint64_t symbol = i->step->arg[0];

	if (symbol != PFQ_LANG_FIELD) {
		put(to, " %s", pfq_lang_rows[symbol].text);
		return;
	}
	put(to, " (field");
	put_place(to, i->step->arg[1], false);
	put(to, ")");
}

static void put_device(struct writer *to, const struct item *i)
{
	put(to, " \"%.*s\"", (int)i->object->count, (const char *)i->data);
}

/* Most ends of further outputs are at level 0, which says nothing. */
static void put_level(struct writer *to, const struct item *i)
{
	if (i->step->arg[0] || i->step->symbol == PFQ_LANG_LEAVE)
		put_number(to, i);
}

static void put_enter(struct writer *to, const struct item *i)
{
	put_number(to, i);
	if (i->step->arg[1] > 1)
		put(to, ", up to %llu tunnels", (ull)i->step->arg[1]);
}

static void put_name(struct writer *to, const struct item *i)
{
	put(to, " %.*s", PFQ_LANG_NAME_MAX, i->object->name);
}

static void put_time(struct writer *to, uint64_t ns)
{
	/* a burst has 1 ns more, so that it is not rounded down */
	if (ns % 1000000000 <= 1)
		put(to, "%llus", (ull)ns / 1000000000);
	else
		put(to, "%.6gms", (double)ns / 1000000);
}

/* A rate in the largest unit of which it is a multiple */
static void put_rate(struct writer *to, const struct item *i)
{
	static const char *const units[] = { "", "k", "M", "G" };
	const struct pfq_lang_object *o = i->object;
	uint64_t rate = o->arg[0];
	unsigned int n = 0;

	while (n < 3 && rate && rate % 1000 == 0) {
		rate /= 1000;
		n++;
	}
	put(to, " %llu%s%s burst=", (ull)rate, units[n], o->arg[1] ? "bps" : "pps");
	put_time(to, o->arg[2]);
	if (o->kind == PFQ_LANG_KIND_RATES)
		put(to, " size=%u", o->size);
}

static void put_dup(struct writer *to, const struct item *i)
{
	const struct pfq_lang_object *o = i->object;

	put(to, " ");
	put_time(to, o->arg[0]);
	put(to, " by=%s bytes=%llu size=%u", o->arg[2] ? "frame" : "ip", (ull)o->arg[1], o->size);
}

static void put_learn(struct writer *to, const struct item *i)
{
	put_name(to, i);
	if (i->step->arg[1])
		put(to, " timeout=%llus", (ull)i->step->arg[1]);
}

static void (*const put_args[__PFQ_LANG_ARGS_MAX])(struct writer *to, const struct item *i) = {
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

/* --- steps ---------------------------------------------------------------------------- */

static void put_test(struct writer *to, const struct pfq_lang_step *s)
{
	bool is_field = pfq_lang_rows[s->symbol].args == PFQ_LANG_ARGS_FIELD;
	uint64_t first = is_field ? s->arg[0] & 0xffffffff : s->arg[0];
	uint64_t last = is_field ? s->arg[0] >> 32 : s->arg[1];
	uint64_t max = is_field ? (1ULL << 8 * (s->arg[1] >> 8 & 7)) - 1 :
		       pfq_lang_args_rows[pfq_lang_rows[s->symbol].args].max;

	if (!max)
		max = 0xffffffff;
	if (s->flags & (PFQ_LANG_F_ANY | PFQ_LANG_F_ALL)) {
		put(to, " %s 0x%llx", s->flags & PFQ_LANG_F_ANY ? "&" : "has all of", (ull)first);
	} else if (s->flags & PFQ_LANG_F_NOT || first == last || (first && last < max)) {
		put(to, " %s ", s->flags & PFQ_LANG_F_NOT ? "!=" : "==");
		put_pair(to, first, last);
	} else {
		put(to, " %s %llu", first ? ">=" : "<=", (ull)(first ? first : last));
	}
}

static void put_target(char *text, size_t size, uint16_t target)
{
	if (target == PFQ_LANG_END)
		snprintf(text, size, "end");
	else if (target == PFQ_LANG_DROP)
		snprintf(text, size, "drop");
	else
		snprintf(text, size, "%u", target);
}

static bool has_object(const struct pfq_lang_step *s)
{
	return pfq_lang_args_rows[pfq_lang_rows[s->symbol].args].kind != PFQ_LANG_KIND_NONE;
}

void pfq_lang_step_write(struct pfq_lang_line *line, const struct pfq_lang_parts *parts,
			 unsigned int step)
{
	const struct pfq_lang_step *s = &parts->step[step];
	const struct pfq_lang_row *row = &pfq_lang_rows[s->symbol];
	struct writer to = { line->text, 0 };
	struct item i = { .parts = parts, .step = s };

	if (has_object(s)) {
		i.object = &parts->object[s->arg[0]];
		i.data = parts->data + i.object->data;
	}
	put(&to, "%s", row->text);
	if (!strcmp(row->text, pfq_lang_rows[PFQ_LANG_IS_SIP].text))
		put(&to, " ports =");
	put_args[row->args](&to, &i);
	if (row->type == PFQ_LANG_PROP)
		put_test(&to, s);
	put_target(line->yes, sizeof(line->yes), s->yes);
	line->no[0] = 0;
	if (s->yes != s->no || row->type == PFQ_LANG_PRED || row->type == PFQ_LANG_PROP)
		put_target(line->no, sizeof(line->no), s->no);
}

unsigned int pfq_lang_cost(const struct pfq_lang_parts *parts)
{
	unsigned int cost[PFQ_LANG_STEPS_MAX], i;
	const struct pfq_lang_step *s;

	for (i = 0; i < parts->steps; i++) {
		s = &parts->step[i];
		cost[i] = pfq_lang_step_cost(s, has_object(s) ? parts->object[s->arg[0]].arg[1] :
							0);
	}
	return pfq_lang_path_cost(parts->step, cost, parts->steps);
}
