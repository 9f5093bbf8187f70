/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "option.h"

#include <string.h>
#include "define.h"
#include "take.h"
#include "value.h"

/* Is @name one of @names? */
static bool is_of(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (; *names; names += strcspn(names, " "), names += *names == ' ')
		if (strcspn(names, " ") == len && !memcmp(names, name, len))
			return true;
	return false;
}

/* A name is a let, or a word that has its meaning from the option. */
static struct pfq_lang_term *value_of(struct pfq_lang_work *w, const struct pfq_lang_node *node)
{
	struct pfq_lang_define *d =
		node->kind == PFQ_NODE_NAME ? pfq_lang_define_find(w, node->text) : NULL;

	if (d)
		return pfq_lang_define_use(w, d, node);
	return node->kind == PFQ_NODE_LIST ? pfq_lang_list_type(w, node) :
					     pfq_lang_value_type(w, node);
}

static bool refuse(const struct pfq_lang_call *call, const struct pfq_lang_node *node,
		   const char *names)
{
	if (is_of(names, node->text))
		pfq_lang_error(call->work, &node->place, "%s has the option \"%s\" already",
			       call->name, node->text);
	else
		pfq_lang_error(call->work, &node->place, "%s has no option \"%s\"; allowed: %s",
			       call->name, node->text, names);
	return false;
}

bool pfq_lang_options_read(struct pfq_lang_call *call, const struct pfq_lang_node *first,
			   const char *names)
{
	const struct pfq_lang_node *node;
	struct pfq_lang_term *value;

	for (node = first; node; node = node->next) {
		if (node->kind != PFQ_NODE_OPTION)
			continue;
		if (!is_of(names, node->text) || pfq_lang_option_find(call, node->text))
			return refuse(call, node, names);
		value = value_of(call->work, node->child);
		if (!value || value->kind == PFQ_TERM_BAD)
			return false;
		call->option[call->options++] = (struct pfq_lang_option){ node->text, value };
	}
	return true;
}

const struct pfq_lang_option *pfq_lang_option_find(const struct pfq_lang_call *call,
						   const char *name)
{
	unsigned int i;

	for (i = 0; i < call->options; i++)
		if (!strcmp(call->option[i].name, name))
			return &call->option[i];
	return NULL;
}

bool pfq_lang_option_take(struct pfq_lang_call *call, const char *name,
			  enum pfq_lang_value_type type, uint64_t min, uint64_t max,
			  uint64_t *value)
{
	const struct pfq_lang_option *option = pfq_lang_option_find(call, name);
	const struct pfq_lang_term *t = option ? option->value : NULL;

	if (!t)
		return true;
	if (t->kind != PFQ_TERM_VALUES || t->values != 1 || t->is_list || t->value->type != type)
		return pfq_lang_take_misfit(call, t, NULL);
	*value = t->value->first;
	return (*value >= min && *value <= max) ||
	       pfq_lang_take_beyond(call, t->value, min, max);
}
