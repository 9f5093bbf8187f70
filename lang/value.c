/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "value.h"

#include <string.h>
#include "define.h"

/*
 * Values of all lists together. A list may have those of another list that has a name, so that a
 * short text can have very many of them. A value of a program takes 4 bytes or more, and less only
 * if it is shared or merged.
 */
#define LISTED_MAX	(4 * PFQ_LANG_BYTES_MAX)

static struct pfq_lang_term *values(struct pfq_lang_work *w, const struct pfq_lang_node *node,
				    unsigned int count, struct pfq_lang_value **value)
{
	struct pfq_lang_term *t = pfq_lang_term_new(w, PFQ_TERM_VALUES, PFQ_SORT_VALUE,
						    &node->place,
						    node->text ? node->text : "this list");

	*value = pfq_lang_alloc(w, (count ? count : 1) * sizeof(**value));
	if (!t || !*value)
		return NULL;
	t->value = *value;
	t->values = count;
	t->is_list = node->kind == PFQ_NODE_LIST;
	return t;
}

/* VALUE, TEXT, or a NAME that is no let. Returns false after an error. */
static bool read_value(struct pfq_lang_work *w, const struct pfq_lang_node *node,
		       struct pfq_lang_value *v)
{
	const struct pfq_lang_word *word;
	char why[PFQ_LANG_WHY_MAX];

	if (node->kind == PFQ_NODE_VALUE && pfq_lang_literal_read(v, node->text, why)) {
		pfq_lang_error(w, &node->place, "\"%.60s\": %s", node->text, why);
		return false;
	}
	if (node->kind == PFQ_NODE_TEXT)
		v->type = PFQ_VALUE_TEXT;
	if (node->kind == PFQ_NODE_NAME) {
		word = pfq_lang_word_find(node->text);
		v->type = PFQ_VALUE_NAME;
		if (word && word->kind == PFQ_WORD_NUMBER) {
			v->type = PFQ_VALUE_NUMBER;
			v->first = word->number;
			v->last = word->number;
		}
	}
	v->text = node->text;
	v->place = node->place;
	return true;
}

struct pfq_lang_term *pfq_lang_value_type(struct pfq_lang_work *w,
					  const struct pfq_lang_node *node)
{
	struct pfq_lang_value *value;
	struct pfq_lang_term *t = values(w, node, 1, &value);

	if (!t)
		return NULL;
	return read_value(w, node, value) ? t : pfq_lang_term_bad(w, &node->place);
}

static unsigned int count_items(struct pfq_lang_work *w, const struct pfq_lang_node *list)
{
	const struct pfq_lang_node *item;
	struct pfq_lang_define *d;
	unsigned int n = 0;

	for (item = list->child; item; item = item->next) {
		d = item->kind == PFQ_NODE_NAME ? pfq_lang_define_find(w, item->text) : NULL;
		n += d && d->term->kind == PFQ_TERM_VALUES ? d->term->values : 1;
		/* A list of lists of lists may be endless; no list that fits a program is. */
		if (n > PFQ_LANG_BYTES_MAX)
			return n;
	}
	return n;
}

struct pfq_lang_term *pfq_lang_list_type(struct pfq_lang_work *w, const struct pfq_lang_node *node)
{
	const struct pfq_lang_node *item;
	struct pfq_lang_define *d;
	struct pfq_lang_value *value;
	struct pfq_lang_term *t;
	unsigned int count = count_items(w, node), n = 0;
	bool is_good = true;

	w->listed += count;
	if (count > PFQ_LANG_BYTES_MAX || w->listed > LISTED_MAX) {
		pfq_lang_error(w, &node->place, count > PFQ_LANG_BYTES_MAX ?
			       "this list is longer than a program can be" :
			       "with this list, the lists of the program are longer than a program "
			       "can be");
		return pfq_lang_term_bad(w, &node->place);
	}
	t = values(w, node, count, &value);
	if (!t)
		return NULL;
	for (item = node->child; item; item = item->next) {
		d = item->kind == PFQ_NODE_NAME ? pfq_lang_define_find(w, item->text) : NULL;
		if (d)
			d->is_used = true;
		if (d && d->term->kind == PFQ_TERM_BAD)
			return pfq_lang_term_bad(w, &node->place);
		if (d && d->term->kind == PFQ_TERM_VALUES) {
			memcpy(value + n, d->term->value, d->term->values * sizeof(*value));
			if (pfq_lang_value_is_set(d->term->value))
				value[n].place = item->place;
			n += d->term->values;
		} else {
			is_good &= read_value(w, item, &value[n++]);
		}
	}
	return is_good ? t : pfq_lang_term_bad(w, &node->place);
}
