/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdint.h>

/* The calling thread runs on @cpu alone; -1: anywhere. -errno */
int cpu_pin(int64_t cpu);

#endif
