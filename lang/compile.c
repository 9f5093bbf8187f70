/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "layout.h"
#include "path.h"
#include "type.h"

static void compile(struct pfq_lang *lang, struct pfq_lang_work *w, size_t len)
{
	static const struct pfq_lang_place start = { 1, 1, 0, 0 };
	const struct pfq_lang_term *program;
	struct pfq_lang_list *list;

	if (len > PFQ_LANG_TEXT_MAX) {
		pfq_lang_error(w, &start, "the text has %zu bytes; %d are allowed", len,
			       PFQ_LANG_TEXT_MAX);
		return;
	}
	w->main = pfq_lang_parse(w, w->text, len, NULL);
	if (!w->main || w->errors)
		return;
	program = pfq_lang_type_program(w);
	list = pfq_lang_alloc(w, sizeof(*list));
	if (!program || !list || w->errors || !pfq_lang_flatten(list, w, program))
		return;
	pfq_lang_path_prune(list);
	if (pfq_lang_path_check(list, w) && pfq_lang_layout(&lang->bytes, &lang->size, list, w))
		pfq_lang_path_advise(list, w);
}

int pfq_lang_compile(struct pfq_lang **out, const char *text, size_t len)
{
	struct pfq_lang *lang = calloc(1, sizeof(*lang));
	struct pfq_lang_work *w = calloc(1, sizeof(*w));
	int ret = -ENOMEM;

	if (lang && w) {
		w->text = text;
		compile(lang, w, len);
		ret = w->is_out_of_memory ? -ENOMEM : pfq_lang_messages_take(lang, w);
		if (!ret && !lang->bytes)
			ret = -EINVAL;
		pfq_lang_work_end(w);
	}
	free(w);
	if (ret == -ENOMEM) {
		pfq_lang_free(lang);
		lang = NULL;
	}
	*out = lang;
	return ret;
}

void pfq_lang_free(struct pfq_lang *lang)
{
	if (!lang)
		return;
	free(lang->bytes);
	free(lang->note);
	free(lang);
}

const struct pfq_lang_note *pfq_lang_first_error(const struct pfq_lang *lang)
{
	unsigned int i;

	for (i = 0; i < lang->notes; i++)
		if (lang->note[i].is_error)
			return &lang->note[i];
	return NULL;
}

void pfq_lang_note_write(char *line, size_t size, const struct pfq_lang_note *note,
			 const char *where, bool is_file)
{
	const char *kind = note->is_error ? "" : "note: ";

	if (is_file)
		snprintf(line, size, "%s:%u:%u: %s%s", where, note->line, note->column, kind,
			 note->text);
	else
		snprintf(line, size, "%s: lang: column %u: %s%s", where, note->column, kind,
			 note->text);
}
