/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An endpoint's memory as the consumer sees it: two mappings, checked before use. The engine
 * writes the data area, which is read-only here. The consumer writes the reader area.
 */
#ifndef PFQ_LIB_RING_H
#define PFQ_LIB_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pfq.h"

#define load_relaxed(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define load_acquire(p)		__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define store_relaxed(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

struct pfq_lane {
	const uint8_t *data;
	const struct pfq_lane_hdr *hdr;
	struct pfq_reader_lane *reader;
	/* published; the program may still use records from here on */
	uint64_t cons;
	uint64_t pos;		/* the next record to hand out */
	uint64_t prod;		/* as last loaded; pos <= prod <= cons + size */
	/* the watermark at which the reader stopped waiting for this lane */
	uint64_t given_up;
	uint64_t read;		/* records given back */
	uint32_t taken;		/* records handed out and not given back */
	bool is_given_up;
};

struct pfq_ring {
	void *area;		/* NULL: not mapped */
	size_t area_bytes;
	void *reader_area;
	size_t reader_bytes;
	const uint8_t *data;	/* of lane 0 */
	uint64_t lane_size;
	uint32_t lanes;
	uint32_t snaplen, linktype;
	struct pfq_reader_hdr *hdr;
	struct pfq_lane lane[PFQ_LANES_MAX];
};

/*
 * Map both areas from the descriptors. The caller keeps these and may close them. -EPROTO: an
 * impossible geometry, or memory that another process could shrink. Other errors with their text
 * in @err.
 */
int pfq_ring_map(struct pfq_ring *r, int area_fd, int reader_fd, struct pfq_error *err);

/* Where an area lies and how long it is. */
struct pfq_place {
	int fd;
	uint64_t offset, bytes;
};

/* The same if an engine has told the sizes of the areas. */
int pfq_ring_map_places(struct pfq_ring *r, const struct pfq_place *area,
			const struct pfq_place *reader, struct pfq_error *err);
void pfq_ring_unmap(struct pfq_ring *r);

#endif /* PFQ_LIB_RING_H */
