// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>
#include "../core/ring.h"
#include "cpu.h"
#include "memory.h"
#include "pfqk.h"

u64 pfqk_memory_lane_bytes(u64 ring_bytes, u32 snaplen)
{
	u64 lane = pfq_ring_lane_min(snaplen);

	while (lane < PFQK_RING_MAX && lane * pfqk_lanes() < ring_bytes)
		lane *= 2;
	return lane;
}

static void *alloc(u64 *bytes)
{
	*bytes = PAGE_ALIGN(*bytes);
	return vmalloc_huge(*bytes, GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
}

static void *alloc_data(struct pfqk_memory *m, u32 snaplen)
{
	u64 min = pfq_ring_lane_min(snaplen);

	for (;;) {
		m->data_bytes = pfq_ring_area_bytes(m->lanes, m->lane_bytes);
		m->data = alloc(&m->data_bytes);
		if (m->data || m->lane_bytes <= min || fatal_signal_pending(current))
			return m->data;
		m->lane_bytes /= 2;
	}
}

int pfqk_memory_create(struct pfqk_memory *m, u64 ring_bytes, u32 snaplen, u32 linktype)
{
	memset(m, 0, sizeof(*m));
	m->lanes = pfqk_lanes();
	m->lane_bytes = pfqk_memory_lane_bytes(ring_bytes, snaplen);
	m->reader_bytes = pfq_ring_reader_bytes(m->lanes);
	m->reader = alloc(&m->reader_bytes);
	if (!m->reader || !alloc_data(m, snaplen)) {
		pfqk_memory_destroy(m);
		return -ENOMEM;
	}
	pfq_ring_format(m->data, m->lanes, m->lane_bytes, snaplen, linktype);
	return 0;
}

void pfqk_memory_destroy(struct pfqk_memory *m)
{
	vfree(m->data);
	vfree(m->reader);
	m->data = NULL;
	m->reader = NULL;
}

static int map(struct vm_area_struct *vma, const u8 *area, u64 bytes)
{
	unsigned long addr;
	int err = 0;

	if (vma->vm_end - vma->vm_start > bytes)
		return -EINVAL;
	for (addr = vma->vm_start; addr < vma->vm_end && !err; addr += PAGE_SIZE, area += PAGE_SIZE)
		err = vm_insert_page(vma, addr, vmalloc_to_page(area));
	return err;
}

int pfqk_memory_mmap(const struct pfqk_memory *m, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;

	/* a private mapping would be the consumer's own copy */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* other people's traffic has no business in a core dump; no mremap() beyond the end */
	vm_flags_mod(vma, VM_DONTDUMP | VM_DONTEXPAND, 0);
	if (offset == PFQ_MMAP_READER)
		return map(vma, m->reader, m->reader_bytes);
	if (offset != PFQ_MMAP_DATA)
		return -EINVAL;
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	/* nor by mprotect() later, nor by a debugger */
	vm_flags_mod(vma, 0, VM_MAYWRITE);
	return map(vma, m->data, m->data_bytes);
}
