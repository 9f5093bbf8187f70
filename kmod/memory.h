/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An endpoint's ring memory: the module's own pages, as large as they are to be
 * had, charged to the memory cgroup of whoever joins. The consumer maps them
 * through its file, the data area read-only for good.
 */
#ifndef PFQK_MEMORY_H
#define PFQK_MEMORY_H

#include <linux/types.h>

struct vm_area_struct;

struct pfqk_memory {
	void	*data;
	u64	data_bytes;	/* whole pages */
	void	*reader;
	u64	reader_bytes;
	u64	lane_bytes;
	u32	lanes;
};

/*
 * Zeroed and with its header written. Of @ring_bytes, which is for all lanes,
 * less is taken where there is less, down to one packet of @snaplen a lane.
 */
int pfqk_memory_create(struct pfqk_memory *m, u64 ring_bytes, u32 snaplen, u32 linktype);
void pfqk_memory_destroy(struct pfqk_memory *m);

/* the largest ring: a JOIN that asks for more gets this */
u64 pfqk_memory_ring_max(void);
/* bytes of one lane for a ring of @ring_bytes */
u64 pfqk_memory_lane_bytes(u64 ring_bytes, u32 snaplen);

int pfqk_memory_mmap(const struct pfqk_memory *m, struct vm_area_struct *vma);

#endif /* PFQK_MEMORY_H */
