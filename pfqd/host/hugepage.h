/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Chooses the pages of a ring's data area: "auto", "off", or a size such as "2M". Any thread. */
#ifndef PFQD_HUGEPAGE_H
#define PFQD_HUGEPAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "pfq.h"

/*
 * Choose pages for an area of @bytes. *page_bytes is a size of huge pages in bytes, or 0 for
 * ordinary pages. "auto" takes the largest size that the pool has room for and that wastes little.
 * A named size is taken or refused: -ENOMEM with the state of the pool in the text. -EINVAL: no
 * such choice; the text lists the choices.
 */
int hugepage_choose(const char *choice, uint64_t bytes, uint64_t *page_bytes,
		    struct pfq_error *err);

/*
 * Make large pages of free memory for an area that no pool has room for. @fd is an empty memfd,
 * mapped at @map by pfq_area_map(). Returns true if all pages that can be large are large.
 * Otherwise the caller must allocate the missing ones as ordinary pages.
 */
bool hugepage_gather(int fd, void *map, uint64_t bytes);

#endif /* PFQD_HUGEPAGE_H */
