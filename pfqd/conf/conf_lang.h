/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The key lang: a program in pfq-lang, in the line or in a file of its own. */
#ifndef PFQD_CONF_LANG_H
#define PFQD_CONF_LANG_H

#include "conf_keys.h"

#define CONF_LANG_FILE	"file:"

/*
 * Compile the program that @value is or names, into the group's settings. Errors of the program are
 * complaints, and its notes go to the log. Returns 0; -ECANCELED after complaints; another -errno
 * with text.
 */
int conf_lang_parse(struct conf_target *t, const char *value, struct pfq_error *err);
/* Have the groups other programs, even if their keys have one value, as the name of a file? */
bool conf_lang_differs(const struct conf_group *a, const struct conf_group *b);

#endif /* PFQD_CONF_LANG_H */
