/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "lang_step.h"

typedef unsigned long long ull;

void lang_step_show(const struct pfq_lang_parts *parts, const struct pfq_step_count *count)
{
	struct table *t = table_new(count ? "+STEP FUNCTION +IN YES NO" : "+STEP FUNCTION YES NO");
	struct pfq_lang_line line;
	unsigned int i;

	for (i = 0; i < parts->steps; i++) {
		pfq_lang_step_write(&line, parts, i);
		table_add(t, "%u", i);
		table_add(t, "%s", word_clean(line.text));
		if (!count) {
			table_add(t, "%s", line.yes);
			table_add(t, "%s", line.no);
			continue;
		}
		table_add(t, "%llu", (ull)(count[i].yes + count[i].no));
		table_add(t, "%llu -> %s", (ull)count[i].yes, line.yes);
		if (*line.no)
			table_add(t, "%llu -> %s", (ull)count[i].no, line.no);
		else
			table_add(t, "%s", "");
	}
	table_print(t);
}

json_t *lang_step_json(const struct pfq_lang_parts *parts, const struct pfq_step_count *count)
{
	struct pfq_lang_line line;
	json_t *all = json_array();
	const char *no;
	unsigned int i;

	for (i = 0; i < parts->steps; i++) {
		pfq_lang_step_write(&line, parts, i);
		no = *line.no ? line.no : line.yes;
		json_array_append_new(all, count ?
			json_pack("{s:s, s:I, s:s, s:I, s:s}", "function", word_clean(line.text),
				  "yes", (json_int_t)count[i].yes, "yes_to", line.yes, "no",
				  (json_int_t)count[i].no, "no_to", no) :
			json_pack("{s:s, s:s, s:s}", "function", word_clean(line.text), "yes",
				  line.yes, "no", no));
	}
	return all;
}
