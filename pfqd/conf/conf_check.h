/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks of pfqd.conf that need more than one key. */
#ifndef PFQD_CONF_CHECK_H
#define PFQD_CONF_CHECK_H

#include "conf.h"

/* Report each combination of values that is not allowed, in the groups from index @first on. */
void conf_check(const struct conf *conf, unsigned int first, struct conf_report *report);

#endif /* PFQD_CONF_CHECK_H */
