/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <string.h>

#include "conf_text.h"

/*
 * The quotes that @value needs; "": none. A value that was read from a line and needs them has not
 * both kinds.
 */
static const char *quotes(const char *value)
{
	if (!strpbrk(value, ";#") && *value != '"' && *value != '\'')
		return "";
	return strchr(value, '"') ? "'" : "\"";
}

/* A line must not end with a backslash: an empty comment follows it. */
static const char *tail(const char *value)
{
	size_t len = strlen(value);

	return len && value[len - 1] == '\\' ? " ;" : "";
}

void conf_text_line(FILE *f, const char *key, const char *value)
{
	const char *q = quotes(value);

	fprintf(f, "%s = %s%s%s%s\n", key, q, value, q, tail(value));
}

void conf_text_daemon(FILE *f, const struct conf_daemon *daemon)
{
	char text[CONF_VALUE_BYTES];
	const struct conf_value *v;
	unsigned int i;

	fputs("[pfqd]\n", f);
	for (i = 0; (v = conf_value(i)); i++) {
		if (v->section != CONF_SECTION_DAEMON)
			continue;
		v->print(daemon, NULL, text);
		if (*text)
			conf_text_line(f, v->name, text);
	}
}

void conf_text_value(const struct conf_value *v, const struct conf_group *group, char *text)
{
	char usual[CONF_VALUE_BYTES];
	struct conf_group plain;

	memset(&plain, 0, sizeof(plain));
	group_settings_default(&plain.settings);
	v->print(NULL, group, text);
	v->print(NULL, &plain, usual);
	if (!strcmp(text, usual))
		*text = '\0';
}

void conf_text_group(FILE *f, const struct conf_group *group)
{
	char text[CONF_VALUE_BYTES];
	const struct conf_value *v;
	unsigned int i;

	fprintf(f, "[group %s]\n", group->settings.name);
	for (i = 0; (v = conf_value(i)); i++) {
		if (v->section != CONF_SECTION_GROUP)
			continue;
		conf_text_value(v, group, text);
		if (*text)
			conf_text_line(f, v->name, text);
	}
}
