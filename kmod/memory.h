/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An endpoint's ring memory: the module's own pages, as large as they can be had, charged to the
 * memory cgroup of the process that joins. The consumer maps them through its file, the data area
 * read-only.
 *
 * Or the data area is in huge pages that the consumer brought (pinned.h). The consumer maps these
 * itself, and they stay the endpoint's.
 */
#ifndef PFQK_MEMORY_H
#define PFQK_MEMORY_H

#include <linux/types.h>
#include "pinned.h"

struct vm_area_struct;

struct pfqk_memory {
	void	*data;
	u64	data_bytes;	/* a multiple of the page size */
	void	*reader;
	u64	reader_bytes;
	u64	page_bytes;	/* of data, as far as known */
	u64	lane_bytes;
	u32	lanes;
	/* the consumer's memory that holds data; NULL: the module's memory */
	const struct pfqk_pinned *pinned;
	const char *why_own;	/* why data is not in memory that was brought; NULL: as asked for */
};

struct pfqk_memory_wish {
	u64	lane_bytes;
	u32	snaplen, linktype;
	const struct pfqk_pinned *pinned;	/* memory for data; NULL: the module's */
	bool	must_pinned;	/* an error is better than the module's memory */
};

/* Is the memory that was brought large enough for the smallest ring? */
bool pfqk_memory_is_brought(const struct pfqk_memory_wish *wish);

/*
 * Allocate the areas, zero their headers and write them. If there is less memory than @wish asks
 * for, takes less, down to one packet of the snaplen for each lane. On an error returns -ENOMEM
 * with the reason in *why, constant text. Sleeps.
 */
int pfqk_memory_create(struct pfqk_memory *m, const struct pfqk_memory_wish *wish,
		       const char **why);
void pfqk_memory_destroy(struct pfqk_memory *m);

/* The largest ring, in bytes. A JOIN that asks for more gets this. */
u64 pfqk_memory_ring_max(void);
/* The bytes of one lane, for a ring of @ring_bytes. */
u64 pfqk_memory_lane_bytes(u64 ring_bytes, u32 snaplen);

/* mmap() of the endpoint's file. Returns 0, -EINVAL, -EPERM or -ENOMEM. */
int pfqk_memory_mmap(const struct pfqk_memory *m, struct vm_area_struct *vma);

#endif /* PFQK_MEMORY_H */
