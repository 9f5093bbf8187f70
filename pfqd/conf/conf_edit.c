/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_edit.h"
#include "conf_text.h"
#include "pfqd/base/error.h"
#include "pfqd/base/value.h"

/* the section that an edit writes */
struct edit {
	const struct conf_edit *edit;
	const struct conf_group *now;	/* NULL: the group is new */
	struct conf_report *report;
	FILE *section;
	uint64_t given;			/* set of rows of conf_value() that have a line */
	bool has_ingest, is_file;	/* the lines name an ingest; it is a file */
	bool has_devices;		/* += or -= has changed these: */
	char devices[2 * BINDING_TEXT_MAX + 3];
};

static int complain(struct edit *e, int error, const char *text)
{
	conf_complain(e->report, 0, "[group %s] %s", e->edit->group, text);
	return error;
}

/* --- lines -------------------------------------------------------------------- */

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (isspace((unsigned char)*s))
		s++;
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static int remove_devices(struct edit *e, const char *value)
{
	struct binding_list list = { .count = 0 };
	struct pfq_error err = { "" }, why;
	int ret = *e->devices ? binding_list_parse(&list, e->devices, &why) : 0;

	if (!ret)
		ret = binding_list_remove(&list, value, &why);
	if (ret) {
		error_set(&err, 0, "device: %.200s", why.text);
		return complain(e, ret, err.text);
	}
	binding_list_print(&list, e->devices, sizeof(e->devices));
	return 0;
}

/* Add the devices of @value to those of the group, or remove them. */
static int edit_devices(struct edit *e, char op, const char *value)
{
	size_t len;

	if (!e->now)
		return complain(e, -EINVAL, "device: += and -= are for a group that exists");
	if (!e->has_devices)
		binding_list_print(&e->now->settings.bindings, e->devices, sizeof(e->devices));
	e->has_devices = true;
	if (op == '-')
		return remove_devices(e, value);
	len = strlen(e->devices);
	if (len + strlen(value) + 2 > sizeof(e->devices))
		return complain(e, -EINVAL, "device: the list is too long");
	snprintf(e->devices + len, sizeof(e->devices) - len, "%s%s", len ? "," : "", value);
	return 0;
}

/* The present value of the key called @name is not kept. */
static void mark_given(struct edit *e, const char *name)
{
	const struct conf_value *v;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (v->section == CONF_SECTION_GROUP && !strcasecmp(v->name, name))
			e->given |= 1ULL << i;
	}
}

/* Note that the key called @name has a line. */
static void note_given(struct edit *e, const char *name, const char *value)
{
	mark_given(e, name);
	/* a policy takes the place of a program, and the other way round */
	if (*value && !strcasecmp(name, "lang"))
		mark_given(e, "steer");
	if (*value && !strcasecmp(name, "steer"))
		mark_given(e, "lang");
	if (strcasecmp(name, "ingest"))
		return;
	e->has_ingest = true;
	e->is_file = strchr(value, ':');
}

/* Write one line of the edit, which may be changed. */
static int edit_line(struct edit *e, char *line)
{
	char *equals = strchr(line, '='), *name = trim(line), *value, op = '\0';

	if (*name == '[')
		return complain(e, -EINVAL, "a section is not allowed here; allowed: key = value");
	if (!equals) {
		if (*name)
			fprintf(e->section, "%s\n", name);
		return 0;
	}
	*equals = '\0';
	value = trim(equals + 1);
	if (equals > line && strchr("+-", equals[-1])) {
		op = equals[-1];
		equals[-1] = '\0';
	}
	name = trim(line);
	note_given(e, name, value);
	if (op && strcasecmp(name, "device"))
		return complain(e, -EINVAL, "+= and -= are for device only");
	if (op)
		return edit_devices(e, op, value);
	if (*value)
		fprintf(e->section, "%s = %s\n", name, value);
	return 0;
}

static int edit_lines(struct edit *e)
{
	char *copy = strdup(e->edit->lines), *rest = copy, *line;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (line = strsep(&rest, "\n")))
		ret = edit_line(e, line);
	if (!ret && *e->devices)
		conf_text_line(e->section, "device", e->devices);
	free(copy);
	return ret;
}

/* Write the present value of each key that has no line. */
static void keep_others(struct edit *e)
{
	char text[CONF_VALUE_BYTES];
	const struct conf_value *v;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (v->section != CONF_SECTION_GROUP || e->given >> i & 1 ||
		    (e->has_ingest && v->of == (e->is_file ? CONF_OF_DEVICES : CONF_OF_FILES)) ||
		    (v->is_free && !e->now->id_line))
			continue;
		conf_text_value(v, e->now, text);
		if (*text)
			conf_text_line(e->section, v->name, text);
	}
}

/* Write the section and append its group to @conf. */
static int append_section(struct edit *e, struct conf *conf)
{
	char *text = NULL;
	size_t len = 0;
	int ret;

	e->section = open_memstream(&text, &len);
	if (!e->section)
		return -ENOMEM;
	fprintf(e->section, "[group %s]\n", e->edit->group);
	ret = edit_lines(e);
	if (!ret && e->now)
		keep_others(e);
	if (fclose(e->section) && !ret)
		ret = -ENOMEM;
	if (!ret)
		ret = conf_append(conf, text, len, e->report);
	free(text);
	return ret;
}

/* --- the configuration ----------------------------------------------------------- */

/* Copy the groups except the one called @name. Filters stay with the original. */
static int copy_others(struct conf *to, const struct conf *from, const char *name)
{
	struct conf_group *g;
	unsigned int i;

	to->daemon = from->daemon;
	to->path = from->path;
	for (i = 0; i < from->groups; i++) {
		if (!strcmp(from->group[i].settings.name, name))
			continue;
		g = conf_group_add(to, from->group[i].settings.name);
		if (!g)
			return -ENOMEM;
		group_settings_free(&g->settings);
		*g = from->group[i];
		group_settings_share(&g->settings, &from->group[i].settings);
	}
	return 0;
}

/* The name must not end its line, and a file may write it in capitals, which a group has not. */
static int check_name(struct edit *e)
{
	bool is_word = true;

	if (e->edit->kind != CONF_EDIT_ADD || value_is_name(e->edit->group))
		return 0;
	for (const char *c = e->edit->group; *c; c++)
		is_word &= !!isgraph((unsigned char)*c);
	conf_complain(e->report, 0, "%s%.40s%s is not a valid name of a group; allowed: "
		      CONF_ALLOWED_NAME, is_word ? "\"" : "this", is_word ? e->edit->group : "",
		      is_word ? "\"" : "");
	return -EINVAL;
}

static int check_exists(struct edit *e)
{
	if (e->edit->kind == CONF_EDIT_ADD && e->now)
		return complain(e, -EEXIST, "this group exists already; change it by group set");
	if (e->edit->kind != CONF_EDIT_ADD && !e->now)
		return complain(e, -ENOENT, "pfqd.conf and group add have made no such group; "
				"pfqctl groups lists all groups");
	return 0;
}

int conf_edit(struct conf **out, const struct conf *conf, const struct conf_edit *edit,
	      struct conf_report *report)
{
	struct edit e = {
		.edit = edit,
		.report = report,
		.now = conf_group_find(conf, edit->group),
	};
	struct conf *copy;
	int ret;

	ret = check_name(&e);
	if (!ret)
		ret = check_exists(&e);
	if (ret)
		return ret;
	copy = conf_new();
	ret = copy ? copy_others(copy, conf, edit->group) : -ENOMEM;
	if (!ret && edit->kind != CONF_EDIT_DEL)
		ret = append_section(&e, copy);
	if (ret)
		conf_free(copy);
	else
		*out = copy;
	return ret;
}
