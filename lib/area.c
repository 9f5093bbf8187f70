/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include "area.h"

/*
 * Find an address where a large page may begin, with room for @bytes. NULL: any address. The
 * result is a hint: another thread may map something there first, and huge pages of a pool have
 * their own rules.
 */
static void *find_room(size_t bytes)
{
	size_t room = bytes + PFQ_LARGE_PAGE_BYTES;
	uintptr_t at;
	void *p;

	if (bytes < PFQ_LARGE_PAGE_BYTES || room < bytes)
		return NULL;
	p = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	munmap(p, room);
	at = (uintptr_t)p + PFQ_LARGE_PAGE_BYTES - 1;
	return (void *)(at - at % PFQ_LARGE_PAGE_BYTES);
}

int pfq_area_map(void **area, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	void *p = mmap(find_room(bytes), bytes, prot, MAP_SHARED | flags, fd, offset);

	if (p == MAP_FAILED)
		return -errno;
	*area = p;
	return 0;
}
