/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "trial.h"

#include <errno.h>
#include <stdlib.h>
#include "core/frag.h"
#include "core/live.h"

#define CACHE_LINE	64

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
	return pfq_live_fill(blob, t->object, t->check.objects, 0) == PFQ_LANG_FINE ? 0 : -ENOSPC;
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
	t->profile = alloc_lines(pfq_profile_bytes(t->check.steps, 1));
	if (!t->prog || !t->profile)
		return -ENOMEM;
	pfq_lang_build(t->prog, &t->check, blob, t->object);
	pfq_profile_init(t->profile, t->check.steps, 1);
	pfq_program_count(t->prog, t->profile);
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
	free(t->profile);
}

void trial_run(struct trial *t, struct pfq_view *v, struct pfq_outcome *out)
{
	pfq_program_run(t->prog, v, out, &t->env);
}

void trial_counts(const struct trial *t, struct pfq_step_count *count)
{
	uint64_t times[2];
	uint32_t i;

	for (i = 0; i < t->check.steps; i++) {
		pfq_profile_sum(t->profile, i, times);
		count[i] = (struct pfq_step_count){ .no = times[0], .yes = times[1] };
	}
}
