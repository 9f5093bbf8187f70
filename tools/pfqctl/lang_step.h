/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The steps of a program, for people and as JSON. */
#ifndef PFQCTL_LANG_STEP_H
#define PFQCTL_LANG_STEP_H

#include "lang/print.h"
#include "pfqctl.h"

/* Print the steps; @count, of each step, NULL: without numbers. */
void lang_step_show(const struct pfq_lang_parts *parts, const struct pfq_step_count *count);
json_t *lang_step_json(const struct pfq_lang_parts *parts, const struct pfq_step_count *count);

#endif /* PFQCTL_LANG_STEP_H */
