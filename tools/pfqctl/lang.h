/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQCTL_LANG_H
#define PFQCTL_LANG_H

#include "pfqctl.h"

/* Are the words after "lang" allowed? Returns 0, or -EINVAL with text. run_lang() needs it. */
int check_lang(const struct request *r, struct pfq_error *err);
/* The command lang, and its parts. @ctl is NULL: set and show ask an engine by themselves. */
int run_lang(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
int lang_list(const struct request *r, struct pfq_error *err);
int lang_show(const struct request *r, struct pfq_error *err);
int lang_profile(const struct request *r, struct pfq_error *err);
int lang_set(const struct request *r, struct pfq_error *err);
int lang_try(const struct request *r, struct pfq_error *err);

#endif /* PFQCTL_LANG_H */
