/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Which pages a ring's data area gets: "auto", "off", or a size as "2M". */
#ifndef PFQD_HUGEPAGE_H
#define PFQD_HUGEPAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "pfq.h"

/*
 * Choose for an area of @bytes: *page_bytes is a size of huge pages, or 0 for
 * ordinary ones. "auto" takes what the pool has room for and wastes little;
 * a size by name is taken, or refused (-ENOMEM) with the pool's state in text;
 * -EINVAL: no such choice, text lists them. For the control thread only.
 */
int hugepage_choose(const char *choice, uint64_t bytes, uint64_t *page_bytes,
		    struct pfq_error *err);

/*
 * Large pages out of free memory, for an area that no pool has room for: of the memfd @fd,
 * empty as yet and mapped at @map as pfq_area_map() does. True: all of its pages that can be
 * large are there, and are; else ordinary ones are to be had where there are none yet.
 */
bool hugepage_gather(int fd, void *map, uint64_t bytes);

#endif /* PFQD_HUGEPAGE_H */
