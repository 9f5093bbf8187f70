/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A result that nobody got is no result. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include <stdbool.h>

/* Has all got out that went to the standard output? false: it is said why not. */
bool output_is_out(const char *program);

#endif
