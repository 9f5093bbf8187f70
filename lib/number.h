/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Numbers and sizes as people write them: the one parser of the library, pfqd and the tools.
 * The whole text must be a value: nothing is cut off, rounded up or wrapped. libpcap-pfq has
 * a parser of its own, because it sees the public header only.
 */
#ifndef PFQ_LIB_NUMBER_H
#define PFQ_LIB_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define PFQ_NUMBER_UNITS_MAX	8

/* The units that may follow a number. A row with the suffix "" says what a bare number counts. */
struct pfq_number_units {
	bool has_decimals;	/* "1.5M" is allowed */
	struct {
		const char *suffix;
		uint64_t factor;	/* 0: the end of the table */
	} unit[PFQ_NUMBER_UNITS_MAX + 1];
};

extern const struct pfq_number_units pfq_number_bytes;	  /* K M G, k m g; plain is bytes */
extern const struct pfq_number_units pfq_number_kib;	  /* K M G; plain is KiB, as tcpdump's -B */
extern const struct pfq_number_units pfq_number_rates;	  /* k M G, in powers of 1000 */
extern const struct pfq_number_units pfq_number_times;	  /* us ms s, in ns; a unit is required */
extern const struct pfq_number_units pfq_number_seconds;  /* s ms m, in ns; plain is seconds */

/*
 * Read the digits at @text: no sign, no blanks, no base. Return their end.
 * NULL: there are none, or the number exceeds 64 bits.
 */
const char *pfq_number_digits(const char *text, uint64_t *value);

/* Read a whole number without a unit. -EINVAL: no number; -ERANGE: not in [@min, @max] */
int pfq_number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/* Read a number with one of @units. @min and @max limit the product of number and factor. */
int pfq_number_parse_unit(const char *text, const struct pfq_number_units *units, uint64_t min,
			  uint64_t max, uint64_t *value);

#endif /* PFQ_LIB_NUMBER_H */
