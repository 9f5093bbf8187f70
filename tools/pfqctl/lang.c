/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The command lang: check, show, list, set, try */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lang.h"
#include "lang_text.h"

typedef unsigned long long ull;

__attribute__((format(printf, 2, 3)))
static int refuse(struct pfq_error *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return -EINVAL;
}

/* --- check ------------------------------------------------------------------------ */

static int lang_check(const struct request *r, struct pfq_error *err)
{
	struct lang_text t;
	int ret = lang_text_compile(&t, r, r->text ? NULL : r->arg[1], err), status = ret;

	if (ret >= 0 && r->is_json)
		status = json_print(json_pack("{s:b, s:o}", "good", !ret, "notes",
					      lang_text_notes(&t)), false);
	lang_text_free(&t);
	return status < 0 ? status : ret;
}

/* --- show ------------------------------------------------------------------------- */

/* The engine's own check: a program that compiles passes it. */
static int verify(struct pfq_lang_check *check, const struct lang_text *t, struct pfq_error *err)
{
	int ret = pfq_lang_verify(check, t->lang->bytes, t->lang->size);

	if (ret)
		pfq_lang_explain(&check->fault, err->text, sizeof(err->text));
	return ret;
}

static void show_steps(const struct lang_text *t)
{
	struct table *table = table_new("+STEP FUNCTION YES NO");
	struct pfq_lang_line line;
	unsigned int i;

	for (i = 0; i < t->parts.steps; i++) {
		pfq_lang_step_write(&line, &t->parts, i);
		table_add(table, "%u", i);
		table_add(table, "%s", word_clean(line.text));
		table_add(table, "%s", line.yes);
		table_add(table, "%s", line.no);
	}
	table_print(table);
}

static json_t *json_steps(const struct lang_text *t)
{
	struct pfq_lang_line line;
	json_t *all = json_array();
	unsigned int i;

	for (i = 0; i < t->parts.steps; i++) {
		pfq_lang_step_write(&line, &t->parts, i);
		json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "function",
						     word_clean(line.text), "yes", line.yes, "no",
						     *line.no ? line.no : line.yes));
	}
	return all;
}

static int print_program(const struct lang_text *t, const struct pfq_lang_check *check,
			 const struct request *r)
{
	ull memory = pfq_lang_bytes(check, t->lang->bytes, 0);
	ull each = pfq_lang_bytes(check, t->lang->bytes, 1) - memory;

	if (r->is_json)
		return json_print(json_pack("{s:o, s:i, s:I, s:I, s:o}", "steps", json_steps(t),
					    "cost", (int)check->cost, "memory", (json_int_t)memory,
					    "memory_per_lane", (json_int_t)each, "notes",
					    lang_text_notes(t)), false);
	show_steps(t);
	printf("\ncost    at most %u of %d units\n", check->cost, PFQ_LANG_COST_MAX);
	printf("memory  %llu bytes, and %llu for each lane\n", memory, each);
	return 0;
}

static int lang_show(const struct request *r, struct pfq_error *err)
{
	struct pfq_lang_check *check = calloc(1, sizeof(*check));
	struct lang_text t;
	int ret = lang_text_compile(&t, r, r->text ? NULL : r->arg[1], err);

	if (!check)
		ret = -ENOMEM;
	if (!ret)
		ret = verify(check, &t, err);
	if (!ret)
		ret = print_program(&t, check, r);
	else if (ret > 0 && r->is_json)
		json_print(json_pack("{s:o}", "notes", lang_text_notes(&t)), false);
	lang_text_free(&t);
	free(check);
	return ret;
}

/* ---------------------------------------------------------------------------------- */

/* A program is the first argument, or -e gives it. */
static const struct lang_command {
	const char *name, *args;
	unsigned int min, max;		/* number of arguments, with a program's file */
	bool takes_text;
	int (*run)(const struct request *r, struct pfq_error *err);
} rows[] = {
	{ "check", "FILE, or -e TEXT", 1, 1, true, lang_check },
	{ "show", "FILE, or -e TEXT", 1, 1, true, lang_show },
	{ "list", "[WORD]", 0, 1, false, lang_list },
	{ "set", "GROUP FILE, or -e TEXT GROUP", 2, 2, true, lang_set },
	{ "try", "FILE CAPTURE, or -e TEXT CAPTURE", 2, 2, true, lang_try },
};

static const struct lang_command *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}

int check_lang(const struct request *r, struct pfq_error *err)
{
	const struct lang_command *c = find(r->arg[0]);
	unsigned int args = r->args - 1 + (r->text ? 1 : 0);

	if (!c)
		return refuse(err, "lang: \"%.64s\" is not allowed; allowed: check, show, list, "
			      "set, try", r->arg[0]);
	if (r->text && !c->takes_text)
		return refuse(err, "lang %s takes no -e", c->name);
	if (r->prefix && c->run != lang_try)
		return refuse(err, "lang %s takes no -w", c->name);
	if (args < c->min || args > c->max)
		return refuse(err, "lang %s: allowed arguments: %s", c->name, c->args);
	return 0;
}

int run_lang(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	(void)ctl;
	return find(r->arg[0])->run(r, err);
}
