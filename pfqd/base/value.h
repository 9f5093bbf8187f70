/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parsers for values that people write. They return 0 or -EINVAL; -ERANGE for a well-formed value
 * that is out of range. Any thread.
 */
#ifndef PFQD_VALUE_H
#define PFQD_VALUE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

int value_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value);
/* Bytes, as "64M", "1G", "65536" or "512K". */
int value_bytes(const char *text, uint64_t *bytes);
/* A time, as "50ms", "2s" or "500us", in nanoseconds. "0" needs no unit. */
int value_ns(const char *text, uint64_t *ns);
int value_bool(const char *text, bool *value);	/* yes, no */
/* A list of CPUs, as "2-3,5". -ERANGE: *bad is a CPU that this process may not run on. */
int value_cpus(const char *text, cpu_set_t *cpus, unsigned int *bad);
/* Print CPUs as value_cpus() reads them. */
void value_cpus_print(const cpu_set_t *cpus, char *text, unsigned int size);
/* Does @text match [a-z][a-z0-9_.-]{0,30}? */
bool value_is_name(const char *text);

#endif /* PFQD_VALUE_H */
