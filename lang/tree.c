/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "tree.h"

struct pfq_lang_node *pfq_lang_node_new(struct pfq_lang_work *w, enum pfq_lang_node_kind kind,
					const struct pfq_lang_place *at)
{
	struct pfq_lang_node *node = pfq_lang_alloc(w, sizeof(*node));

	if (node)
		*node = (struct pfq_lang_node){ .kind = kind, .place = *at, .depth = 1 };
	return node;
}

struct pfq_lang_node *pfq_lang_node_leaf(struct pfq_lang_work *w, enum pfq_lang_node_kind kind,
					 const struct pfq_lang_place *at, const char *text,
					 size_t len)
{
	struct pfq_lang_node *node = pfq_lang_node_new(w, kind, at);

	if (!node)
		return NULL;
	node->text = pfq_lang_copy(w, text, len);
	return node->text ? node : NULL;
}

struct pfq_lang_node *pfq_lang_node_add(struct pfq_lang_work *w, struct pfq_lang_node *node,
					struct pfq_lang_node *child)
{
	unsigned int end;

	if (!node || !child)
		return NULL;
	if (child->depth >= PFQ_LANG_DEPTH_MAX) {
		if (!w->errors)
			pfq_lang_error(w, &child->place, "this is nested deeper than %d levels",
				       PFQ_LANG_DEPTH_MAX);
		return NULL;
	}
	if (node->last)
		node->last->next = child;
	else
		node->child = child;
	node->last = child;
	node->children++;
	if (node->depth <= child->depth)
		node->depth = child->depth + 1;
	end = child->place.offset + child->place.length;
	if (node->place.offset + node->place.length < end)
		node->place.length = end - node->place.offset;
	return node;
}

struct pfq_lang_node *pfq_lang_node_join(struct pfq_lang_work *w, enum pfq_lang_node_kind kind,
					 struct pfq_lang_node *left, struct pfq_lang_node *right,
					 const struct pfq_lang_place *at)
{
	if (!left || left->kind != kind)
		left = pfq_lang_node_add(w, pfq_lang_node_new(w, kind, at), left);
	return pfq_lang_node_add(w, left, right);
}

void pfq_lang_define_add(struct pfq_lang_work *w, const struct pfq_lang_node *name,
			 const struct pfq_lang_node *body)
{
	if (!name || !body)
		return;
	if (w->defines == PFQ_LANG_DEFINES_MAX) {
		if (!w->errors)
			pfq_lang_error(w, &name->place, "a program has at most %d names of let "
				       "and set", PFQ_LANG_DEFINES_MAX);
		return;
	}
	w->define[w->defines++] = (struct pfq_lang_define){ .name = name, .body = body };
}

void pfq_lang_flows_add(struct pfq_lang_work *w, const struct pfq_lang_node *node)
{
	if (!node)
		return;
	if (!w->flows.node)
		w->flows.node = node;
	else if (!w->errors)
		pfq_lang_error(w, &node->place, "flows is in line %u already; a program has one "
			       "table of flows", w->flows.node->place.line);
}
