/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How much memory may be taken before the kernel has to kill somebody for it. */
#ifndef PFQD_AVAILABLE_H
#define PFQD_AVAILABLE_H

#include <stdint.h>

/*
 * Bytes: what the system has available, or what is left up to the limit of a
 * control group of this process, whichever is less. @root: "" (a test gives
 * a folder with proc/ and sys/ of its own).
 */
uint64_t available_bytes(const char *root);

/* all memory of the machine, or of the tightest control group */
uint64_t available_total_bytes(const char *root);

#endif /* PFQD_AVAILABLE_H */
