/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Mapping a ring's memory, which pfqd and its consumers do alike. */
#ifndef PFQ_LIB_AREA_H
#define PFQ_LIB_AREA_H

#include <stddef.h>
#include <sys/types.h>

/* What a large page is, where no pool of the kernel's says otherwise: of all usual processors. */
#define PFQ_LARGE_PAGE_BYTES	((size_t)2 << 20)

/*
 * Map @bytes of @fd from @offset on, shared, so that large pages of the file can be so in this mapping, too:
 * it begins where they do. -errno.
 */
int pfq_area_map(void **area, size_t bytes, int prot, int flags, int fd, off_t offset);

#endif /* PFQ_LIB_AREA_H */
