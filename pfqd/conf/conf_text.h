/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Prints a configuration as pfqd.conf. Values that are the default are left out. */
#ifndef PFQD_CONF_TEXT_H
#define PFQD_CONF_TEXT_H

#include <stdio.h>

#include "conf.h"
#include "conf_value.h"

/* Print "key = value", with quotes if the value needs them. */
void conf_text_line(FILE *f, const char *key, const char *value);
/* Print the sections [pfqd] and [group NAME]. */
void conf_text_daemon(FILE *f, const struct conf_daemon *daemon);
void conf_text_group(FILE *f, const struct conf_group *group);
/*
 * Print the value of @v in @group into @text, of CONF_VALUE_BYTES. "": there is none, or it is the
 * default.
 */
void conf_text_value(const struct conf_value *v, const struct conf_group *group, char *text);

#endif /* PFQD_CONF_TEXT_H */
