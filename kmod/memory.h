/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An endpoint's ring memory: the module's own pages, as large as they are to be
 * had, charged to the memory cgroup of whoever joins. The consumer maps them
 * through its file, the data area read-only for good. Or else the data area is in
 * huge pages that the consumer brought (pinned.h), and which it maps by itself: these stay
 * the endpoint's.
 */
#ifndef PFQK_MEMORY_H
#define PFQK_MEMORY_H

#include <linux/types.h>
#include "pinned.h"

struct vm_area_struct;

struct pfqk_memory {
	void	*data;
	u64	data_bytes;	/* whole pages */
	void	*reader;
	u64	reader_bytes;
	u64	page_bytes;	/* of data, as far as it is known */
	u64	lane_bytes;
	u32	lanes;
	const struct pfqk_pinned *pinned;	/* where data is the consumer's; NULL: the module's */
	const char *why_own;	/* it is, though something was brought; NULL: it is as asked for */
};

struct pfqk_memory_wish {
	u64	lane_bytes;
	u32	snaplen, linktype;
	const struct pfqk_pinned *pinned;	/* for data; NULL: the module's memory */
	bool	must_pinned;	/* rather none than in the module's memory */
};

/* Is what was brought large enough for the smallest ring? */
bool pfqk_memory_is_brought(const struct pfqk_memory_wish *wish);

/*
 * With headers zeroed and written. Where there is not as much as @wish says, less is
 * taken, down to one packet of the snaplen a lane. On error *why says it in words.
 */
int pfqk_memory_create(struct pfqk_memory *m, const struct pfqk_memory_wish *wish, const char **why);
void pfqk_memory_destroy(struct pfqk_memory *m);

/* the largest ring: a JOIN that asks for more gets this */
u64 pfqk_memory_ring_max(void);
/* bytes of one lane for a ring of @ring_bytes */
u64 pfqk_memory_lane_bytes(u64 ring_bytes, u32 snaplen);

int pfqk_memory_mmap(const struct pfqk_memory *m, struct vm_area_struct *vma);

#endif /* PFQK_MEMORY_H */
