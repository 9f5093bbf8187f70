// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <string.h>
#include "number.h"

const struct number_unit number_sizes[] = {
	{ "", 1024 },	   { "K", 1ull << 10 }, { "M", 1ull << 20 },
	{ "G", 1ull << 30 }, { "", 0 },
};

const struct number_unit number_rates[] = {
	{ "", 1 }, { "k", 1000 }, { "M", 1000000 }, { "G", 1000000000 }, { "", 0 },
};

const struct number_unit number_seconds[] = {
	{ "", 1000000000 },	{ "s", 1000000000 }, { "ms", 1000000 },
	{ "m", 60000000000ull }, { "", 0 },
};

/* Digits only: no sign, no blanks, no base */
static const char *digits_parse(const char *text, uint64_t *out)
{
	uint64_t value = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return NULL;
	}
	*out = value;
	return text;
}

int number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *end;
	uint64_t value;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	end = digits_parse(text, &value);
	if (!end)
		return -ERANGE;
	if (*end)
		return -EINVAL;
	if (value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

static uint64_t unit_factor(const struct number_unit *units, const char *suffix)
{
	for (; units->factor; units++) {
		if (!strcmp(units->suffix, suffix))
			return units->factor;
	}
	return 0;
}

int number_parse_unit(const char *text, const struct number_unit *units, uint64_t min, uint64_t max,
		      uint64_t *out)
{
	uint64_t value, factor, fraction = 0, scale = 1;
	const char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	end = digits_parse(text, &value);
	if (!end)
		return -ERANGE;
	if (*end == '.') {
		const char *dot = end;

		end = digits_parse(dot + 1, &fraction);
		if (!end || end == dot + 1 || end - dot > 10)
			return -EINVAL;
		for (const char *c = dot + 1; c < end; c++)
			scale *= 10;
	}
	factor = unit_factor(units, end);
	if (!factor)
		return -EINVAL;
	if (__builtin_mul_overflow(value, factor, &value) ||
	    __builtin_add_overflow(value, (uint64_t)((unsigned __int128)fraction * factor / scale),
				   &value))
		return -ERANGE;
	if (value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}
