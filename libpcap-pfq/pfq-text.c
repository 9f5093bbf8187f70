/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "pfq-text.h"

#define WORD_MAX	40	/* bytes of a word that is left out as a whole */

static bool is_within_character(char c)
{
	return (c & 0xc0) == 0x80; /* of UTF-8 */
}

void pfq_text_vwrite(char *text, size_t size, const char *format, va_list args)
{
	static const char end[] = "...";
	size_t last = size - sizeof(end), at = last;
	int len = vsnprintf(text, size, format, args);

	if (len < 0 || (size_t)len < size)
		return;
	while (at && text[at] != ' ' && last - at < WORD_MAX)
		at--;
	if (text[at] != ' ')
		at = last;
	while (at && is_within_character(text[at]))
		at--;
	memcpy(text + at, end, sizeof(end));
}

void pfq_text_write(char *text, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pfq_text_vwrite(text, size, format, args);
	va_end(args);
}
