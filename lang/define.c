/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "define.h"

#include <string.h>
#include "suggest.h"

struct pfq_lang_define *pfq_lang_define_find(struct pfq_lang_work *w, const char *name)
{
	unsigned int i;

	for (i = 0; i < w->defines; i++)
		if (w->define[i].term && !strcmp(w->define[i].name->text, name))
			return &w->define[i];
	return NULL;
}

const char *pfq_lang_define_kind(const struct pfq_lang_define *d)
{
	return d->body->kind == PFQ_NODE_SET ? "set" : "let";
}

struct pfq_lang_term *pfq_lang_name_unknown(struct pfq_lang_work *w,
					    const struct pfq_lang_node *node, unsigned int wanted)
{
	char clause[PFQ_LANG_SUGGEST_MAX];
	unsigned int i;

	for (i = 0; i < w->defines; i++)
		if (!strcmp(w->define[i].name->text, node->text))
			break;
	if (i < w->defines) {
		pfq_lang_error(w, &node->place, "\"%s\" is used before its %s", node->text,
			       pfq_lang_define_kind(&w->define[i]));
		return pfq_lang_term_bad(w, &node->place);
	}
	pfq_lang_suggest(clause, w, node->text, wanted);
	pfq_lang_error(w, &node->place, "\"%s\": no such name; %s", node->text, clause);
	return pfq_lang_term_bad(w, &node->place);
}

struct pfq_lang_term *pfq_lang_define_use(struct pfq_lang_work *w, struct pfq_lang_define *d,
					  const struct pfq_lang_node *node)
{
	struct pfq_lang_term *t = pfq_lang_alloc(w, sizeof(*t));

	d->is_used = true;
	if (!t)
		return NULL;
	*t = *d->term;
	t->place = node->place;
	t->name = t->kind == PFQ_TERM_PROPERTY ? t->name : node->text;
	t->let = node->text;
	t->use = ++w->uses;
	return t;
}

bool pfq_lang_define_check(struct pfq_lang_work *w, const struct pfq_lang_define *d)
{
	const struct pfq_lang_node *name = d->name;
	const struct pfq_lang_define *before = pfq_lang_define_find(w, name->text);

	if (pfq_lang_word_find(name->text))
		pfq_lang_error(w, &name->place, "\"%s\" is a name of pfq-lang; a %s needs "
			       "another one", name->text, pfq_lang_define_kind(d));
	else if (before)
		pfq_lang_error(w, &name->place, "\"%s\" has a %s in line %u already", name->text,
			       pfq_lang_define_kind(before), before->name->place.line);
	else
		return true;
	return false;
}
