/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The memory that pfqd may take before the kernel runs out of it and kills processes. In bytes. 0
 * with errno: it cannot be read; without: there is none. Any thread.
 */
#ifndef PFQD_AVAILABLE_H
#define PFQD_AVAILABLE_H

#include <stdint.h>

/*
 * The memory available in the system, or less if a control group of this process has less left.
 * @root: "", or a test's folder with its own proc/ and sys/.
 */
uint64_t available_bytes(const char *root);

/* All memory of the machine, or the least limit of this process's control groups. */
uint64_t available_total_bytes(const char *root);

#endif /* PFQD_AVAILABLE_H */
