/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdint.h>

/* Let the calling thread run on @cpu only; -1: on any CPU. Returns 0 or -errno. */
int cpu_pin(int64_t cpu);

#endif
