/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "number.h"

#define KIB		(1ULL << 10)
#define MIB		(1ULL << 20)
#define GIB		(1ULL << 30)
#define NS_PER_S	1000000000ULL
#define DECIMALS_MAX	9

const struct pfq_number_units pfq_number_bytes = {
	false, { { "", 1 }, { "K", KIB }, { "M", MIB }, { "G", GIB },
		 { "k", KIB }, { "m", MIB }, { "g", GIB } },
};

const struct pfq_number_units pfq_number_kib = {
	true, { { "", KIB }, { "K", KIB }, { "M", MIB }, { "G", GIB } },
};

const struct pfq_number_units pfq_number_rates = {
	true, { { "", 1 }, { "k", 1000 }, { "M", 1000000 }, { "G", 1000000000 } },
};

const struct pfq_number_units pfq_number_times = {
	false, { { "us", 1000 }, { "ms", 1000000 }, { "s", NS_PER_S } },
};

const struct pfq_number_units pfq_number_seconds = {
	true, { { "", NS_PER_S }, { "s", NS_PER_S }, { "ms", 1000000 }, { "m", 60 * NS_PER_S } },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* As pfq_number_digits(), but with -EINVAL or -ERANGE. */
static int read_digits(const char *text, const char **end, uint64_t *value)
{
	uint64_t v = 0;

	if (!is_digit(*text))
		return -EINVAL;
	for (; is_digit(*text); text++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*text - '0'), &v))
			return -ERANGE;
	}
	*end = text;
	*value = v;
	return 0;
}

const char *pfq_number_digits(const char *text, uint64_t *value)
{
	const char *end;

	return read_digits(text, &end, value) ? NULL : end;
}

static int put_in_range(uint64_t v, uint64_t min, uint64_t max, uint64_t *value)
{
	if (v < min || v > max)
		return -ERANGE;
	*value = v;
	return 0;
}

int pfq_number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *end;
	uint64_t v;
	int ret = read_digits(text, &end, &v);

	if (ret)
		return ret;
	return *end ? -EINVAL : put_in_range(v, min, max, value);
}

/* ".25" at *text, which moves behind it: 25 of 100. Without a point: 0 of 1. */
static int read_fraction(const char **text, uint64_t *part, uint64_t *whole)
{
	const char *end, *c;

	*part = 0;
	*whole = 1;
	if (**text != '.')
		return 0;
	if (read_digits(*text + 1, &end, part) || end - *text - 1 > DECIMALS_MAX)
		return -EINVAL;
	for (c = *text + 1; c < end; c++)
		*whole *= 10;
	*text = end;
	return 0;
}

static uint64_t factor_of(const struct pfq_number_units *units, const char *suffix)
{
	unsigned int i;

	for (i = 0; units->unit[i].factor && strcmp(units->unit[i].suffix, suffix); i++)
		;
	return units->unit[i].factor;
}

int pfq_number_parse_unit(const char *text, const struct pfq_number_units *units, uint64_t min,
			  uint64_t max, uint64_t *value)
{
	uint64_t v, factor, part = 0, whole = 1;
	int ret = read_digits(text, &text, &v);

	if (!ret && units->has_decimals)
		ret = read_fraction(&text, &part, &whole);
	if (ret)
		return ret;
	factor = factor_of(units, text);
	if (!factor)
		return -EINVAL;
	if (__builtin_mul_overflow(v, factor, &v) ||
	    __builtin_add_overflow(v, (uint64_t)((unsigned __int128)part * factor / whole), &v))
		return -ERANGE;
	return put_in_range(v, min, max, value);
}
