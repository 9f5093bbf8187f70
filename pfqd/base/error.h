/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An error: one line that says what is wrong and what to do. Callees fill it, and the caller at the
 * edge prints it. Any thread.
 */
#ifndef PFQD_ERROR_H
#define PFQD_ERROR_H

#include "pfq.h"

/* Fill err->text as printf() does, cut to its size, and return @code. */
int error_set(struct pfq_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* PFQD_ERROR_H */
