// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "../core/ring.h"
#include "cpu.h"
#include "memory.h"
#include "param.h"
#include "pfqk.h"

PFQK_PARAM(ring_max_mib, 1024, 1, 16384, "MiB of the largest ring");

u64 pfqk_memory_ring_max(void)
{
	return min((u64)pfqk_param_get(&ring_max_mib) << 20, PFQK_RING_LIMIT);
}

u64 pfqk_memory_lane_bytes(u64 ring_bytes, u32 snaplen)
{
	u64 lane = pfq_ring_lane_min(snaplen);

	while (lane < PFQK_RING_LIMIT && lane * pfqk_lanes() < ring_bytes)
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

#define MAP_PAGES	512	/* at a time: one page table's */

static int map(struct vm_area_struct *vma, const u8 *area, u64 bytes)
{
	unsigned long addr = vma->vm_start, n, i;
	struct page **page;
	int err = 0;

	if (vma->vm_end - vma->vm_start > bytes)
		return -EINVAL;
	page = kmalloc_array(MAP_PAGES, sizeof(*page), GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	while (addr < vma->vm_end && !err) {
		n = min_t(unsigned long, (vma->vm_end - addr) >> PAGE_SHIFT, MAP_PAGES);
		for (i = 0; i < n; i++, area += PAGE_SIZE)
			page[i] = vmalloc_to_page(area);
		i = n;
		err = vm_insert_pages(vma, addr, page, &i);
		addr += n << PAGE_SHIFT;
		cond_resched();
	}
	kfree(page);
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
