/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* lang try: a program over a capture, offline */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "capture.h"
#include "lang.h"
#include "lang_step.h"
#include "trial.h"

typedef unsigned long long ull;

#define CLASSES	64

static const char *const kinds[] = {
	[PFQ_VERDICT_DROP] = "drop", [PFQ_VERDICT_COPY] = "each member",
	[PFQ_VERDICT_STEER] = "a member by hash", [PFQ_VERDICT_DOUBLE] = "two members by hash",
	[PFQ_VERDICT_INDEX] = "a member by number", [PFQ_VERDICT_TURN] = "members in turn",
	[PFQ_VERDICT_DATAGRAM] = "a member by hash",
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

struct sums {
	uint64_t packets, dropped;
	struct {
		uint64_t packets, bytes;
	} class[CLASSES][KINDS];
};

/* Count one output, and write it. A class that has the packet already gets it once. */
static int take_output(struct sums *s, struct capture *c, const struct pfq_verdict *out,
		       uint64_t *classes, struct pfq_error *err)
{
	uint32_t cut = out->cut ? out->cut : ~0U;
	uint32_t bytes = c->hdr->caplen < cut ? c->hdr->caplen : cut;
	uint64_t left = out->classes;
	unsigned int class;
	int ret = 0;

	for (; left && !ret; left &= left - 1) {
		class = __ffs64(left);
		s->class[class][out->kind].packets++;
		s->class[class][out->kind].bytes += bytes;
		if (!(*classes >> class & 1))
			ret = capture_write(c, class, cut, err);
		*classes |= 1ULL << class;
	}
	return ret;
}

static int take_packet(struct sums *s, struct capture *c, const struct pfq_outcome *out,
		       struct pfq_error *err)
{
	uint64_t classes = 0;
	unsigned int i;
	int ret = 0;

	s->packets++;
	if (out->main.kind != PFQ_VERDICT_DROP)
		ret = take_output(s, c, &out->main, &classes, err);
	for (i = 0; i < out->main.more && !ret; i++)
		ret = take_output(s, c, &out->also[i], &classes, err);
	s->dropped += !classes;
	return ret;
}

static int run_all(struct trial *t, struct sums *s, struct capture *c, struct pfq_error *err)
{
	struct pfq_outcome out;
	struct pfq_view v;
	int ret;

	while ((ret = capture_next(c, &v, err)) == 1) {
		trial_run(t, &v, &out);
		ret = take_packet(s, c, &out, err);
		if (ret)
			break;
	}
	return ret;
}

/* --- output ----------------------------------------------------------------------- */

static void show_outputs(const struct sums *s)
{
	struct table *t = table_new("+CLASS TO +PACKETS +BYTES");
	unsigned int class, kind;

	for (class = 0; class < CLASSES; class++)
		for (kind = 0; kind < KINDS; kind++) {
			if (!s->class[class][kind].packets)
				continue;
			table_add(t, "%u", class);
			table_add(t, "%s", kinds[kind]);
			table_add(t, "%llu", (ull)s->class[class][kind].packets);
			table_add(t, "%llu", (ull)s->class[class][kind].bytes);
		}
	table_print(t);
}

static void show_counts(const struct trial *t)
{
	struct pfq_count count;
	unsigned int i;

	for (i = 0; i < t->check.objects; i++) {
		if (t->text->parts.object[i].kind != PFQ_LANG_KIND_COUNTER)
			continue;
		count = pfq_object_count(t->object[i]);
		printf("count %-31s %llu packets, %llu bytes\n", t->text->parts.object[i].name,
		       (ull)count.packets, (ull)count.bytes);
	}
}

static void show(const struct trial *t, const struct sums *s)
{
	struct pfq_step_count count[PFQ_LANG_STEPS_MAX];

	trial_counts(t, count);
	lang_step_show(&t->text->parts, count);
	putchar('\n');
	show_outputs(s);
	printf("\n%llu packets, %llu of them dropped\n", (ull)s->packets, (ull)s->dropped);
	show_counts(t);
}

static json_t *json_outputs(const struct sums *s)
{
	json_t *all = json_array();
	unsigned int class, kind;

	for (class = 0; class < CLASSES; class++)
		for (kind = 0; kind < KINDS; kind++)
			if (s->class[class][kind].packets)
				json_array_append_new(all, json_pack(
					"{s:i, s:s, s:I, s:I}", "class", (int)class, "to",
					kinds[kind], "packets",
					(json_int_t)s->class[class][kind].packets, "bytes",
					(json_int_t)s->class[class][kind].bytes));
	return all;
}

static json_t *json_counts(const struct trial *t)
{
	json_t *all = json_object();
	struct pfq_count count;
	unsigned int i;

	for (i = 0; i < t->check.objects; i++) {
		if (t->text->parts.object[i].kind != PFQ_LANG_KIND_COUNTER)
			continue;
		count = pfq_object_count(t->object[i]);
		json_object_set_new(all, t->text->parts.object[i].name,
				    json_pack("{s:I, s:I}", "packets", (json_int_t)count.packets,
					      "bytes", (json_int_t)count.bytes));
	}
	return all;
}

static json_t *json_result(const struct trial *t, const struct sums *s)
{
	struct pfq_step_count count[PFQ_LANG_STEPS_MAX];

	trial_counts(t, count);
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "packets", (json_int_t)s->packets,
			 "dropped", (json_int_t)s->dropped, "steps",
			 lang_step_json(&t->text->parts, count), "outputs", json_outputs(s),
			 "counts", json_counts(t), "notes", lang_text_notes(t->text));
}

/* ---------------------------------------------------------------------------------- */

static int print(const struct trial *t, const struct sums *s, bool is_json)
{
	if (is_json)
		return json_print(json_result(t, s), false);
	show(t, s);
	return 0;
}

/* Of a file that was cut off, the packets before its end are shown; the error stays. */
static int try(struct trial *t, const struct lang_text *text, const struct request *r,
	       struct pfq_error *err)
{
	struct sums *s = calloc(1, sizeof(*s));
	struct capture c;
	int ret = capture_open(&c, r->arg[r->args - 1], r->prefix, err), closed;

	if (!s)
		ret = -ENOMEM;
	if (!ret)
		ret = trial_begin(t, text, err);
	if (!ret)
		ret = run_all(t, s, &c, err);
	closed = capture_close(&c, err);
	if (!ret)
		ret = closed;
	if (!ret)
		ret = print(t, s, r->is_json);
	else if (c.is_broken && !closed)
		print(t, s, r->is_json);
	free(s);
	return ret;
}

int lang_try(const struct request *r, struct pfq_error *err)
{
	struct trial *t = calloc(1, sizeof(*t));
	struct lang_text text;
	int ret = lang_text_compile(&text, r, r->text ? NULL : r->arg[1], err);

	if (ret)
		ret = lang_text_refuse(&text, r, ret);
	if (!t)
		ret = -ENOMEM;
	if (!ret)
		ret = try(t, &text, r, err);
	if (t)
		trial_free(t);
	free(t);
	lang_text_free(&text);
	return ret;
}
