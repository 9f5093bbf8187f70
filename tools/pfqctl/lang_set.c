/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* lang set: give a group another program, under traffic */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lang.h"
#include "lang_text.h"

static int refuse(struct pfq_error *err, const char *why)
{
	snprintf(err->text, sizeof(err->text), "lang set: %s", why);
	return -EINVAL;
}

/*
 * Write the line of pfqd.conf(5) with that value, in quotes if it needs them. NULL: no quotes are
 * left for it, or there is no memory, with text.
 */
static char *write_line(const char *begin, const char *value, struct pfq_error *err)
{
	const char *q = !strpbrk(value, "#;") ? "" : strchr(value, '\'') ? "\"" : "'";
	char *line;

	if (strchr(value, '\n') || (*q == '"' && strchr(value, '"'))) {
		refuse(err, "a line of pfqd.conf cannot have this; allowed: no line end, and with "
		       "# or ; not both kinds of quotes");
		return NULL;
	}
	if (asprintf(&line, "lang = %s%s%s%s", q, begin, value, q) >= 0)
		return line;
	refuse(err, "no memory");
	return NULL;
}

/* pfqd reads a file itself, also when it reads its configuration again. NULL: with text. */
static char *line_of(const struct request *r, struct pfq_error *err)
{
	char path[PATH_MAX];

	if (r->text && strpbrk(r->text, "\n'"))
		refuse(err, "-e takes one line without '; put the program into a file");
	else if (r->text)
		return write_line("", r->text, err);
	else if (!strcmp(r->arg[2], "-") || !realpath(r->arg[2], path))
		refuse(err, "pfqd reads the file: give the path of a file that exists");
	else
		return write_line("file:", path, err);
	return NULL;
}

int lang_set(const struct request *r, struct pfq_error *err)
{
	struct lang_text t;
	struct pfq_ctl *ctl;
	char *line;
	int ret = lang_text_compile(&t, r, r->text ? NULL : r->arg[2], err);

	if (ret)
		ret = lang_text_refuse(&t, r, ret);
	lang_text_free(&t);
	if (ret)
		return ret;
	line = line_of(r, err);
	if (!line)
		return -EINVAL;
	ret = pfq_ctl_open(&ctl, r->socket, err);
	if (ret) {
		free(line);
		return ret;
	}
	ret = change_group(ctl, r, r->arg[1], line, err);
	pfq_ctl_close(ctl);
	return ret;
}
