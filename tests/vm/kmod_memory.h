/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations that the parts of kmod-memory share */
#ifndef KMOD_MEMORY_H
#define KMOD_MEMORY_H

#include "../../lib/conn.h"

#define HUGE_BYTES	(2 << 20)

/* the error of the last call */
extern struct pfq_error err;

/* Make an empty file of huge pages. */
int huge_file(void);
/* Call PFQ_IOC_MEMORY. Returns 0 or -errno; -EPROTO if the answer contradicts itself. */
int bring(struct pfq_conn *c, int fd, uint64_t ring_bytes, uint32_t snaplen, uint32_t flags);
/*
 * Join with a ring of HUGE_BYTES. Returns the bytes of the data area, or -errno; -EPROTO if
 * it lies elsewhere than @is_pinned says. err also gets MEMORY_TEXT.
 */
int64_t join(struct pfq_conn *c, const char *group, bool is_pinned, const char *hugepages,
	     uint32_t snaplen);

/* in kmod_memory_bring.c */
int steps(const char *group);
int stuck(const char *group, const char *command);

#endif /* KMOD_MEMORY_H */
