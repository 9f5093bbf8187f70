/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "name.h"

#define NAME_DIGITS_MAX	10

void pfq_name_nth(char name[PFQ_NAME_MAX + 1], const char *base, u32 n)
{
	char digit[NAME_DIGITS_MAX];
	u32 digits = 0, len = 0, i;

	for (i = n; n > 1 && i; i /= 10)
		digit[digits++] = (char)('0' + i % 10);
	/* room for the dot and the digits; at least the first letter stays */
	while (base[len] && len < PFQ_NAME_MAX - (digits ? digits + 1 : 0)) {
		name[len] = base[len];
		len++;
	}
	if (digits)
		name[len++] = '.';
	while (digits)
		name[len++] = digit[--digits];
	name[len] = '\0';
}
