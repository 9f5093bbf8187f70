/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A program that runs offline, with the code of the engines, and counts the ways of its packets. */
#ifndef PFQCTL_TRIAL_H
#define PFQCTL_TRIAL_H

#include "core/lang.h"
#include "core/profile.h"
#include "lang_text.h"

struct trial {
	const struct lang_text *text;
	struct pfq_lang_check check;
	struct pfq_program *prog;
	struct pfq_object **object;	/* [check.objects]; NULL: without state */
	struct pfq_frag_table *frags;
	struct pfq_profile *profile;
	struct pfq_lane_env env;
};

/* Load the program. Returns 0, or -errno with text. The caller always calls trial_free(). */
int trial_begin(struct trial *t, const struct lang_text *text, struct pfq_error *err);
void trial_free(struct trial *t);

/* Run the program on @v, and count its way. */
void trial_run(struct trial *t, struct pfq_view *v, struct pfq_outcome *out);
/* Set *count of each step, up to PFQ_LANG_STEPS_MAX of them. */
void trial_counts(const struct trial *t, struct pfq_step_count *count);

#endif /* PFQCTL_TRIAL_H */
