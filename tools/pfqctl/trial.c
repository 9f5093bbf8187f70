/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "trial.h"

#include <errno.h>
#include <stdlib.h>
#include "core/frag.h"
#include "core/parse.h"
#include "lang/vocabulary.h"

#define CACHE_LINE	64

/* One step, the one behind it where its answer is no, and the end. */
struct single {
	struct pfq_program prog;
	struct pfq_step no, end;
};

static void *alloc_lines(uint64_t bytes)
{
	uint64_t all = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	void *p = aligned_alloc(CACHE_LINE, all);

	if (p)
		memset(p, 0, all);
	return p;
}

static int make_objects(struct trial *t, const void *blob)
{
	struct pfq_lang_object is;
	uint64_t bytes;
	uint32_t i;

	t->object = calloc(t->check.objects + 1, sizeof(*t->object));
	if (!t->object)
		return -ENOMEM;
	for (i = 0; i < t->check.objects; i++) {
		is = pfq_lang_object(blob, i);
		bytes = pfq_object_bytes(&is, 1);
		if (!bytes)
			continue;
		t->object[i] = alloc_lines(bytes);
		if (!t->object[i])
			return -ENOMEM;
		pfq_object_init(t->object[i], &is, pfq_lang_data(blob, &is), 1, 0);
	}
	return 0;
}

int trial_begin(struct trial *t, const struct lang_text *text, struct pfq_error *err)
{
	const void *blob = text->lang->bytes;
	int ret = pfq_lang_verify(&t->check, blob, text->lang->size);

	t->text = text;
	t->frags = calloc(1, sizeof(*t->frags));
	t->env = (struct pfq_lane_env){ .random = 1, .frags = t->frags };
	if (!t->frags)
		return -ENOMEM;
	if (ret) {
		pfq_lang_explain(&t->check.fault, err->text, sizeof(err->text));
		return ret;
	}
	ret = make_objects(t, blob);
	if (ret)
		return ret;
	t->prog = alloc_lines(t->check.program_bytes);
	if (!t->prog)
		return -ENOMEM;
	pfq_lang_build(t->prog, &t->check, blob, t->object);
	return 0;
}

void trial_free(struct trial *t)
{
	uint32_t i;

	for (i = 0; t->object && i < t->check.objects; i++)
		free(t->object[i]);
	free(t->object);
	free(t->prog);
	free(t->frags);
}

/*
 * Run step @i alone. If it asks something, a step stands behind its answer no that drops the main
 * output, and changes nothing else. A step that asks changes no output.
 */
static bool run_step(struct trial *t, struct pfq_run *run, unsigned int i)
{
	enum pfq_lang_type type = pfq_lang_rows[t->text->parts.step[i].symbol].type;
	struct pfq_verdict *main = &run->out->main;
	struct single single = { .prog = { .flags = 0 } };
	uint16_t kind = main->kind;
	bool answer;

	single.prog.step[0] = t->prog->step[i];
	single.prog.step[0].next[0] = &single.end;
	single.prog.step[0].next[1] = &single.end;
	pfq_step_set(&single.end, PFQ_STEP_END);
	if (type != PFQ_LANG_PRED && type != PFQ_LANG_PROP) {
		pfq_program_run_steps(&single.prog, run);
		return true;
	}
	single.prog.step[0].next[0] = &single.no;
	pfq_step_set(&single.no, PFQ_STEP_STOP);
	main->kind = PFQ_VERDICT_COPY;
	pfq_program_run_steps(&single.prog, run);
	answer = main->kind != PFQ_VERDICT_DROP;
	main->kind = kind;
	return answer;
}

void trial_run(struct trial *t, struct pfq_view *v, struct pfq_outcome *out)
{
	const struct pfq_lang_step *step = t->text->parts.step;
	struct pfq_run run = { .v = v, .to = &out->main, .out = out, .env = &t->env,
			       .prog = t->prog };
	unsigned int at = 0;

	pfq_verdict_begin(&out->main);
	if (t->prog->flags & PFQ_PROGRAM_PARSE)
		pfq_parse(v);
	while (at < PFQ_LANG_DROP) {
		if (run_step(t, &run, at)) {
			t->yes[at]++;
			at = step[at].yes;
		} else {
			t->no[at]++;
			at = step[at].no;
		}
	}
	if (at == PFQ_LANG_DROP)
		out->main.kind = PFQ_VERDICT_DROP;
}