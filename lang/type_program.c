/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "type.h"

#include "define.h"
#include "form.h"
#include "set.h"
#include "state.h"

/* Notes about what is declared for nothing. */
static void advise_unused(struct pfq_lang_work *w)
{
	unsigned int i;

	for (i = 0; i < w->defines; i++)
		if (!w->define[i].is_used)
			pfq_lang_advise(w, &w->define[i].name->place, "%s %s is not used",
					pfq_lang_define_kind(&w->define[i]),
					w->define[i].name->text);
	if (w->flows.node && !w->flows.is_used)
		pfq_lang_advise(w, &w->flows.node->place, "flows is not used");
}

struct pfq_lang_term *pfq_lang_type_program(struct pfq_lang_work *w)
{
	struct pfq_lang_define *d;
	struct pfq_lang_term *t;
	unsigned int i;

	for (i = 0; i < w->defines; i++) {
		d = &w->define[i];
		if (!pfq_lang_define_check(w, d))
			d->is_used = true;
		d->term = d->body->kind == PFQ_NODE_SET ?
			pfq_lang_set_type(w, d) : pfq_lang_node_type(w, d->body, PFQ_SORT_ANY);
	}
	pfq_lang_flows_read(w);
	t = pfq_lang_want(w, pfq_lang_node_type(w, w->main, PFQ_SORT_STEP), PFQ_SORT_STEP);
	if (!w->errors)
		advise_unused(w);
	return t;
}
