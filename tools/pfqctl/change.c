/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pfqctl.h"

/* --- output ----------------------------------------------------------------------- */

/* the lines of an answer: printed at once, or collected for JSON */
struct lines {
	json_t *array;		/* NULL: print */
};

static void on_line(const char *line, void *arg)
{
	const struct lines *l = arg;

	if (l->array)
		json_array_append_new(l->array, json_string(word_clean(line)));
	else
		puts(word_clean(line));
}

static void begin(struct lines *l, const struct request *r)
{
	l->array = r->is_json ? json_array() : NULL;
}

static int end(const struct lines *l, int ret)
{
	if (!l->array)
		return ret;
	if (!ret)
		return json_print(json_pack("{s:o}", "changes", l->array), false);
	json_decref(l->array);
	return ret;
}

/* --- requests --------------------------------------------------------------------- */

/* Write @n texts with @between between them. The caller frees the result; NULL: no memory. */
static char *join(const char *first, const char *const *text, unsigned int n, const char *between)
{
	size_t bytes = strlen(first) + 1;
	unsigned int i;
	char *all;

	for (i = 0; i < n; i++)
		bytes += strlen(text[i]) + strlen(between);
	all = malloc(bytes);
	if (!all)
		return NULL;
	strcpy(all, first);
	for (i = 0; i < n; i++) {
		strcat(all, text[i]);
		if (i + 1 < n)
			strcat(all, between);
	}
	return all;
}

static int refuse(struct pfq_error *err, const char *text, const char *word)
{
	snprintf(err->text, sizeof(err->text), text, word);
	return -EINVAL;
}

int change_group(struct pfq_ctl *ctl, const struct request *r, const char *group, char *settings,
		 struct pfq_error *err)
{
	struct lines l;
	int ret;

	if (!settings)
		return -ENOMEM;
	begin(&l, r);
	ret = end(&l, pfq_ctl_group_set(ctl, group, settings, on_line, &l, err));
	free(settings);
	return ret;
}

int run_reload(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	struct lines l;

	begin(&l, r);
	return end(&l, pfq_ctl_reload(ctl, on_line, &l, err));
}

static int run_add(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	char *settings = join("", r->arg + 2, r->args - 2, "\n");
	struct lines l;
	int ret;

	if (!settings)
		return -ENOMEM;
	begin(&l, r);
	ret = end(&l, pfq_ctl_group_add(ctl, r->arg[1], settings, on_line, &l, err));
	free(settings);
	return ret;
}

static int run_set(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	return change_group(ctl, r, r->arg[1], join("", r->arg + 2, r->args - 2, "\n"), err);
}

static int run_del(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	struct lines l;

	begin(&l, r);
	return end(&l, pfq_ctl_group_del(ctl, r->arg[1], on_line, &l, err));
}

static const struct group_command {
	const char *name;
	bool takes_settings;
	int (*run)(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
} rows[] = {
	{ "add", true, run_add }, { "set", true, run_set }, { "del", false, run_del },
};

static const struct group_command *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}

int check_group(const struct request *r, struct pfq_error *err)
{
	const struct group_command *c = find(r->arg[0]);
	unsigned int i;

	if (!c)
		return refuse(err, "group: \"%.64s\" is not allowed; allowed: add, set, del",
			      r->arg[0]);
	if (!c->takes_settings && r->args > 2)
		return refuse(err, "group del: \"%.64s\": only the group's name is allowed",
			      r->arg[2]);
	for (i = 2; i < r->args; i++) {
		if (!strchr(r->arg[i], '='))
			return refuse(err, "\"%.64s\" is no setting; allowed: KEY=VALUE, with the "
				      "keys of pfqd.conf(5)", r->arg[i]);
	}
	return 0;
}

int run_group(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	return find(r->arg[0])->run(ctl, r, err);
}

int run_bind(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	return change_group(ctl, r, r->arg[0],
			    join("device += ", r->arg + 1, r->args - 1, ","), err);
}

int run_unbind(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	return change_group(ctl, r, r->arg[0],
			    join("device -= ", r->arg + 1, r->args - 1, ","), err);
}

/* --- save ------------------------------------------------------------------------- */

static int print_part(const char *text, void *arg)
{
	(void)arg;
	return fputs(text, stdout) < 0 ? -EIO : 0;
}

static int collect_part(const char *text, void *arg)
{
	return fputs(text, arg) < 0 ? -ENOMEM : 0;
}

static int save_json(struct pfq_ctl *ctl, struct pfq_error *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	if (!f)
		return -ENOMEM;
	ret = pfq_ctl_save(ctl, collect_part, f, err);
	if (fclose(f) && !ret)
		ret = -ENOMEM;
	if (!ret)
		ret = json_print(json_pack("{s:s}", "configuration", text), false);
	free(text);
	return ret;
}

int run_save(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	return r->is_json ? save_json(ctl, err) : pfq_ctl_save(ctl, print_part, NULL, err);
}
