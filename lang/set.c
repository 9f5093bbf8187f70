/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "set.h"

#include <stdlib.h>
#include <string.h>
#include "list.h"
#include "option.h"
#include "take.h"
#include "value.h"

#define NS_PER_S	1000000000ULL
#define SIZE_USUAL	(64U << 10)
#define MAC_BITS	48

/* in the order of the kinds in linux/pfq_lang.h, as the types of values are */
static const char *const set_items[] = {
	"addresses", "MAC addresses", "flows", "ports", "VLAN ids",
};

static unsigned int type_number(const struct pfq_lang_thing *t)
{
	return t->kind - PFQ_LANG_KIND_SET_ADDR;
}

/* --- items ---------------------------------------------------------------------------- */

static bool refuse_item(struct pfq_lang_work *w, const struct pfq_lang_thing *t,
			const struct pfq_lang_value *v)
{
	pfq_lang_error(w, &v->place, "a set of %s does not hold %s: %.60s",
		       set_items[type_number(t)], pfq_lang_literal_name(v->type), v->text);
	return false;
}

static void append(struct pfq_lang_thing *t, const void *entry, size_t bytes)
{
	memcpy((unsigned char *)t->data + t->bytes, entry, bytes);
	t->bytes += bytes;
	t->count++;
}

static bool add_addr(struct pfq_lang_work *w, struct pfq_lang_thing *t,
		     const struct pfq_lang_value *v)
{
	struct pfq_lang_value value;

	if (!pfq_lang_take_as(&value, v, PFQ_VALUE_ADDR))
		return refuse_item(w, t, v);
	append(t, &value.prefix, sizeof(value.prefix));
	return true;
}

static bool add_mac(struct pfq_lang_work *w, struct pfq_lang_thing *t,
		    const struct pfq_lang_value *v)
{
	struct pfq_lang_prefix p = { .plen = MAC_BITS, .family = PFQ_LANG_FAMILY_MAC };
	struct pfq_lang_value value;
	unsigned int i;

	if (!pfq_lang_take_as(&value, v, PFQ_VALUE_MAC))
		return refuse_item(w, t, v);
	for (i = 0; i < 6; i++)
		p.addr[i] = (uint8_t)(value.first >> (40 - 8 * i));
	append(t, &p, sizeof(p));
	return true;
}

static bool add_flow(struct pfq_lang_work *w, struct pfq_lang_thing *t,
		     const struct pfq_lang_value *v)
{
	(void)t;
	pfq_lang_error(w, &v->place, "a set of flows has no items in the text; learn_flow and "
		       "pfqctl set add flows");
	return false;
}

static bool add_range(struct pfq_lang_work *w, struct pfq_lang_thing *t,
		      const struct pfq_lang_value *v)
{
	uint64_t max = t->kind == PFQ_LANG_KIND_SET_PORT ? 65535 : 4094;
	struct pfq_lang_range r = { (uint16_t)v->first, (uint16_t)v->last };

	if (v->type != PFQ_VALUE_NUMBER && v->type != PFQ_VALUE_RANGE)
		return refuse_item(w, t, v);
	if (v->last > max) {
		pfq_lang_error(w, &v->place, "%.40s is not from 0 to %llu", v->text,
			       (unsigned long long)max);
		return false;
	}
	append(t, &r, sizeof(r));
	return true;
}

static const struct set_type {
	const char *name;
	bool has_size;		/* and a timeout */
	bool (*add)(struct pfq_lang_work *w, struct pfq_lang_thing *t,
		    const struct pfq_lang_value *v);
} set_types[] = {
	{ "addr", true, add_addr }, { "mac", true, add_mac }, { "flow", true, add_flow },
	{ "port", false, add_range }, { "vlan", false, add_range },
};

#define SET_TYPES	(sizeof(set_types) / sizeof(set_types[0]))

_Static_assert(SET_TYPES == PFQ_LANG_KIND_SET_VLAN - PFQ_LANG_KIND_SET_ADDR + 1 &&
	       SET_TYPES == PFQ_VALUE_SET_VLAN - PFQ_VALUE_SET_ADDR + 1, "one row for each kind");

/* The prefix by which the set has a ninth length; NULL: it has fewer. */
static const struct pfq_lang_prefix *ninth_length(const struct pfq_lang_thing *t)
{
	bool seen[2][129] = { { false } };
	unsigned int number[2] = { 0 }, i, six;
	const struct pfq_lang_prefix *p = t->data;

	for (i = 0; i < t->count; i++, p++) {
		six = p->family == 6;
		if (!seen[six][p->plen] && ++number[six] > PFQ_LANG_SET_LENGTHS)
			return p;
		seen[six][p->plen] = true;
	}
	return NULL;
}

/* Add the items of the list @node. Returns false after an error. */
static bool add_items(struct pfq_lang_work *w, struct pfq_lang_thing *t,
		      const struct pfq_lang_node *node)
{
	const struct pfq_lang_term *list = pfq_lang_list_type(w, node);
	const struct pfq_lang_prefix *ninth;
	unsigned int i;
	void *data;

	if (!list || list->kind == PFQ_TERM_BAD)
		return false;
	data = pfq_lang_alloc(w, t->bytes + list->values * sizeof(struct pfq_lang_prefix));
	if (!data)
		return false;
	memcpy(data, t->data, t->bytes);
	t->data = data;
	for (i = 0; i < list->values; i++)
		if (!set_types[type_number(t)].add(w, t, &list->value[i]))
			return false;
	ninth = t->kind == PFQ_LANG_KIND_SET_ADDR ? ninth_length(t) : NULL;
	if (ninth)
		pfq_lang_error(w, &node->place, "prefixes of IPv%u have 9 lengths here; a set has "
			       "at most %d: /%u is the ninth", ninth->family, PFQ_LANG_SET_LENGTHS,
			       ninth->plen);
	return !ninth;
}

/* --- options -------------------------------------------------------------------------- */

static bool take_options(struct pfq_lang_call *call, struct pfq_lang_thing *t)
{
	uint64_t size = t->size, ns = 0;

	if (!pfq_lang_option_take(call, "size", PFQ_VALUE_NUMBER, 1, PFQ_LANG_SET_SIZE_MAX,
				  &size) ||
	    !pfq_lang_option_take(call, "timeout", PFQ_VALUE_TIME, NS_PER_S,
				  PFQ_LANG_TIMEOUT_MAX * NS_PER_S, &ns))
		return false;
	t->size = (uint32_t)size;
	t->arg[0] = (ns + NS_PER_S - 1) / NS_PER_S;
	return true;
}

/* Returns false after an error. */
static bool read_options(struct pfq_lang_work *w, struct pfq_lang_thing *t,
			 const struct pfq_lang_node *node)
{
	struct pfq_lang_call call = {
		.work = w, .name = "set", .place = node->place,
		.wanted = "a number of entries and a time (size=64K timeout=10m)",
	};
	const struct pfq_lang_node *option;

	if (set_types[type_number(t)].has_size) {
		if (!pfq_lang_options_read(&call, node->child, "size timeout"))
			return false;
		if (!take_options(&call, t)) {
			pfq_lang_call_refuse(&call);
			return false;
		}
		return true;
	}
	for (option = node->child; option; option = option->next) {
		if (option->kind != PFQ_NODE_OPTION)
			continue;
		pfq_lang_error(w, &option->place, "a set of %s has no options",
			       set_items[type_number(t)]);
		return false;
	}
	return true;
}

/* ---------------------------------------------------------------------------------------- */

/* Returns false after an error. */
static bool read_members(struct pfq_lang_work *w, struct pfq_lang_thing *t,
			 const struct pfq_lang_node *node)
{
	const struct pfq_lang_node *member;

	if (!read_options(w, t, node))
		return false;
	for (member = node->child; member; member = member->next)
		if (member->kind == PFQ_NODE_LIST && !add_items(w, t, member))
			return false;
	if (t->kind == PFQ_LANG_KIND_SET_ADDR)
		t->count = t->count ? pfq_lang_prefixes_sort((void *)t->data, t->count) : 0;
	if (t->kind == PFQ_LANG_KIND_SET_ADDR)
		t->bytes = t->count * sizeof(struct pfq_lang_prefix);
	if (!set_types[type_number(t)].has_size || t->count <= t->size)
		return true;
	pfq_lang_error(w, &node->place, "the set has %u items, and size=%u; size= must be at least "
		       "as many", t->count, t->size);
	return false;
}

static const struct set_type *find_type(struct pfq_lang_work *w, const struct pfq_lang_node *node)
{
	unsigned int i;

	for (i = 0; i < SET_TYPES; i++)
		if (!strcmp(set_types[i].name, node->text))
			return &set_types[i];
	pfq_lang_error(w, &node->place, "\"%s\" is no type of set; allowed: addr, mac, port, vlan, "
		       "flow", node->text);
	return NULL;
}

struct pfq_lang_term *pfq_lang_set_type(struct pfq_lang_work *w, const struct pfq_lang_define *d)
{
	const struct set_type *type = find_type(w, d->body);
	struct pfq_lang_thing *t = pfq_lang_alloc(w, sizeof(*t));
	struct pfq_lang_value *v = pfq_lang_alloc(w, sizeof(*v));
	struct pfq_lang_term *term = pfq_lang_term_new(w, PFQ_TERM_VALUES, PFQ_SORT_VALUE,
						       &d->name->place, d->name->text);

	if (!t || !v || !term)
		return NULL;
	if (!type)
		return pfq_lang_term_bad(w, &d->name->place);
	*t = (struct pfq_lang_thing){ .kind = PFQ_LANG_KIND_SET_ADDR + (type - set_types),
				      .name = d->name->text, .data = "",
				      .size = type->has_size ? SIZE_USUAL : 0 };
	if (!read_members(w, t, d->body))
		return w->is_out_of_memory ? NULL : pfq_lang_term_bad(w, &d->name->place);
	*v = (struct pfq_lang_value){ .type = PFQ_VALUE_SET_ADDR + (type - set_types), .set = t,
				      .text = d->name->text, .place = d->name->place };
	term->value = v;
	term->values = 1;
	return term;
}
