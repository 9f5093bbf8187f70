/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The kernel's pools of huge pages, from sysfs. */
#ifndef PFQ_LIB_POOL_H
#define PFQ_LIB_POOL_H

#include <stdint.h>

#define PFQ_POOLS_MAX	8

/*
 * For consumers: the page sizes in bytes that this machine has pools for, the largest first.
 * Returns their number. pfqd asks libhugetlbfs (pfqd/host/hugepage.c).
 */
unsigned int pfq_pool_sizes(uint64_t page_bytes[PFQ_POOLS_MAX]);

/* Bytes that are free and not reserved in the pool of pages of this size. */
uint64_t pfq_pool_free_bytes(uint64_t page_bytes);

#endif /* PFQ_LIB_POOL_H */
