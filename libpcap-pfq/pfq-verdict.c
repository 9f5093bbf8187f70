/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdarg.h>

#include "pfq-debug.h"
#include "pfq-text.h"
#include "pfq-verdict.h"

bool pfq_verdict_fail(struct pfq_choice *choice, int status, const char *format, ...)
{
	va_list ap;

	choice->status = status;
	va_start(ap, format);
	pfq_text_vwrite(choice->error, sizeof(choice->error), format, ap);
	va_end(ap);
	return true;
}

bool pfq_verdict_ordinary(const struct pfq_choice *choice, const char *name, const char *why)
{
	pfq_debug_print(&choice->env, "%s stays an ordinary device: %s", name, why);
	return false;
}

bool pfq_verdict_warn(struct pfq_choice *choice, const char *name, const char *variable,
		      const char *why)
{
	pfq_text_write(choice->warning, sizeof(choice->warning),
		       "%.80s is set, but %.64s stays an ordinary device: %s", variable, name, why);
	return pfq_verdict_ordinary(choice, name, why);
}
