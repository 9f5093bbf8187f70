/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-nearest.h"

#include <ctype.h>
#include <string.h>

#define LENGTH_MAX 63

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return toupper((unsigned char)a) == toupper((unsigned char)b);
}

unsigned int pfq_nearest_distance(const char *a, const char *b)
{
	size_t i, j, a_len = strlen(a), b_len = strlen(b);
	/* the distances of the first i - 2, i - 1 and i characters of @a to those of @b */
	unsigned int rows[3][LENGTH_MAX + 1];
	unsigned int *before, *last = rows[0], *row;

	if (a_len > LENGTH_MAX || b_len > LENGTH_MAX)
		return PFQ_NEAREST_NONE;
	for (j = 0; j <= b_len; j++)
		last[j] = (unsigned int)j;
	before = last;
	for (i = 1; i <= a_len; i++) {
		row = rows[i % 3];
		row[0] = (unsigned int)i;
		for (j = 1; j <= b_len; j++) {
			row[j] = least(least(last[j], row[j - 1]) + 1,
				       last[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
	}
	return last[b_len];
}

bool pfq_nearest_is_slip(unsigned int distance, const char *known)
{
	return distance <= (strlen(known) < 5 ? 1U : 2U);
}
