/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <iniparser/iniparser.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "conf.h"
#include "conf_check.h"
#include "conf_keys.h"
#include "pfqd/base/error.h"
#include "pfqd/base/unit.h"
#include "pfqd/base/value.h"

/* state while a file is read */
struct context {
	struct conf *conf;
	struct conf_lines lines;
	dictionary *ini;
	struct conf_report *report;
};

/* --- sections and keys -------------------------------------------------------- */

/* Append a group with default settings. NULL: no memory. The groups before may move in memory. */
static struct conf_group *add_group(struct conf *conf)
{
	struct conf_group *g = realloc(conf->group, (conf->groups + 1) * sizeof(*g));

	if (!g)
		return NULL;
	conf->group = g;
	g = &conf->group[conf->groups++];
	memset(g, 0, sizeof(*g));
	group_settings_default(&g->settings);
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
			      "a-z, then up to 30 of a-z 0-9 _ . -",
			      e->section, name);
		return -ENOENT;
	}
	if (c->conf->groups == PFQ_LIMIT_GROUPS) {
		conf_complain(c->report, e->line, "too many groups; allowed: %d", PFQ_LIMIT_GROUPS);
		return -ENOENT;
	}
	t->group = add_group(c->conf);
	if (!t->group)
		return -ENOMEM;
	t->group->line = e->line;
	strcpy(t->group->settings.name, name);
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
	if (!ret)
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
	struct conf_target t = { .daemon = &c->conf->daemon };
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

/* --- files -------------------------------------------------------------------- */

/* Error callback of iniparser: print nothing. */
static int quiet(const char *fmt, ...)
{
	(void)fmt;
	return 0;
}

/*
 * Give iniparser the text that was checked. It reads only files with a name, so the text goes to a
 * memfd.
 */
static dictionary *load_ini(const char *text, size_t len)
{
	dictionary *ini = NULL;
	char path[64];
	int fd;

	fd = memfd_create("pfqd.conf", MFD_CLOEXEC);
	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* the first pass has reported all errors with their lines */
	iniparser_set_error_callback(quiet);
	if (write(fd, text, len) == (ssize_t)len)
		ini = iniparser_load(path);
	close(fd);
	return ini;
}

static struct conf *new_conf(void)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (!conf)
		return NULL;
	conf->daemon.workers = CONF_WORKERS_DEFAULT;
	conf->daemon.log = LOG_LEVEL_INFO;
	strcpy(conf->daemon.socket, PFQ_SOCKET_DEFAULT);
	return conf;
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

int conf_parse(struct conf **out, char *text, size_t len, struct conf_report *report)
{
	struct context c = { .report = report, .conf = new_conf() };
	unsigned int before = report->errors;
	int ret;

	if (!c.conf)
		return -ENOMEM;
	ret = conf_lines_read(&c.lines, text, len, report);
	if (!ret) {
		c.ini = load_ini(text, len);
		if (!c.ini) {
			conf_complain(report, 0, "iniparser cannot read the file");
			ret = -EINVAL;
		}
	}
	if (!ret)
		ret = read_entries(&c);
	if (!ret)
		conf_check(c.conf, report);
	if (!ret && report->errors != before)
		ret = -EINVAL;
	if (c.ini)
		iniparser_freedict(c.ini);
	conf_lines_free(&c.lines);
	if (ret)
		conf_free(c.conf);
	else
		*out = c.conf;
	return ret;
}

/*
 * Open a file or a pipe. Pipes made by the shell (/dev/stdin, <(command)) have a writer. A named
 * FIFO may never get one, and open() would wait for it: -ESPIPE.
 */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret = 0;
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || fstatfs(fd, &fs) || fcntl(fd, F_SETFL, 0))
		ret = -errno;
	else if (S_ISFIFO(st.st_mode) && fs.f_type != PIPEFS_MAGIC)
		ret = -ESPIPE;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/*
 * Read the whole file into memory, at most CONF_FILE_MAX bytes. Returns 0 or -errno. The caller
 * frees *text.
 */
static int read_file(const char *path, char **text, size_t *len)
{
	size_t size = CONF_FILE_MAX + 1;
	int fd, ret = 0;
	ssize_t n = 1;

	fd = open_file(path);
	if (fd < 0)
		return fd;
	*len = 0;
	*text = malloc(size);
	if (!*text)
		ret = -ENOMEM;
	while (!ret && n > 0 && *len < size) {
		n = read(fd, *text + *len, size - *len);
		if (n < 0)
			ret = errno == EINTR ? 0 : -errno;
		else
			*len += n;
		if (n < 0 && !ret)
			n = 1;
	}
	close(fd);
	if (!ret && *len == size)
		ret = -EFBIG;
	if (ret) {
		free(*text);
		*text = NULL;
	}
	return ret;
}

int conf_load(struct conf **conf, const char *path, struct conf_report *report)
{
	char *text = NULL;
	const char *why;
	size_t len = 0;
	int ret;

	report->file = path;
	ret = read_file(path, &text, &len);
	if (ret) {
		why = ret == -ESPIPE ? "a named pipe; allowed: a file, or /dev/stdin" :
			unit_explains("", path, ret);
		conf_complain(report, 0, "%s", why ? why : strerror(-ret));
		return ret;
	}
	ret = conf_parse(conf, text, len, report);
	free(text);
	return ret;
}
