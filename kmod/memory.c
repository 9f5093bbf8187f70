// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "../core/ring.h"
#include "compat/compat.h"
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

#define ZERO_BYTES	(2U << 20)	/* zeroed between two calls of cond_resched() */

/*
 * No process should be killed for a ring. If reclaim does not help, the allocation fails, also at
 * the limit of a memory cgroup, and the caller tries a smaller ring. The area is zeroed through
 * the mapping that the lanes will use, not page by page in another one. So the first packets need
 * not pay for that.
 */
static void *alloc(u64 *bytes)
{
	u64 at, n;
	u8 *area;

	*bytes = PAGE_ALIGN(*bytes);
	area = vmalloc_huge(*bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN | PFQK_GFP_MAYFAIL);
	for (at = 0; area && at < *bytes; at += n) {
		n = min_t(u64, *bytes - at, ZERO_BYTES);
		memset(area + at, 0, n);
		cond_resched();
	}
	return area;
}

static int take_own(struct pfqk_memory *m, u64 min, const char **why)
{
	*why = "no memory for the smallest ring of this snaplen: the machine, or the memory "
	       "control group, is at its limit; ask for a smaller snaplen";
	m->page_bytes = PAGE_SIZE;
	for (;;) {
		m->data_bytes = pfq_ring_area_bytes(m->lanes, m->lane_bytes);
		m->data = alloc(&m->data_bytes);
		if (m->data)
			return 0;
		if (m->lane_bytes <= min || fatal_signal_pending(current))
			return -ENOMEM;
		m->lane_bytes /= 2;
	}
}

bool pfqk_memory_is_brought(const struct pfqk_memory_wish *w)
{
	return w->pinned && pfq_ring_area_bytes(pfqk_lanes(), pfq_ring_lane_min(w->snaplen)) <=
			    pfqk_pinned_bytes(w->pinned);
}

/* Make lanes as large as the pinned memory has room for. The rest stays unused. */
static void take_pinned(struct pfqk_memory *m, const struct pfqk_pinned *p)
{
	while (pfq_ring_area_bytes(m->lanes, m->lane_bytes) > pfqk_pinned_bytes(p))
		m->lane_bytes /= 2;
	m->page_bytes = p->page_bytes;
	m->pinned = p;
	m->data = p->data;
	m->data_bytes = pfqk_pinned_bytes(p);
	/* the file may have any contents, but there are no records yet */
	memset(m->data, 0, pfq_ring_area_bytes(m->lanes, 0));
}

static int take_data(struct pfqk_memory *m, const struct pfqk_memory_wish *w, const char **why)
{
	if (pfqk_memory_is_brought(w)) {
		take_pinned(m, w->pinned);
		return 0;
	}
	if (w->pinned) {
		*why = "the memory that was brought is too small for a ring of this snaplen";
		if (w->must_pinned)
			return -ENOMEM;
		m->why_own = *why;
	}
	return take_own(m, pfq_ring_lane_min(w->snaplen), why);
}

int pfqk_memory_create(struct pfqk_memory *m, const struct pfqk_memory_wish *w, const char **why)
{
	int err;

	memset(m, 0, sizeof(*m));
	m->lanes = pfqk_lanes();
	m->lane_bytes = w->lane_bytes;
	err = take_data(m, w, why);
	if (err)
		return err;
	m->reader_bytes = pfq_ring_reader_bytes(m->lanes);
	m->reader = alloc(&m->reader_bytes);
	if (!m->reader) {
		*why = "no memory for the reader area";
		pfqk_memory_destroy(m);
		return -ENOMEM;
	}
	pfq_ring_format(m->data, m->lanes, m->lane_bytes, w->snaplen, w->linktype);
	return 0;
}

void pfqk_memory_destroy(struct pfqk_memory *m)
{
	if (!m->pinned)
		vfree(m->data);
	vfree(m->reader);
	m->pinned = NULL;
	m->data = NULL;
	m->reader = NULL;
}

#define MAP_PAGES	512	/* pages inserted by one call, those of one page table */

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

/*
 * All pages are inserted at once, so that the mapping needs no operations. But without vm_ops it
 * would count as anonymous memory, for which userfaultfd() and madvise() have other rules. A page
 * that the consumer has discarded is gone: SIGBUS.
 */
static const struct vm_operations_struct mapping_ops = { };

int pfqk_memory_mmap(const struct pfqk_memory *m, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;

	/* a private mapping would be a copy of the consumer's own */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* keep captured traffic out of core dumps; no mremap() beyond the end */
	pfqk_vm_flags_mod(vma, VM_DONTDUMP | VM_DONTEXPAND, 0);
	vma->vm_ops = &mapping_ops;
	if (offset == PFQ_MMAP_READER)
		return map(vma, m->reader, m->reader_bytes);
	/* memory that the consumer brought is mapped by the consumer itself */
	if (offset != PFQ_MMAP_DATA || m->pinned)
		return -EINVAL;
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	/* forbids write access by mprotect() and by a debugger, too */
	pfqk_vm_flags_mod(vma, 0, VM_MAYWRITE);
	return map(vma, m->data, m->data_bytes);
}
