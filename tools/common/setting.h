/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Options as data: a row says what an option is called, where its value goes and what is
 * allowed; a value that is not is refused with the option, the value and that text.
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
	unsigned int modes; /* of the program, in which it means something */
	/* -errno: @arg is not allowed. @base is the structure that @offset lies in */
	int (*set)(void *base, const struct setting *s, const char *arg);
	size_t offset;
	uint64_t min, max;
	const struct pfq_number_units *units; /* NULL: plain numbers */
	const char *allowed;		 /* follows "allowed are" */
};

#define SETTINGS_MAX 64

/* Kinds of values: bool, uint64_t (with or without a unit), const char *, int64_t (a CPU) */
int setting_flag(void *base, const struct setting *s, const char *arg);
int setting_number(void *base, const struct setting *s, const char *arg);
int setting_text(void *base, const struct setting *s, const char *arg);
int setting_cpu(void *base, const struct setting *s, const char *arg);
#define SETTING_CPU_ALLOWED "the numbers of this machine's CPUs, from 0"

/* All the options of a program, and which of them the line has */
struct settings {
	const struct setting *rows;
	size_t count; /* at most SETTINGS_MAX */
	void *base;
	uint64_t given; /* bits */
};

/* @out has room for count + 1 */
void settings_argp(const struct settings *all, struct argp_option *out);

/* As a parser of argp: ARGP_ERR_UNKNOWN for a key that is none of the rows' */
error_t settings_parse(struct settings *all, int key, const char *arg, struct argp_state *state);

bool settings_given(const struct settings *all, int key);

/* Refuse options that mean nothing in @mode, which is called @name */
void settings_check_mode(const struct settings *all, unsigned int mode, const char *name,
			 struct argp_state *state);

/* Refuse an option beside another: pairs of keys, up to a pair of zeros */
void settings_check_pairs(const struct settings *all, const int (*pairs)[2],
			  struct argp_state *state);

#endif
