/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The command lang: check, show, list, set, try */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lang.h"
#include "lang_text.h"

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

/* ---------------------------------------------------------------------------------- */

/* A program is the first argument, or -e gives it. */
static const struct lang_command {
	const char *name, *args;
	unsigned int min, max;		/* number of arguments, with a program's file */
	bool takes_text;
	int (*run)(const struct request *r, struct pfq_error *err);
} rows[] = {
	{ "check", "FILE, or -e TEXT", 1, 1, true, lang_check },
	{ "show", "FILE or GROUP, or -e TEXT", 1, 1, true, lang_show },
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
	if (r->profile_s && c->run != lang_show)
		return refuse(err, "lang %s takes no --profile", c->name);
	if (r->text && (!c->takes_text || r->profile_s))
		return refuse(err, "lang %s takes no -e%s", c->name,
			      r->profile_s ? " with --profile: give a group" : "");
	if (r->prefix && c->run != lang_try)
		return refuse(err, "lang %s takes no -w", c->name);
	if (r->watch_ns && !r->profile_s)
		return refuse(err, "lang %s takes -w with --profile only", c->name);
	if (args < c->min || args > c->max)
		return refuse(err, "lang %s: allowed arguments: %s", c->name, c->args);
	return 0;
}

int run_lang(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	(void)ctl;
	return find(r->arg[0])->run(r, err);
}
