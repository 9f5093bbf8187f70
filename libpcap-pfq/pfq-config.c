/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pfq-program.h"
#include "pfq-text.h"

#define DEFAULT	   "default"
#define SHOWN	   48 /* bytes of a line in an error text */
#define PATH_SHOWN 100

/* State while the lines of a file are read. */
struct reader {
	struct pfq_config *config;
	const char *program;
	unsigned int line;
	bool is_in_section;
	bool is_ours; /* the section is one of the two */
	bool is_default;
	unsigned int seen[2]; /* the lines of the program's section and of [default]; 0: none */
	char *err;
	size_t err_size;
};

/* Write the text of an error in the current line to r->err. Returns -EINVAL. */
static int bad_line(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int bad_line(struct reader *r, const char *format, ...)
{
	va_list ap;
	int n;

	n = snprintf(r->err, r->err_size, "%.*s:%u: ", PATH_SHOWN, r->config->path, r->line);
	if (n < 0 || (size_t)n + sizeof("...") > r->err_size)
		return -EINVAL;
	va_start(ap, format);
	pfq_text_vwrite(r->err + n, r->err_size - (size_t)n, format, ap);
	va_end(ap);
	return -EINVAL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Remove the blanks around @text. */
static char *trim(char *text)
{
	size_t len;

	while (is_blank(*text))
		text++;
	for (len = strlen(text); len && is_blank(text[len - 1]); len--)
		;
	text[len] = '\0';
	return text;
}

/* A comment begins at the line's begin or after a blank. */
static bool is_comment(const char *text)
{
	return *text == ';' || *text == '#';
}

/* Remove quotes around the value @text, or the comment behind it. NULL: the quotes do not end. */
static char *value_of(char *text)
{
	char *p;

	text = trim(text);
	if (*text == '"') {
		p = strchr(++text, '"');
		if (!p)
			return NULL;
		*p++ = '\0';
		p = trim(p);
		return !*p || is_comment(p) ? text : NULL;
	}
	for (p = text; *p; p++) {
		if (is_comment(p) && (p == text || is_blank(p[-1]))) {
			*p = '\0';
			break;
		}
	}
	return trim(text);
}

/* Keep the first section that may be meant for this program. */
static void note_near(struct reader *r, const char *name)
{
	struct pfq_config *c = r->config;

	if (c->near_line || strlen(name) > PFQ_CONFIG_SECTION_MAX ||
	    !pfq_program_is_meant(name, r->program))
		return;
	memcpy(c->near_section, name, strlen(name) + 1);
	c->near_line = r->line;
}

static int read_section(struct reader *r, char *text)
{
	char *end = strchr(text, ']'), *name, *rest;
	unsigned int *seen;

	rest = end ? trim(end + 1) : NULL;
	if (!end || (*rest && !is_comment(rest)))
		return bad_line(r, "\"%.*s\" is no section; allowed: [default] or [PROGRAM]", SHOWN,
				text);
	*end = '\0';
	name = trim(text + 1);
	if (!*name)
		return bad_line(r, "the section has no name; allowed: [default] or [PROGRAM]");
	r->is_in_section = true;
	r->is_default = !strcmp(name, DEFAULT);
	r->is_ours = r->is_default || !strcmp(name, r->program);
	if (!r->is_ours) {
		note_near(r, name);
		return 0;
	}
	seen = &r->seen[r->is_default];
	if (*seen)
		return bad_line(r, "section [%.*s] is there already, at line %u", SHOWN, name,
				*seen);
	*seen = r->line;
	return 0;
}

/* Replace what cannot be in a variable's name. */
static void key_normalise(char *key)
{
	for (; *key; key++)
		if (!isalnum((unsigned char)*key))
			*key = '_';
}

static int entry_add(struct reader *r, const char *key, const char *value)
{
	struct pfq_config *c = r->config;
	struct pfq_config_entry *more;

	/* room for 16 entries at a time */
	if (c->count % 16 == 0) {
		more = realloc(c->entry, (c->count + 16) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		c->entry = more;
	}
	c->entry[c->count++] = (struct pfq_config_entry){
		.key = key, .value = value, .line = r->line, .is_default = r->is_default
	};
	return 0;
}

static int read_key(struct reader *r, char *text)
{
	const struct pfq_config_entry *twice;
	char *equals = strchr(text, '='), *key, *value;

	if (!equals)
		return bad_line(r, "\"%.*s\": expected KEY = VALUE", SHOWN, text);
	*equals = '\0';
	key = trim(text);
	if (!*key || strlen(key) > PFQ_CONFIG_KEY_MAX)
		return bad_line(r, "a key has 1 to %d characters", PFQ_CONFIG_KEY_MAX);
	key_normalise(key);
	value = value_of(equals + 1);
	if (!value)
		return bad_line(r,
				"%.*s: text in quotes ends with a quote, and nothing but a "
				"comment follows",
				SHOWN, key);
	twice = pfq_config_find(r->config, r->is_default, key);
	if (twice)
		return bad_line(r, "%.*s is there already, at line %u", SHOWN, key, twice->line);
	return entry_add(r, key, value);
}

static int read_line(struct reader *r, char *text, size_t size)
{
	r->line++;
	if (size > PFQ_CONFIG_LINE_MAX)
		return bad_line(r, "the line is longer than %d bytes", PFQ_CONFIG_LINE_MAX);
	if (memchr(text, '\0', size))
		return bad_line(r, "there is a byte of value 0; this is no text");
	text = trim(text);
	if (!*text || is_comment(text))
		return 0;
	if (*text == '[')
		return read_section(r, text);
	if (!r->is_in_section)
		return bad_line(r,
				"\"%.*s\" stands before the first section, [default] or [PROGRAM]",
				SHOWN, text);
	return r->is_ours ? read_key(r, text) : 0;
}

int pfq_config_parse(struct pfq_config *config, const char *path, const char *text, size_t size,
		     const char *program, char *err, size_t err_size)
{
	struct reader r = {
		.config = config, .program = program, .err = err, .err_size = err_size
	};
	char *at, *end, *stop;
	int ret = 0;

	memset(config, 0, sizeof(*config));
	snprintf(config->path, sizeof(config->path), "%s", path);
	snprintf(config->program, sizeof(config->program), "%s", program);
	config->text = malloc(size + 1);
	if (!config->text) {
		snprintf(err, err_size, "%.*s: no memory", PATH_SHOWN, path);
		return -ENOMEM;
	}
	if (size)
		memcpy(config->text, text, size);
	stop = config->text + size;
	*stop = '\0';
	for (at = config->text; at < stop && !ret; at = end + 1) {
		end = memchr(at, '\n', (size_t)(stop - at));
		if (!end)
			end = stop;
		*end = '\0';
		ret = read_line(&r, at, (size_t)(end - at));
	}
	if (r.seen[0])
		config->near_line = 0;
	if (ret == -ENOMEM)
		snprintf(err, err_size, "%.*s: no memory", PATH_SHOWN, path);
	if (ret)
		pfq_config_free(config);
	return ret;
}

/* Could only root have written the file? */
static bool is_trusted(const struct stat *st)
{
	return S_ISREG(st->st_mode) && !st->st_uid && !(st->st_mode & S_IWOTH) &&
	       (!st->st_gid || !(st->st_mode & S_IWGRP));
}

/* Read up to @size bytes. Returns their number or -errno. */
static ssize_t read_all(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used < size) {
		n = read(fd, text + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

static int read_open(struct pfq_config *config, int fd, const char *path, const char *program,
		     bool trusted, char *err, size_t err_size)
{
	struct stat st;
	char *text;
	ssize_t n;
	int ret;

	if (trusted && (fstat(fd, &st) || !is_trusted(&st))) {
		snprintf(err, err_size,
			 "%.*s is not read: it must be a regular file of root that nobody "
			 "else may write",
			 PATH_SHOWN, path);
		return -EPERM;
	}
	/* a byte more tells that the file is too long */
	text = malloc(PFQ_CONFIG_BYTES_MAX + 1);
	n = text ? read_all(fd, text, PFQ_CONFIG_BYTES_MAX + 1) : -ENOMEM;
	ret = n < 0 ? (int)n : n > PFQ_CONFIG_BYTES_MAX ? -EFBIG : 0;
	if (ret)
		snprintf(err, err_size, "%.*s: %s", PATH_SHOWN, path, strerror(-ret));
	else
		ret = pfq_config_parse(config, path, text, (size_t)n, program, err, err_size);
	free(text);
	return ret;
}

int pfq_config_read(struct pfq_config *config, const char *path, const char *program, bool trusted,
		    char *err, size_t err_size)
{
	/* not blocking: the path may be a FIFO */
	int ret, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		ret = -errno;
		snprintf(err, err_size, "%.*s: %s", PATH_SHOWN, path, strerror(-ret));
		return ret;
	}
	ret = read_open(config, fd, path, program, trusted, err, err_size);
	close(fd);
	return ret;
}

const struct pfq_config_entry *pfq_config_find(const struct pfq_config *config, bool is_default,
					       const char *key)
{
	unsigned int i;

	for (i = 0; i < config->count; i++)
		if (config->entry[i].is_default == is_default && !strcmp(config->entry[i].key, key))
			return &config->entry[i];
	return NULL;
}

void pfq_config_free(struct pfq_config *config)
{
	free(config->text);
	free(config->entry);
	config->text = NULL;
	config->entry = NULL;
	config->count = 0;
}
