/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdarg.h>
#include <stdio.h>
#include "error.h"
#include "reason.h"

int pfq_error_set(struct pfq_error *err, int error, const char *fmt, ...)
{
	va_list args;

	if (err) {
		va_start(args, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, args);
		va_end(args);
	}
	return error;
}

const char *pfq_error_text(int error)
{
	return pfq_reason(PFQ_REASON_PROCESS, error);
}
