/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The workers' threads, seen from outside. */
#ifndef TESTS_THREADS_H
#define TESTS_THREADS_H

#include <stdint.h>

/* the number behind @field in a worker's status, summed over workers */
uint64_t threads_status(const char *field);
/* their voluntary context switches */
uint64_t threads_switches(void);
/* the same, when they make no more of them; or after 5 s */
uint64_t threads_switches_at_rest(void);

#endif /* TESTS_THREADS_H */
