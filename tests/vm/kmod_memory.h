/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the parts of kmod-memory share. */
#ifndef KMOD_MEMORY_H
#define KMOD_MEMORY_H

#include "../../lib/conn.h"

#define HUGE_BYTES	(2 << 20)

/* of the last call */
extern struct pfq_error err;

/* a file of huge pages, empty */
int huge_file(void);
/* PFQ_IOC_MEMORY: 0, or -errno, -EPROTO where the answer contradicts itself */
int bring(struct pfq_conn *c, int fd, uint64_t ring_bytes, uint32_t snaplen, uint32_t flags);
/*
 * A ring of HUGE_BYTES: the bytes of the data area, or -errno; -EPROTO where it does not lie as
 * @is_pinned says. err has MEMORY_TEXT, too.
 */
int64_t join(struct pfq_conn *c, const char *group, bool is_pinned, const char *hugepages,
	     uint32_t snaplen);

/* kmod_memory_bring.c */
int steps(const char *group);
int stuck(const char *group, const char *command);

#endif /* KMOD_MEMORY_H */
