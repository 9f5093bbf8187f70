/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* lang list: the names of pfq-lang */
#include <stdio.h>
#include <string.h>
#include "lang.h"
#include "lang/symbol.h"
#include "lang/vocabulary.h"

#define PFQ_NAMES_BYTES	160

struct entry {
	const char *name, *type, *arguments, *help;
	char pfq[PFQ_NAMES_BYTES];	/* PFQ's names for it, if they differ */
};

/* PFQ's names that stand for @name */
static void write_pfq(char *text, const char *name)
{
	const struct pfq_lang_word *w;
	size_t used = 0;

	text[0] = 0;
	for (w = pfq_lang_words_pfq; w->name && used < PFQ_NAMES_BYTES; w++)
		if (w->kind == PFQ_WORD_ALIAS && !strcmp(w->text, name))
			used += (size_t)snprintf(text + used, PFQ_NAMES_BYTES - used, "%s%s",
						 used ? " " : "", w->name);
}

/* Describe word @w. Returns false if it is not for a list: only the compiler uses it, or so. */
static bool describe(struct entry *e, const struct pfq_lang_word *w)
{
	static const char *const types[] = {
		[PFQ_LANG_PRED] = "pred", [PFQ_LANG_PROP] = "prop", [PFQ_LANG_STEER] = "func",
		[PFQ_LANG_ACTION] = "func",
	};
	const struct pfq_lang_row *row;

	if (!w->sort || !w->help || strchr(w->name, ' '))
		return false;
	*e = (struct entry){ .name = w->name, .type = w->type, .arguments = "", .help = w->help };
	if (w->kind == PFQ_WORD_SYMBOL) {
		row = &pfq_lang_rows[w->number];
		e->type = types[row->type];
		if (w->number == PFQ_LANG_IS_SIP)
			e->arguments = "[ports=[5060-5061]]";
		else if (pfq_lang_arguments_number(row->args))
			e->arguments = pfq_lang_symbol_wanted(w->number);
	}
	write_pfq(e->pfq, w->name);
	return true;
}

static bool has_word(const struct entry *e, const char *word)
{
	return !word || strstr(e->name, word) || strstr(e->help, word) || strstr(e->pfq, word);
}

static void add(struct table *t, json_t *all, const struct entry *e)
{
	if (all) {
		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", e->name,
						     "type", e->type, "arguments", e->arguments,
						     "meaning", e->help, "pfq", e->pfq));
		return;
	}
	table_add(t, "%s", e->name);
	table_add(t, "%s", e->type);
	table_add(t, "%s", e->arguments);
	table_add(t, "%s", e->help);
	table_add(t, "%s", e->pfq);
}

int lang_list(const struct request *r, struct pfq_error *err)
{
	struct table *t = r->is_json ? NULL : table_new("NAME TYPE ARGUMENTS MEANING PFQ");
	json_t *all = r->is_json ? json_array() : NULL;
	struct entry e, before = { .name = "", .type = "" };
	const struct pfq_lang_word *w;
	unsigned int i;

	(void)err;
	for (i = 0; (w = pfq_lang_word_at(i)); i++) {
		/* Rows of the same name and type differ in the form of their arguments only. */
		if (!describe(&e, w) || (!strcmp(e.name, before.name) && e.type == before.type))
			continue;
		before = e;
		if (has_word(&e, r->args > 1 ? r->arg[1] : NULL))
			add(t, all, &e);
	}
	if (all)
		return json_print(json_pack("{s:o}", "symbols", all), false);
	table_print(t);
	return 0;
}
