/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks of pfqd.conf that need more than one key. */
#ifndef PFQD_CONF_CHECK_H
#define PFQD_CONF_CHECK_H

#include "conf.h"

/* Report each combination of values that is not allowed, in the groups from index @first on. */
void conf_check(const struct conf *conf, unsigned int first, struct conf_report *report);

/*
 * Two groups have these bindings of one device. If one of them taps the device, and they do not go
 * together: a text with what is allowed; otherwise NULL.
 */
const char *conf_check_taps(const struct group_settings *a, const struct group_settings *b,
			    const struct binding *of_a, const struct binding *of_b);

#endif /* PFQD_CONF_CHECK_H */
