/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Memory that a consumer brings for its ring: an empty file of huge pages, if a pool of the kernel
 * has free ones. Before the JOIN, the kernel engine makes the file as long as the ring and pins
 * it.
 */
#ifndef PFQ_LIB_MEMORY_H
#define PFQ_LIB_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include "pfq.h"

struct pfq_conn;

struct pfq_memory {
	int fd;			/* -1: the engine allocates */
	uint64_t page_bytes;
	bool must;		/* a smaller ring or an error is better than memory of the engine */
	const char *why_none;	/* if fd is -1: the reason */
};

/*
 * Open the file by @hugepages: "auto" (also NULL), "off", or a page size such as "2M".
 * @ring_bytes: size of the ring, 0 if unknown. Returns 0, also with m->fd -1. -EINVAL: this choice
 * is not possible here, @err lists those that are. Other errors if a named size has no file.
 */
int pfq_memory_open(struct pfq_memory *m, const char *hugepages, uint64_t ring_bytes,
		    struct pfq_error *err);

/*
 * Let the engine pin memory in m->fd for the ring that @p asks for. If that fails: with a page
 * size in p->hugepages, returns the error, such as -ENOMEM, with its text; otherwise closes m->fd
 * and returns 0.
 */
int pfq_memory_bring(struct pfq_memory *m, struct pfq_conn *c, const struct pfq_params *p,
		     struct pfq_error *err);
void pfq_memory_close(struct pfq_memory *m);

#endif /* PFQ_LIB_MEMORY_H */
