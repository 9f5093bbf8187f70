/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Values of options. The whole text must be a value: nothing is cut off,
 * rounded up or wrapped.
 */
#ifndef BENCH_NUMBER_H
#define BENCH_NUMBER_H

#include <stdint.h>

/* What may follow a number; a table ends with a factor of 0, and the row with "" counts
 * when nothing follows. */
struct number_unit {
	const char *suffix;
	uint64_t factor;
};

extern const struct number_unit number_sizes[];	  /* K M G in bytes; plain is KiB, as tcpdump's -B */
extern const struct number_unit number_rates[];	  /* k M G in powers of 1000 */
extern const struct number_unit number_seconds[]; /* s ms m, in nanoseconds; plain is seconds */

/* -EINVAL: no number; -ERANGE: not in [@min, @max] */
int number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The same with decimals ("1.5M") and one of @units; @min and @max in multiplied terms. */
int number_parse_unit(const char *text, const struct number_unit *units, uint64_t min, uint64_t max,
		      uint64_t *out);

#endif
