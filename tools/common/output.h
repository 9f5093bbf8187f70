/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks that the standard output was written completely. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include <stdbool.h>

/* Flush the standard output. On an error prints why and returns false. */
bool output_is_out(const char *program);

#endif
