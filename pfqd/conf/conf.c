/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <iniparser/iniparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"
#include "conf_check.h"
#include "conf_keys.h"
#include "pfqd/base/error.h"
#include "pfqd/base/value.h"

/* state while a file is read */
struct context {
	struct conf *conf;
	struct conf_lines lines;
	dictionary *ini;
	struct conf_report *report;
};

/* --- sections and keys -------------------------------------------------------- */

struct conf_group *conf_group_add(struct conf *conf, const char *name)
{
	struct conf_group *g = realloc(conf->group, (conf->groups + 1) * sizeof(*g));

	if (!g)
		return NULL;
	conf->group = g;
	g = &conf->group[conf->groups++];
	memset(g, 0, sizeof(*g));
	group_settings_default(&g->settings);
	strcpy(g->settings.name, name);
	return g;
}

/* Skip "group " in @section and return the name; NULL: another section. */
static const char *group_name(const char *section)
{
	if (strncmp(section, "group", 5) || (section[5] != ' ' && section[5] != '\t'))
		return NULL;
	section += 5;
	return section + strspn(section, " \t");
}

/*
 * Set @t to the settings that the keys of this section belong to. -ENOENT: the section is not
 * allowed, with a complaint.
 */
static int enter_section(struct context *c, const struct conf_entry *e, struct conf_target *t)
{
	const char *name = group_name(e->section);

	t->group = NULL;
	if (!strcmp(e->section, "pfqd"))
		return 0;
	if (!name) {
		conf_complain(c->report, e->line, "section [%.64s] is not allowed here; allowed: "
			      "[pfqd], [group NAME]", e->section);
		return -ENOENT;
	}
	if (!value_is_name(name)) {
		conf_complain(c->report, e->line,
			      "[%.64s]: \"%.64s\" is not a valid name of a group; allowed: "
			      CONF_ALLOWED_NAME,
			      e->section, name);
		return -ENOENT;
	}
	if (c->conf->groups == PFQ_LIMIT_GROUPS) {
		conf_complain(c->report, e->line, "too many groups; allowed: %d", PFQ_LIMIT_GROUPS);
		return -ENOENT;
	}
	t->group = conf_group_add(c->conf, name);
	if (!t->group)
		return -ENOMEM;
	t->group->line = e->line;
	return 0;
}

/*
 * The value as iniparser reads it. conf_lines.c must have read the same value; otherwise complain.
 * NULL: no value, or they differ.
 */
static const char *ini_value(struct context *c, const struct conf_entry *e)
{
	char path[2 * CONF_LINE_MAX + 2];
	const char *value;

	snprintf(path, sizeof(path), "%s:%s", e->section, e->key);
	value = iniparser_getstring(c->ini, path, NULL);
	if (value && !strcmp(value, e->value))
		return value;
	conf_complain(c->report, e->line,
		      "[%.64s] %.64s: the line can be read in two ways; write it "
		      "as key = \"value\"",
		      e->section, e->key);
	return NULL;
}

/* Parse the value of a key into @t. An unknown key or a wrong value adds a complaint. */
static void read_entry(struct context *c, const struct conf_entry *e, struct conf_target *t)
{
	enum conf_section section = t->group ? CONF_SECTION_GROUP : CONF_SECTION_DAEMON;
	const struct conf_key *key = conf_key_find(section, e->key);
	const char *value = ini_value(c, e);
	struct pfq_error err = { .text = "" };
	char list[256];
	int ret;

	if (!key) {
		conf_key_list(section, list, sizeof(list));
		conf_complain(c->report, e->line, "[%.64s] %.64s: no such key; allowed: %s",
			      e->section, e->key, list);
		return;
	}
	if (!value)
		return;
	t->line = e->line;
	ret = key->parse(t, value, &err);
	if (!ret || ret == -ECANCELED)
		return;
	if (err.text[0])
		conf_complain(c->report, e->line, "[%s] %s: %s", e->section, e->key, err.text);
	else
		conf_complain(c->report, e->line,
			      "[%s] %s: \"%.64s\" is not allowed here; allowed: %s", e->section,
			      e->key, value, key->allowed);
}

/*
 * Read all entries. A section that is not allowed is left out with its keys. Returns 0 or -ENOMEM;
 * wrong values are only complaints.
 */
static int read_entries(struct context *c)
{
	struct conf_target t = {
		.daemon = &c->conf->daemon,
		.path = c->conf->path,
		.report = c->report,
	};
	bool skip = true;
	unsigned int i;
	int ret;

	for (i = 0; i < c->lines.count; i++) {
		const struct conf_entry *e = &c->lines.entry[i];

		if (e->key) {
			if (!skip)
				read_entry(c, e, &t);
			continue;
		}
		ret = enter_section(c, e, &t);
		if (ret == -ENOMEM)
			return ret;
		skip = ret;
	}
	return 0;
}

/* --- texts -------------------------------------------------------------------- */

/* Error callback of iniparser: print nothing. */
static int quiet(const char *fmt, ...)
{
	(void)fmt;
	return 0;
}

/*
 * Give iniparser the text that was checked. It reads only files with a name, so the text goes to a
 * memfd. Returns 0 or -errno.
 */
static int load_ini(dictionary **ini, const char *text, size_t len)
{
	char path[64];
	int fd, ret = 0;

	fd = memfd_create("pfqd.conf", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* the first pass has reported all errors with their lines */
	iniparser_set_error_callback(quiet);
	errno = ENOSPC;		/* of a write() that was cut */
	if (write(fd, text, len) == (ssize_t)len) {
		errno = EINVAL;	/* of a file that iniparser does not understand */
		*ini = iniparser_load(path);
	}
	if (!*ini)
		ret = -errno;
	close(fd);
	return ret;
}

struct conf *conf_new(void)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (!conf)
		return NULL;
	conf->daemon.workers = CONF_WORKERS_DEFAULT;
	conf->daemon.log = LOG_LEVEL_INFO;
	strcpy(conf->daemon.socket, PFQ_SOCKET_DEFAULT);
	return conf;
}

struct conf_group *conf_group_find(const struct conf *conf, const char *name)
{
	unsigned int i;

	for (i = 0; i < conf->groups; i++) {
		if (!strcmp(conf->group[i].settings.name, name))
			return &conf->group[i];
	}
	return NULL;
}

void conf_free(struct conf *conf)
{
	unsigned int i;

	if (!conf)
		return;
	for (i = 0; i < conf->groups; i++)
		group_settings_free(&conf->group[i].settings);
	free(conf->group);
	free(conf);
}

int conf_append(struct conf *conf, char *text, size_t len, struct conf_report *report)
{
	struct context c = { .report = report, .conf = conf };
	unsigned int before = report->errors, first = conf->groups;
	int ret;

	ret = conf_lines_read(&c.lines, text, len, report);
	if (!ret) {
		ret = load_ini(&c.ini, text, len);
		if (ret) {
			conf_complain(report, 0, "iniparser cannot read the file: %s",
				      strerror(-ret));
			ret = -EINVAL;
		}
	}
	if (!ret)
		ret = read_entries(&c);
	conf->is_blank = !ret && !c.lines.count;
	if (!ret)
		conf_check(conf, first, report);
	if (!ret && report->errors != before)
		ret = -EINVAL;
	if (c.ini)
		iniparser_freedict(c.ini);
	conf_lines_free(&c.lines);
	return ret;
}

int conf_parse(struct conf **out, char *text, size_t len, struct conf_report *report)
{
	struct conf *conf = conf_new();
	int ret;

	if (!conf)
		return -ENOMEM;
	conf->path = report->file;
	ret = conf_append(conf, text, len, report);
	if (ret)
		conf_free(conf);
	else
		*out = conf;
	return ret;
}
