/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Says in words why a program is refused. Both engines send this text. */
#include "lang.h"
#include "text.h"

#define REASON(name, text)	text,

static const char *const lang_reasons[] = { PFQ_LANG_REASONS(REASON) };

#undef REASON

static void append_number(char *to, size_t size, u32 number)
{
	char digits[11] = { 0 };
	u32 n = sizeof(digits) - 1;

	do
		digits[--n] = (char)('0' + number % 10);
	while (number /= 10);
	pfq_text_append(to, size, digits + n);
}

void pfq_lang_explain(const struct pfq_lang_fault *fault, char *text, size_t size)
{
	text[0] = 0;
	if (fault->step >= 0 || fault->object >= 0) {
		pfq_text_append(text, size, fault->step >= 0 ? "step " : "object ");
		append_number(text, size, (u32)max_t(s32, fault->step, fault->object));
		pfq_text_append(text, size, ": ");
	}
	if ((u32)fault->reason < ARRAY_SIZE(lang_reasons))
		pfq_text_append(text, size, lang_reasons[fault->reason]);
}
