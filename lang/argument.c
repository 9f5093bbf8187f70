/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "argument.h"

#include <linux/pfq.h>
#include <string.h>
#include "option.h"
#include "state.h"
#include "take.h"

#define NS_PER_S	1000000000ULL

/* --- a function for each kind of arguments ------------------------------------------------- */

static bool take_none(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	(void)call;
	(void)args;
	return true;
}

static bool take_one_number(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	return pfq_lang_take_number(call, 0, args == PFQ_LANG_ARGS_SLICE ? PFQ_LANG_SLICE_MIN : 0,
			   pfq_lang_args_rows[args].max, &call->word[0]);
}

static bool take_range(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	struct pfq_lang_ranges list;

	if (!pfq_lang_take_ranges(call, pfq_lang_args_rows[args].max, &list))
		return false;
	if (list.count > 1)
		return pfq_lang_take_fail(call, &call->arg[0]->place, "; this list has several");
	call->word[0] = list.range[0].first;
	call->word[1] = list.range[0].last;
	return true;
}

static bool take_range_list(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	bool is_vlan = args == PFQ_LANG_ARGS_VLANS;
	struct pfq_lang_ranges list;

	if (!pfq_lang_take_ranges(call, pfq_lang_args_rows[is_vlan ? PFQ_LANG_ARGS_VLAN :
						  PFQ_LANG_ARGS_PORT].max, &list))
		return false;
	call->object = pfq_lang_thing_new(call->work, pfq_lang_args_rows[args].kind, "", list.range,
					  sizeof(*list.range), list.count);
	return call->object != NULL;
}

static bool take_mac(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	struct pfq_lang_value value;
	unsigned int count;
	const struct pfq_lang_value *v = pfq_lang_take_values(call, 0, &count);

	(void)args;
	if (!v)
		return false;
	if (count > 1 || !pfq_lang_take_as(&value, v, PFQ_VALUE_MAC))
		return pfq_lang_take_misfit(call, call->arg[0], count > 1 ? NULL : v);
	call->word[0] = value.first;
	return true;
}

static bool take_ratio(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	const struct pfq_lang_value *v = pfq_lang_take_value(call, 0, PFQ_VALUE_RATIO);

	(void)args;
	if (v)
		call->word[0] = v->first;
	return v;
}

static bool take_classes(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	struct pfq_lang_ranges list;
	unsigned int i, class;

	(void)args;
	if (!pfq_lang_take_ranges(call, 63, &list))
		return false;
	call->word[0] = 0;
	for (i = 0; i < list.count; i++)
		for (class = list.range[i].first; class <= list.range[i].last; class++)
			call->word[0] |= 1ULL << class;
	return true;
}

static bool take_base(struct pfq_lang_call *call, uint64_t *base)
{
	static const char *const bases[__PFQ_LANG_BASE_MAX] = { "l2", "l3", "l4", "payload" };
	const struct pfq_lang_value *v = pfq_lang_take_value(call, 0, PFQ_VALUE_NAME);

	if (!v)
		return false;
	for (*base = 0; *base < __PFQ_LANG_BASE_MAX; ++*base)
		if (!strcmp(v->text, bases[*base]))
			return true;
	return pfq_lang_take_misfit(call, call->arg[0], v);
}

/* base, offset, bytes; or base, two offsets, bytes */
static bool take_field(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	bool has_two = args == PFQ_LANG_ARGS_FIELDS8;
	uint64_t base, off, off2 = 0, bytes;

	if (!take_base(call, &base) || !pfq_lang_take_number(call, 1, 0, 0xffff, &off) ||
	    (has_two && !pfq_lang_take_number(call, 2, 0, 0xffff, &off2)) ||
	    !pfq_lang_take_number(call, 2 + has_two, 1, args == PFQ_LANG_ARGS_FIELD ? 4 : 8,
				  &bytes))
		return false;
	call->word[1] = PFQ_LANG_FIELD(base, bytes, off, off2);
	return true;
}

static bool take_key(struct pfq_lang_call *call, enum pfq_lang_args args)
{
#define KEY_TEXT(name, text)	text,
	static const char *const keys[__PFQ_LANG_KEY_MAX] = { PFQ_LANG_KEYS(KEY_TEXT) };
#undef KEY_TEXT
	unsigned int i, k, count;
	const struct pfq_lang_value *v = pfq_lang_take_values(call, 0, &count);

	(void)args;
	call->word[0] = 0;
	for (i = 0; v && i < count; i++) {
		for (k = 0; k < __PFQ_LANG_KEY_MAX; k++)
			if (v[i].type == PFQ_VALUE_NAME && !strcmp(v[i].text, keys[k]))
				break;
		if (k == __PFQ_LANG_KEY_MAX)
			return pfq_lang_take_misfit(call, call->arg[0], &v[i]);
		call->word[0] |= 1ULL << k;
	}
	return v;
}

static bool take_property(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	const struct pfq_lang_term *t = call->arg[0];

	(void)args;
	if (t->kind != PFQ_TERM_PROPERTY)
		return pfq_lang_take_misfit(call, t, NULL);
	call->word[0] = t->symbol;
	call->word[1] = t->arg[1];
	call->object = t->object;
	return true;
}

static bool take_list(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	(void)args;
	return pfq_lang_take_prefixes(call);
}

static bool take_bits(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	(void)args;
	return pfq_lang_take_prefixes(call) &&
	       pfq_lang_take_number(call, 1, 0, 128, &call->word[1]);
}

static bool take_device(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	const struct pfq_lang_value *v = pfq_lang_take_value(call, 0, PFQ_VALUE_TEXT);
	const char *c;

	(void)args;
	if (!v)
		return false;
	for (c = v->text; *c > ' ' && *c != '/' && *c != 0x7f; c++)
		;
	if (*c || c == v->text || c - v->text > PFQ_DEVICE_NAME_MAX)
		return pfq_lang_take_fail(call, &v->place, "; no device can have this name");
	call->object = pfq_lang_thing_new(call->work, PFQ_LANG_KIND_DEVICE, "", v->text, 1,
					  (unsigned int)(c - v->text));
	return call->object != NULL;
}

static bool take_counter(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	const struct pfq_lang_value *v = pfq_lang_take_value(call, 0, PFQ_VALUE_NAME);

	(void)args;
	if (!v)
		return false;
	call->object = pfq_lang_thing_new(call->work, PFQ_LANG_KIND_COUNTER, v->text, "", 0, 0);
	return call->object != NULL;
}

static bool take_flows(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	(void)args;
	call->object = pfq_lang_flows(call->work);
	return call->object != NULL;
}

static bool take_rate(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	const struct pfq_lang_value *v = pfq_lang_take_value(call, 0, PFQ_VALUE_RATE);

	if (!v)
		return false;
	call->object = pfq_lang_rate(call, pfq_lang_args_rows[args].kind, v);
	return call->object != NULL;
}

static bool take_dup(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	const struct pfq_lang_value *v = pfq_lang_take_value(call, 0, PFQ_VALUE_TIME);

	(void)args;
	if (!v)
		return false;
	call->object = pfq_lang_dup(call, v);
	return call->object != NULL;
}

static bool take_set(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	unsigned int kind = pfq_lang_args_rows[args].kind;
	const struct pfq_lang_value *v;

	v = pfq_lang_take_value(call, 0, PFQ_VALUE_SET_ADDR + (kind - PFQ_LANG_KIND_SET_ADDR));
	if (v)
		call->object = v->set;
	return v;
}

/* The set, and for how long: the set's own timeout if there is no option. */
static bool take_learn(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	uint64_t ns;

	if (!take_set(call, args))
		return false;
	ns = call->object->arg[0] * NS_PER_S;
	if (!pfq_lang_option_take(call, "timeout", PFQ_VALUE_TIME, NS_PER_S,
				  PFQ_LANG_TIMEOUT_MAX * NS_PER_S, &ns))
		return false;
	call->word[1] = (ns + NS_PER_S - 1) / NS_PER_S;
	return true;
}

#define PORTS_WANTED	"ports (53, 5060-5061, a list, a set of ports)"
#define VLANS_WANTED	"VLAN ids (7, 100-199, a list, a set of VLAN ids)"

static const struct {
	unsigned int number;
	bool (*take)(struct pfq_lang_call *call, enum pfq_lang_args args);
	const char *wanted;
} rows[__PFQ_LANG_ARGS_MAX] = {
	[PFQ_LANG_ARGS_NONE] = { 0, take_none, "no argument" },
	[PFQ_LANG_ARGS_PERCENT] = { 0, take_none, "no argument" },
	[PFQ_LANG_ARGS_U8] = { 1, take_one_number, "a number up to 255" },
	[PFQ_LANG_ARGS_U16] = { 1, take_one_number, "a number up to 65535" },
	[PFQ_LANG_ARGS_U32] = { 1, take_one_number, "a number up to 4294967295" },
	[PFQ_LANG_ARGS_PORT] = { 1, take_range, PORTS_WANTED },
	[PFQ_LANG_ARGS_PORTS] = { 1, take_range_list, PORTS_WANTED },
	[PFQ_LANG_ARGS_SET_PORT] = { 1, take_set, PORTS_WANTED },
	[PFQ_LANG_ARGS_VLAN] = { 1, take_range, VLANS_WANTED },
	[PFQ_LANG_ARGS_VLANS] = { 1, take_range_list, VLANS_WANTED },
	[PFQ_LANG_ARGS_SET_VLAN] = { 1, take_set, VLANS_WANTED },
	[PFQ_LANG_ARGS_QUEUE] = { 1, take_range, "a receive queue (3, 0-7)" },
	[PFQ_LANG_ARGS_MAC] = { 1, take_mac, "a MAC address (00:11:22:33:44:55)" },
	[PFQ_LANG_ARGS_RATIO] = { 1, take_ratio, "a share (1/100, 0.5%)" },
	[PFQ_LANG_ARGS_CLASSES] = { 1, take_classes, "classes (1, [1, 2])" },
	[PFQ_LANG_ARGS_MEMBER] = { 1, take_one_number, "the number of a member, from 0 to 255" },
	[PFQ_LANG_ARGS_SLICE] = { 1, take_one_number, "a number of bytes, from 14 to 262144" },
	[PFQ_LANG_ARGS_BYTES] = { 1, take_one_number, "a number of bytes, up to 262144" },
	[PFQ_LANG_ARGS_FIELD] = { 3, take_field, "l2, l3, l4 or payload, an offset, and 1 to 4 "
		"bytes" },
	[PFQ_LANG_ARGS_FIELD8] = { 3, take_field,
				   "l2, l3, l4 or payload, an offset, and 1 to 8 bytes" },
	[PFQ_LANG_ARGS_FIELDS8] = { 4, take_field,
				    "l2, l3, l4 or payload, two offsets, and 1 to 8 bytes" },
	[PFQ_LANG_ARGS_KEY] = { 1, take_key, "fields ([src_ip, dst_ip, proto])" },
	[PFQ_LANG_ARGS_PROPERTY] = { 1, take_property, "a property (ip_ttl, (field l4 0 2))" },
	[PFQ_LANG_ARGS_PREFIXES] = { 1, take_list, "addresses (10.0.0.0/8, 2001:db8::/32, a "
		"list)" },
	[PFQ_LANG_ARGS_BITS] = { 2, take_bits, "addresses and a number of bits (10.0.0.0/8 24)" },
	[PFQ_LANG_ARGS_DEVICE] = { 1, take_device, "a device's name in quotes (\"eth0\")" },
	[PFQ_LANG_ARGS_COUNTER] = { 1, take_counter, "a name for the counter (web)" },
	[PFQ_LANG_ARGS_PACKETS] = { 0, take_flows, "no argument" },
	[PFQ_LANG_ARGS_OCTETS] = { 0, take_flows, "no argument" },
	[PFQ_LANG_ARGS_RATE] = { 1, take_rate, "a rate (1000pps, 100Mbps burst=50ms)" },
	[PFQ_LANG_ARGS_DUP] = { 1, take_dup, "a time (2ms by=ip bytes=256 size=64K)" },
	[PFQ_LANG_ARGS_RATES] = { 1, take_rate, "a rate (1000pps burst=50 size=16K)" },
	[PFQ_LANG_ARGS_SET_ADDR] = { 1, take_set, "addresses (10.0.0.0/8, 2001:db8::/32, a list, "
		"a set of addresses)" },
	[PFQ_LANG_ARGS_SET_MAC] = { 1, take_set, "MAC addresses (00:11:22:33:44:55, a list, a set "
		"of MAC addresses)" },
	[PFQ_LANG_ARGS_SET_FLOW] = { 1, take_set, "a set of flows" },
	[PFQ_LANG_ARGS_LEARN_ADDR] = { 1, take_learn, "a set of addresses (attackers "
		"timeout=60s)" },
	[PFQ_LANG_ARGS_LEARN_FLOW] = { 1, take_learn, "a set of flows (conns timeout=60s)" },
};

/* names, with spaces between them */
static const char *const options[__PFQ_LANG_ARGS_MAX] = {
	[PFQ_LANG_ARGS_RATE] = "burst",
	[PFQ_LANG_ARGS_RATES] = "burst size",
	[PFQ_LANG_ARGS_DUP] = "by bytes size",
	[PFQ_LANG_ARGS_LEARN_ADDR] = "timeout",
	[PFQ_LANG_ARGS_LEARN_FLOW] = "timeout",
};

bool pfq_lang_arguments_take(struct pfq_lang_call *call, enum pfq_lang_args args)
{
	call->is_whole = false;
	call->word[0] = 0;
	call->word[1] = 0;
	call->object = NULL;
	return rows[args].take(call, args);
}

unsigned int pfq_lang_arguments_number(enum pfq_lang_args args)
{
	return rows[args].number;
}

bool pfq_lang_arguments_want_set(enum pfq_lang_args args)
{
	return rows[args].take == take_set || rows[args].take == take_learn;
}

const char *pfq_lang_arguments_wanted(enum pfq_lang_args args)
{
	return rows[args].wanted;
}

const char *pfq_lang_arguments_options(enum pfq_lang_args args)
{
	return options[args];
}
