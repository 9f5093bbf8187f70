/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lang/vocabulary.h"
#include "lang_text.h"

static int say(struct pfq_error *err, int ret, const char *file)
{
	snprintf(err->text, sizeof(err->text), "%.200s: %s", file, strerror(-ret));
	return ret;
}

/* One byte more than is allowed: the compiler then refuses the text, and says so. */
static int read_file(char **text, size_t *len, const char *file, struct pfq_error *err)
{
	FILE *f = strcmp(file, "-") ? fopen(file, "re") : stdin;
	int ret = 0;

	*text = malloc(PFQ_LANG_TEXT_MAX + 1);
	if (!f || !*text) {
		ret = say(err, errno ? -errno : -ENOMEM, file);
	} else {
		*len = fread(*text, 1, PFQ_LANG_TEXT_MAX + 1, f);
		if (ferror(f))
			ret = say(err, errno ? -errno : -EIO, file);
	}
	if (f && f != stdin)
		fclose(f);
	return ret;
}

static void print_notes(const struct lang_text *t)
{
	const struct pfq_lang *lang = t->lang;
	char line[PFQ_LANG_NOTE_LINE + 4096];
	unsigned int i;

	for (i = 0; i < lang->notes; i++) {
		pfq_lang_note_write(line, sizeof(line), &lang->note[i], t->where, true);
		fprintf(stderr, "%s\n", word_clean(line));
	}
}

int lang_text_compile(struct lang_text *t, const struct request *r, const char *file,
		      struct pfq_error *err)
{
	char *text = NULL;
	size_t len = 0;
	int ret = 0;

	*t = (struct lang_text){ .where = file ? file : "-e" };
	if (file)
		ret = read_file(&text, &len, file, err);
	if (!ret)
		ret = pfq_lang_compile(&t->lang, file ? text : r->text,
				       file ? len : strlen(r->text));
	if (t->lang && !r->is_json)
		print_notes(t);
	if (ret == -EINVAL && t->lang)
		ret = EXIT_FAILURE;
	if (!ret)
		ret = pfq_lang_parts_find(&t->parts, t->lang->bytes, t->lang->size);
	free(text);
	return ret;
}

/* Write the text of a policy's program: "steer_to 3". Returns false for an unknown policy. */
static bool write_policy(char *text, size_t size, const char *policy)
{
	size_t n = strcspn(policy, ":");
	const struct pfq_program_row *row;
	unsigned int i;

	for (i = 0; (row = pfq_program_row(i)); i++) {
		if (strlen(row->name) != n || strncmp(row->name, policy, n))
			continue;
		snprintf(text, size, "%s %s", pfq_lang_rows[row->symbol].text,
			 policy[n] ? policy + n + 1 : "");
		return true;
	}
	return false;
}

static int compile_policy(struct lang_text *t, const char *policy, struct pfq_error *err)
{
	char text[128];

	if (write_policy(text, sizeof(text), policy) &&
	    !pfq_lang_compile(&t->lang, text, strlen(text)))
		return 0;
	snprintf(err->text, sizeof(err->text), "this pfqctl does not know the policy %.64s",
		 policy);
	return -EOPNOTSUPP;
}

static int copy_wire(struct lang_text *t, const struct pfq_program_info *info)
{
	t->lang = calloc(1, sizeof(*t->lang));
	if (!t->lang)
		return -ENOMEM;
	t->lang->bytes = malloc(info->wire_bytes + 1);
	if (!t->lang->bytes)
		return -ENOMEM;
	memcpy(t->lang->bytes, info->wire, info->wire_bytes);
	t->lang->size = info->wire_bytes;
	return 0;
}

int lang_text_of_group(struct lang_text *t, const struct pfq_program_info *info,
		       struct pfq_error *err)
{
	int ret;

	*t = (struct lang_text){ .where = info->group };
	ret = info->wire ? copy_wire(t, info) : compile_policy(t, info->steer, err);
	if (ret)
		return ret;
	ret = pfq_lang_parts_find(&t->parts, t->lang->bytes, t->lang->size);
	if (ret)
		snprintf(err->text, sizeof(err->text), "group %s has a program that this pfqctl "
			 "does not know; use the one of pfqd's release", info->group);
	return ret;
}

void lang_text_free(struct lang_text *t)
{
	pfq_lang_free(t->lang);
}

json_t *lang_text_notes(const struct lang_text *t)
{
	const struct pfq_lang_note *n = t->lang->note;
	json_t *all = json_array();
	unsigned int i;

	for (i = 0; i < t->lang->notes; i++, n++)
		json_array_append_new(all, json_pack("{s:i, s:i, s:b, s:s}", "line", (int)n->line,
						     "column", (int)n->column, "error", n->is_error,
						     "text", word_clean(n->text)));
	return all;
}

int lang_text_refuse(const struct lang_text *t, const struct request *r, int ret)
{
	int printed = 0;

	if (ret > 0 && r->is_json)
		printed = json_print(json_pack("{s:o}", "notes", lang_text_notes(t)), false);
	return printed ? printed : ret;
}
