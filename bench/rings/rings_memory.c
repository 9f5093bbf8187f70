/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <sys/mman.h>
#include "rings.h"

#define HUGE_BYTES	(2ULL << 20)

static u64 whole(u64 bytes)
{
	return (bytes + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1);
}

/*
 * Transparent huge pages begin at multiples of their size. So map a little more, and unmap
 * the rest.
 */
static void *map_aligned(u64 bytes)
{
	u8 *p = mmap(NULL, bytes + HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	u64 before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p & (HUGE_BYTES - 1);
	if (before)
		munmap(p, before);
	if (before < HUGE_BYTES)
		munmap(p + before + bytes, HUGE_BYTES - before);
	return p + before;
}

void *rings_memory(u64 bytes, enum rings_pages pages)
{
	void *p;

	bytes = whole(bytes);
	if (pages == RINGS_PAGES_HUGETLB) {
		p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
		if (p == MAP_FAILED)
			return NULL;
	} else {
		p = map_aligned(bytes);
		if (p && madvise(p, bytes, pages == RINGS_PAGES_TRANSPARENT ? MADV_HUGEPAGE :
									      MADV_NOHUGEPAGE)) {
			munmap(p, bytes);
			return NULL;
		}
	}
	if (p)
		memset(p, 0, bytes);
	return p;
}

void rings_memory_free(void *memory, u64 bytes)
{
	if (memory)
		munmap(memory, whole(bytes));
}
