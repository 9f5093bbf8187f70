/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_lang.h"
#include "lang/compile.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/base/unit.h"

/* the text of a program, and where it comes from */
struct source_text {
	char path[PATH_MAX];	/* "": from the line of the key */
	char *bytes;
	size_t len;
};

/* --- files -------------------------------------------------------------------- */

static int refuse_file(const struct source_text *text, int error, struct pfq_error *err)
{
	const char *why = error == -ESPIPE ? "no file on a disk" :
					     unit_explains("", text->path, error);

	return error_set(err, error, "%.100s: %.120s; allowed: a file of at most %d bytes",
			 text->path, why ? why : strerror(-error), PFQ_LANG_TEXT_MAX);
}

/* Put the path of the file called @name: a relative one is relative to the configuration file. */
static int find_file(const struct conf_target *t, const char *name, struct source_text *text,
		     struct pfq_error *err)
{
	const char *slash = t->path ? strrchr(t->path, '/') : NULL;
	int n;

	if (!*name)
		return error_set(err, -EINVAL, "the name of the file is missing; allowed: "
				 CONF_LANG_FILE " and a path");
	if (*name != '/' && !t->path)
		return error_set(err, -EINVAL, "\"%.64s\" is relative to a configuration file, and "
				 "there is none; allowed: an absolute path", name);
	n = snprintf(text->path, sizeof(text->path), "%.*s%s",
		     *name != '/' && slash ? (int)(slash + 1 - t->path) : 0,
		     t->path ? t->path : "", name);
	return n < (int)sizeof(text->path) ? 0 : error_set(err, -ENAMETOOLONG, "the path is too "
							   "long");
}

/* Returns 0 or -errno. */
static int read_all(int fd, struct source_text *text)
{
	size_t size = PFQ_LANG_TEXT_MAX + 1;
	struct stat st;
	ssize_t n = 1;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ESPIPE;
	text->bytes = malloc(size + 1);
	if (!text->bytes)
		return -ENOMEM;
	while (n > 0 && text->len < size) {
		n = read(fd, text->bytes + text->len, size - text->len);
		if (n < 0)
			return -errno;
		text->len += (size_t)n;
	}
	text->bytes[text->len] = '\0';
	return text->len < size ? 0 : -EFBIG;
}

static int read_file(const struct conf_target *t, const char *name, struct source_text *text,
		     struct pfq_error *err)
{
	int fd, ret = find_file(t, name, text, err);

	if (ret)
		return ret;
	/* a FIFO must not make pfqd wait */
	fd = open(text->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ret = fd < 0 ? -errno : read_all(fd, text);
	if (fd >= 0)
		close(fd);
	return ret ? refuse_file(text, ret, err) : 0;
}

static int read_text(const struct conf_target *t, const char *value, struct source_text *text,
		     struct pfq_error *err)
{
	if (!strncmp(value, CONF_LANG_FILE, strlen(CONF_LANG_FILE)))
		return read_file(t, value + strlen(CONF_LANG_FILE), text, err);
	text->bytes = strdup(value);
	if (!text->bytes)
		return error_set(err, -ENOMEM, "no memory");
	text->len = strlen(value);
	return 0;
}

/* --- the program --------------------------------------------------------------- */

/* Complain about the errors of the program, and log the rest. Returns whether there are errors. */
static bool report(const struct conf_target *t, const struct pfq_lang *lang,
		   const struct source_text *text)
{
	const char *name = t->group->settings.name;
	char line[PATH_MAX + PFQ_LANG_NOTE_LINE];
	const struct pfq_lang_note *n;
	bool has_error = false;

	for (unsigned int i = 0; i < lang->notes; i++) {
		n = &lang->note[i];
		if (*text->path)
			pfq_lang_note_write(line, sizeof(line), n, text->path, true);
		else
			snprintf(line, sizeof(line), "column %u: %s", n->column, n->text);
		has_error |= n->is_error;
		if (n->is_error)
			conf_complain(t->report, t->line, "[group %s] lang: %s", name, line);
		else
			log_info("group %s: lang: %s", name, line);
	}
	return has_error;
}

static int compile(struct conf_target *t, const struct source_text *text, struct pfq_error *err)
{
	struct pfq_lang *lang = NULL;
	int ret = pfq_lang_compile(&lang, text->bytes, text->len);

	if (ret == -ENOMEM)
		return error_set(err, ret, "no memory");
	if (report(t, lang, text))
		ret = -ECANCELED;
	else if (ret)
		ret = error_set(err, ret, "the program is refused without a reason");
	else
		ret = group_settings_wire(&t->group->settings, lang->bytes, lang->size, text->bytes,
					  err);
	pfq_lang_free(lang);
	return ret;
}

int conf_lang_parse(struct conf_target *t, const char *value, struct pfq_error *err)
{
	struct source_text text = { .bytes = NULL };
	int ret;

	t->group->lang_line = t->line;
	if (strlen(value) > SETTINGS_LANG_MAX)
		return error_set(err, -E2BIG, "the program is too long; allowed: %d bytes, or "
				 CONF_LANG_FILE "PATH", SETTINGS_LANG_MAX);
	strcpy(t->group->settings.lang, value);
	ret = read_text(t, value, &text, err);
	if (!ret)
		ret = compile(t, &text, err);
	free(text.bytes);
	/* the caller reads -EINVAL as a value without a text */
	return ret == -EINVAL ? -EOPNOTSUPP : ret;
}

bool conf_lang_differs(const struct conf_group *a, const struct conf_group *b)
{
	const struct program *p = a->settings.program, *q = b->settings.program;

	if (!p || !q || !p->text || !q->text)
		return false;
	return strcmp(p->text, q->text) || p->wire_bytes != q->wire_bytes ||
	       memcmp(p->wire, q->wire, p->wire_bytes);
}
