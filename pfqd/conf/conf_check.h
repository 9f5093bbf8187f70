/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the keys of a file must have to do with each other. */
#ifndef PFQD_CONF_CHECK_H
#define PFQD_CONF_CHECK_H

#include "conf.h"

/* All that does not fit is complained of. */
void conf_check(const struct conf *conf, struct conf_report *report);

#endif /* PFQD_CONF_CHECK_H */
