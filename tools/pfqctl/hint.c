/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hint.h"
#include "hint_rule.h"

/* --- words of the texts --------------------------------------------------------------- */

static void put_group(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "group %s", x->group->name);
}

static void put_name(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%s", x->group->name);
}

static void put_bindings(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%s", x->group->bindings);
}

static void put_device(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%s", x->group->device[x->device].name);
}

static void put_why(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%s",
		 x->refusal ? x->refusal->why : x->group->device_note[x->device].why);
}

static void put_binder(const struct hint_subject *x, char *word, size_t size)
{
	const struct pfq_group_info *g = x->group;

	snprintf(word, size, "%s (process %u, user %u)", g->device_binder[x->device].comm,
		 g->device_binder[x->device].pid, g->device_binder[x->device].uid);
}

static void put_member(const struct hint_subject *x, char *word, size_t size)
{
	const struct pfq_endpoint_info *e = x->member;

	snprintf(word, size, "member %u%s%s of group %s (%s, process %u)", e->id,
		 *e->name ? " " : "", e->name, e->group, e->comm, e->pid);
}

static void put_process(const struct hint_subject *x, char *word, size_t size)
{
	const struct pfq_refusal_info *r = x->refusal;

	snprintf(word, size, "%s (process %u, user %u)", *r->comm ? r->comm : "a program", r->pid,
		 r->uid);
}

static void put_pid(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%u", x->member->pid);
}

static void put_n(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%llu", (unsigned long long)x->n);
}

static void put_m(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%llu", (unsigned long long)x->m);
}

static void put_what(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%s", x->what);
}

static void put_command(const struct hint_subject *x, char *word, size_t size)
{
	snprintf(word, size, "%s", x->command);
}

static const struct {
	const char *name;
	void (*put)(const struct hint_subject *x, char *word, size_t size);
} words[] = {
	{ "{group}", put_group },   { "{name}", put_name },	{ "{bindings}", put_bindings },
	{ "{device}", put_device }, { "{why}", put_why },	{ "{member}", put_member },
	{ "{pid}", put_pid },	    { "{n}", put_n },		{ "{m}", put_m },
	{ "{what}", put_what },	    { "{command}", put_command }, { "{binder}", put_binder },
	{ "{process}", put_process },
};

/* Write the word that @text begins with. Returns the bytes of its name; 0: it begins with none. */
static size_t take_word(const struct hint_subject *x, const char *text, char *word, size_t size)
{
	size_t i, n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i].name);
		if (strncmp(text, words[i].name, n))
			continue;
		words[i].put(x, word, size);
		return n;
	}
	return 0;
}

/* Write the text of the rule. A text that is too long is cut. */
static void expand(const struct hint_subject *x, char *out, size_t size)
{
	const char *text = x->rule->text;
	size_t used = 0, n;
	char word[256];

	out[0] = '\0';
	while (*text && used + 1 < size) {
		n = take_word(x, text, word, sizeof(word));
		if (n)
			used += (size_t)snprintf(out + used, size - used, "%s", word_clean(word));
		else
			used += (size_t)snprintf(out + used, size - used, "%.1s", text);
		text += n ? n : 1;
	}
}

/* --- the list ------------------------------------------------------------------------- */

static int add(struct hint_list *list, const struct hint_subject *x)
{
	struct hint *h = reallocarray(list->hint, list->count + 1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	list->hint = h;
	h += list->count++;
	memset(h, 0, sizeof(*h));
	h->rule = x->rule->name;
	snprintf(h->group, sizeof(h->group), "%s",
		 x->group ? x->group->name : x->refusal ? x->refusal->group : "");
	if (x->rule->scope == HINT_DEVICE)
		put_device(x, h->device, sizeof(h->device));
	if (x->member)
		h->endpoint = x->member->id;
	expand(x, h->text, sizeof(h->text));
	return 0;
}

/* Add the hints of all rules of @scope that hold for the subject. */
static int apply(struct hint_list *list, struct hint_subject *x, enum hint_scope scope)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < hint_rules_count && !ret; i++) {
		x->rule = &hint_rules[i];
		if (x->rule->scope == scope && x->rule->holds(x))
			ret = add(list, x);
	}
	return ret;
}

/* The group of a member; NULL: it is gone. */
static const struct pfq_group_info *group_of(const struct snapshot *s,
					     const struct pfq_endpoint_info *e)
{
	size_t i;

	for (i = 0; i < s->groups; i++) {
		if (!strcmp(s->group[i].name, e->group))
			return &s->group[i];
	}
	return NULL;
}

/* Add the hints of those that are no members. */
static int make_outside(struct hint_list *list, const struct snapshot *s)
{
	struct hint_subject x = { .s = s };
	int ret = 0;
	size_t i;

	for (i = 0; i < s->refusals && !ret; i++) {
		x.refusal = &s->refusal[i];
		ret = apply(list, &x, HINT_REFUSAL);
	}
	x.refusal = NULL;
	return ret ? ret : apply(list, &x, HINT_ENGINE);
}

int hint_list_make(struct hint_list *list, const struct snapshot *s, const struct snapshot *later)
{
	struct hint_subject x = { .s = s, .later = later };
	int ret = 0;
	size_t i;

	memset(list, 0, sizeof(*list));
	for (i = 0; i < s->groups && !ret; i++) {
		x.group = &s->group[i];
		ret = apply(list, &x, HINT_GROUP);
		for (x.device = 0; x.device < x.group->devices && !ret; x.device++)
			ret = apply(list, &x, HINT_DEVICE);
	}
	for (i = 0; i < s->endpoints && !ret; i++) {
		x.member = &s->endpoint[i];
		x.group = group_of(s, x.member);
		/* an absent member has neither a process nor a ring */
		if (x.group && !x.member->linger_ns)
			ret = apply(list, &x, HINT_MEMBER);
	}
	return ret ? ret : make_outside(list, s);
}

void hint_list_free(struct hint_list *list)
{
	free(list->hint);
	memset(list, 0, sizeof(*list));
}

json_t *hint_list_json(const struct hint_list *list)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct hint *h = &list->hint[i];

		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:I, s:s}", "hint", h->rule,
						     "group", word_clean(h->group), "device",
						     word_clean(h->device), "endpoint",
						     (json_int_t)h->endpoint, "text", h->text));
	}
	return all;
}

void hint_list_show(const struct hint_list *list)
{
	size_t i;

	printf("\nhints%s\n", list->count ? "" : "    none");
	for (i = 0; i < list->count; i++)
		printf("  %s\n", list->hint[i].text);
}
