/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Values as people write them. All return 0 or -EINVAL (-ERANGE: well-formed, but out of range). */
#ifndef PFQD_VALUE_H
#define PFQD_VALUE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

int value_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value);
/* bytes: "64M", "1G", "65536", "512K" */
int value_bytes(const char *text, uint64_t *bytes);
/* a time: "50ms", "2s", "500us"; "0" needs no unit */
int value_ns(const char *text, uint64_t *ns);
int value_bool(const char *text, bool *value);	/* yes, no */
/* "2-3,5"; -ERANGE and *bad: a CPU that this process may not run on */
int value_cpus(const char *text, cpu_set_t *cpus, unsigned int *bad);
/* CPUs as value_cpus() reads them */
void value_cpus_print(const cpu_set_t *cpus, char *text, unsigned int size);
/* [a-z][a-z0-9_.-]{0,30} */
bool value_is_name(const char *text);

#endif /* PFQD_VALUE_H */
