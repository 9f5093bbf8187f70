/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The memory of one endpoint. The consumer can only read the data area. The consumer may write the
 * reader area and may take its pages away, so nothing relies on it. See linux/pfq.h, Rings. Making
 * and freeing memory takes up to seconds; the maker's threads do it.
 */
#ifndef PFQD_MEMORY_H
#define PFQD_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "pfq.h"

struct memory {
	void *data;		/* the only writable mapping */
	uint64_t data_bytes;	/* size of the mapping and of the file */
	int data_fd;		/* -1 after memory_close_fds() */
	void *reader;
	uint64_t reader_bytes;
	int reader_fd;
	uint64_t page_bytes;	/* page size of the data area; its end may be in smaller pages */
	uint64_t lane_bytes;
};

/*
 * The smallest lane size in bytes with which all @lanes together have at least @ring_bytes. Sizes
 * are powers of two, from pfq_ring_lane_min() up.
 */
uint64_t memory_lane_bytes(uint64_t ring_bytes, uint32_t lanes, uint32_t snaplen);
/* The bytes of both areas together, not rounded up to huge pages. */
uint64_t memory_total_bytes(uint64_t lane_bytes, uint32_t lanes);

struct memory_wish {
	uint64_t lane_bytes;
	uint32_t lanes;
	uint32_t snaplen;
	uint32_t linktype;
	const char *hugepages;	/* see hugepage_choose() */
	const bool *stop;	/* NULL, or true: give up; any thread may set it */
};

/*
 * Allocate, map, prefault, format and seal both areas. Returns 0, or -errno with text (-ENOMEM,
 * -EINVAL, -ECANCELED, ...); nothing is left then. Any thread.
 */
int memory_create(struct memory *m, const struct memory_wish *wish, struct pfq_error *err);
/* Give a ring that no consumer has yet another link type, and a snaplen that is not larger. */
void memory_describe(struct memory *m, uint32_t snaplen, uint32_t linktype);
/* Close the descriptors after the consumer has received them. */
void memory_close_fds(struct memory *m);
/* Unmap both areas and close the descriptors. Any thread. */
void memory_destroy(struct memory *m);

#endif /* PFQD_MEMORY_H */
