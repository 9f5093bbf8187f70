/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "print.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "path.h"
#include "print_args.h"
#include "vocabulary.h"

static void put_target(char *text, size_t size, uint16_t target)
{
	if (target == PFQ_LANG_END)
		snprintf(text, size, "end");
	else if (target == PFQ_LANG_DROP)
		snprintf(text, size, "drop");
	else
		snprintf(text, size, "%u", target);
}

void pfq_lang_step_write(struct pfq_lang_line *line, const struct pfq_lang_parts *parts,
			 unsigned int step)
{
	const struct pfq_lang_step *s = &parts->step[step];
	const struct pfq_lang_row *row = &pfq_lang_rows[s->symbol];
	struct pfq_lang_writer to = { line->text, 0 };

	pfq_lang_put(&to, "%s", row->text);
	if (!strcmp(row->text, pfq_lang_rows[PFQ_LANG_IS_SIP].text))
		pfq_lang_put(&to, " ports =");
	pfq_lang_args_put(&to, parts, s);
	put_target(line->yes, sizeof(line->yes), s->yes);
	line->no[0] = 0;
	if (s->yes != s->no || row->type == PFQ_LANG_PRED || row->type == PFQ_LANG_PROP)
		put_target(line->no, sizeof(line->no), s->no);
}

unsigned int pfq_lang_cost(const struct pfq_lang_parts *parts)
{
	unsigned int cost[PFQ_LANG_STEPS_MAX], i;
	const struct pfq_lang_object *o;

	for (i = 0; i < parts->steps; i++) {
		o = pfq_lang_step_object(parts, &parts->step[i]);
		cost[i] = pfq_lang_step_cost(&parts->step[i], o ? o->arg[1] : 0);
	}
	return pfq_lang_path_cost(parts->step, cost, parts->steps);
}
