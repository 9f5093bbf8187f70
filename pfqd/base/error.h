/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One line that says what is wrong and what to do, on its way up to whoever shows it. */
#ifndef PFQD_ERROR_H
#define PFQD_ERROR_H

#include "pfq.h"

/* Fills err->text (cut where too long) and returns @code. */
int error_set(struct pfq_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* PFQD_ERROR_H */
