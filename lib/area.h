/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Maps a ring's memory; for pfqd and for its consumers. */
#ifndef PFQ_LIB_AREA_H
#define PFQ_LIB_AREA_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The size of a large page, for memory that is not of a pool of huge pages. All usual processors
 * have it.
 */
#define PFQ_LARGE_PAGE_BYTES	((size_t)2 << 20)

/*
 * Map @bytes of @fd from @offset on, shared, with mmap()'s @prot and @flags. If @bytes is at least
 * PFQ_LARGE_PAGE_BYTES, the mapping usually begins on a multiple of that. Then large pages of the
 * file can be large here too. Sets *area, which the caller unmaps. Returns 0 or -errno.
 */
int pfq_area_map(void **area, size_t bytes, int prot, int flags, int fd, off_t offset);

#endif /* PFQ_LIB_AREA_H */
