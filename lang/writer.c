/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "print.h"

void pfq_lang_put(struct pfq_lang_writer *to, const char *fmt, ...)
{
	static const char more[] = "...";
	size_t room = PFQ_LANG_LINE_MAX - to->used;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(to->text + to->used, room, fmt, args);
	va_end(args);
	if ((size_t)n < room) {
		to->used += (size_t)n;
		return;
	}
	to->used = PFQ_LANG_LINE_MAX - 1;
	memcpy(to->text + PFQ_LANG_LINE_MAX - sizeof(more), more, sizeof(more));
}
