/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LIB_ERROR_H
#define PFQ_LIB_ERROR_H

#include "pfq.h"

/*
 * Write the text to @err, which may be NULL, and return @error: return pfq_error_set(err, -EINVAL,
 * ...)
 */
int pfq_error_set(struct pfq_error *err, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* PFQ_LIB_ERROR_H */
