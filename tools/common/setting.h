/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Options as data. A row gives an option's name, the place of its value and the allowed
 * values. A wrong value is refused; the error names the option, the value and the allowed
 * values.
 */
#ifndef BENCH_SETTING_H
#define BENCH_SETTING_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/number.h"

struct setting {
	struct argp_option argp;
	unsigned int modes; /* the program's modes in which it may be used */
	/* Store @arg. -errno: the value is not allowed. @offset counts from @base. */
	int (*set)(void *base, const struct setting *s, const char *arg);
	size_t offset;
	uint64_t min, max;
	const struct pfq_number_units *units; /* NULL: plain numbers */
	const char *allowed;		 /* follows "allowed are" */
};

#define SETTINGS_MAX 64

/*
 * Setters by type of value: bool, uint64_t (with or without a unit), const char *, int64_t
 * (a CPU)
 */
int setting_flag(void *base, const struct setting *s, const char *arg);
int setting_number(void *base, const struct setting *s, const char *arg);
int setting_text(void *base, const struct setting *s, const char *arg);
int setting_cpu(void *base, const struct setting *s, const char *arg);
#define SETTING_CPU_ALLOWED "the numbers of this machine's CPUs, from 0"

/* All options of a program, and which of them the command line gives */
struct settings {
	const struct setting *rows;
	size_t count; /* at most SETTINGS_MAX */
	void *base;
	uint64_t given; /* one bit for each row */
};

/* Write argp's table of options. @out has room for count + 1 rows. */
void settings_argp(const struct settings *all, struct argp_option *out);

/* A parser for argp. Returns ARGP_ERR_UNKNOWN if no row has the key. */
error_t settings_parse(struct settings *all, int key, const char *arg, struct argp_state *state);

/* Does the command line give the option with @key? */
bool settings_given(const struct settings *all, int key);

/* Refuse options that may not be used in @mode. @name is the mode's name in the error. */
void settings_check_mode(const struct settings *all, unsigned int mode, const char *name,
			 struct argp_state *state);

/*
 * Refuse two options that exclude each other. @pairs are pairs of keys; a pair of zeros
 * ends them.
 */
void settings_check_pairs(const struct settings *all, const int (*pairs)[2],
			  struct argp_state *state);

#endif
