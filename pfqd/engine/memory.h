/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The memory of one endpoint: the data area, which its consumer can only read,
 * and the reader area, which the consumer may write and whose content, and
 * existence of whose pages, nothing relies on. See linux/pfq.h, Rings.
 */
#ifndef PFQD_MEMORY_H
#define PFQD_MEMORY_H

#include <stdint.h>

#include "pfq.h"

struct memory {
	void *data;		/* mapped writable by us alone */
	uint64_t data_bytes;	/* of the mapping and the file */
	int data_fd;		/* -1 once memory_close_fds() was called */
	void *reader;
	uint64_t reader_bytes;
	int reader_fd;
	uint64_t page_bytes;	/* of the data area, whose end may be in smaller ones */
	uint64_t lane_bytes;
};

/* The lanes' size for a ring of @ring_bytes in all: what was asked for, or up to twice of it. */
uint64_t memory_lane_bytes(uint64_t ring_bytes, uint32_t lanes, uint32_t snaplen);
/* the two areas together, without the rounding to huge pages */
uint64_t memory_total_bytes(uint64_t lane_bytes, uint32_t lanes);

/*
 * Allocate, map, prefault, format and seal. @hugepages as hugepage_choose().
 * -ENOMEM: there is not that much; -EINVAL; both with text. On failure nothing
 * is left.
 */
int memory_create(struct memory *m, uint64_t lane_bytes, uint32_t lanes, uint32_t snaplen,
		  uint32_t linktype, const char *hugepages, struct pfq_error *err);
/* after the consumer has got them */
void memory_close_fds(struct memory *m);
void memory_destroy(struct memory *m);

#endif /* PFQD_MEMORY_H */
