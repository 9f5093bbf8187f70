/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Memory that a consumer brings for its ring: an empty file of huge pages, where a pool of
 * the kernel's has room. The kernel engine makes it as long as the ring, and pins it,
 * before the JOIN.
 */
#ifndef PFQ_LIB_MEMORY_H
#define PFQ_LIB_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include "pfq.h"

struct pfq_conn;

struct pfq_memory {
	int fd;			/* -1: the engine is to allocate */
	uint64_t page_bytes;
	bool must;		/* rather a smaller ring, or none, than one of the engine's */
	const char *why_none;	/* fd -1: why */
};

/*
 * As @hugepages says: "auto" (NULL: the same), "off", or a size as "2M"; @ring_bytes: 0 is
 * not known. -EINVAL: no such choice here, err lists them; -ENOMEM: no descriptor.
 */
int pfq_memory_open(struct pfq_memory *m, const char *hugepages, uint64_t ring_bytes,
		    struct pfq_error *err);

/*
 * Have the engine pin there what the ring takes that @p asks for. Where it does not, and
 * @p->hugepages names no size, fd is -1 then. -ENOMEM and others, with text.
 */
int pfq_memory_bring(struct pfq_memory *m, struct pfq_conn *c, const struct pfq_params *p,
		     struct pfq_error *err);
void pfq_memory_close(struct pfq_memory *m);

#endif /* PFQ_LIB_MEMORY_H */
