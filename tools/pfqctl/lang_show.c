/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* lang show: the steps of a program, of a text or of a group */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lang.h"
#include "lang_step.h"
#include "lang_text.h"

typedef unsigned long long ull;

/* The engine's own check: a program that compiles passes it. */
static int verify(struct pfq_lang_check *check, const struct lang_text *t, struct pfq_error *err)
{
	int ret = pfq_lang_verify(check, t->lang->bytes, t->lang->size);

	if (ret)
		pfq_lang_explain(&check->fault, err->text, sizeof(err->text));
	return ret;
}

static int print_program(const struct lang_text *t, const struct pfq_lang_check *check,
			 const struct request *r)
{
	ull memory = pfq_lang_bytes(check, t->lang->bytes, 0);
	ull each = pfq_lang_bytes(check, t->lang->bytes, 1) - memory;

	if (r->is_json)
		return json_print(json_pack("{s:o, s:i, s:I, s:I, s:o}", "steps",
					    lang_step_json(&t->parts, NULL),
					    "cost", (int)check->cost, "memory", (json_int_t)memory,
					    "memory_per_lane", (json_int_t)each, "notes",
					    lang_text_notes(t)), false);
	lang_step_show(&t->parts, NULL);
	printf("\ncost    at most %u of %d units\n", check->cost, PFQ_LANG_COST_MAX);
	printf("memory  %llu bytes, and %llu for each lane\n", memory, each);
	return 0;
}

static int show(const struct lang_text *t, const struct request *r, struct pfq_error *err)
{
	struct pfq_lang_check *check = calloc(1, sizeof(*check));
	int ret = check ? verify(check, t, err) : -ENOMEM;

	if (!ret)
		ret = print_program(t, check, r);
	free(check);
	return ret;
}

static int show_text(const struct request *r, struct pfq_error *err)
{
	struct lang_text t;
	int ret = lang_text_compile(&t, r, r->text ? NULL : r->arg[1], err);

	ret = ret ? lang_text_refuse(&t, r, ret) : show(&t, r, err);
	lang_text_free(&t);
	return ret;
}

/* --- of a group ------------------------------------------------------------------- */

struct show {
	const struct request *r;
	struct pfq_error *err;
};

static int show_info(const struct pfq_program_info *info, void *arg)
{
	const struct show *s = arg;
	struct lang_text t;
	int ret = lang_text_of_group(&t, info, s->err);

	if (!ret)
		ret = show(&t, s->r, s->err);
	lang_text_free(&t);
	return ret;
}

static int show_group(const struct request *r, struct pfq_error *err)
{
	struct show s = { r, err };
	struct pfq_ctl *ctl;
	int ret = pfq_ctl_open(&ctl, r->socket, err);

	if (ret)
		return ret;
	ret = pfq_ctl_program(ctl, r->arg[1], show_info, &s, err);
	pfq_ctl_close(ctl);
	return ret;
}

/* A name without / is that of a group, unless there is such a file. */
static bool names_group(const struct request *r)
{
	const char *name = r->arg[1];

	return !r->text && strcmp(name, "-") && !strchr(name, '/') && access(name, F_OK);
}

int lang_show(const struct request *r, struct pfq_error *err)
{
	char text[sizeof(err->text)];
	int ret;

	if (r->profile_s)
		return lang_profile(r, err);
	if (!names_group(r))
		return show_text(r, err);
	ret = show_group(r, err);
	if (ret != -ENOENT && ret != -ECONNREFUSED)
		return ret;
	/* the name may have been meant as the file's */
	memcpy(text, err->text, sizeof(text));
	snprintf(err->text, sizeof(err->text), "no file \"%.32s\"; as a group's name: %.180s",
		 r->arg[1], text);
	return ret;
}
