/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Filters from pcap expressions and from instructions. They run on frames
 * whose outer VLAN tag is in the ancillary loads (core/view.h), so that "vlan
 * 5", "ip" and "ether proto" mean what they mean on an ordinary device.
 */
#ifndef PFQD_FILTER_H
#define PFQD_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "core/filter.h"
#include "pfq.h"

#define FILTER_TEXT_MAX	4095

/*
 * Compile @text for packets of @linktype (PFQ_LINKTYPE_*). *@filter is freed
 * by free(). -EINVAL: text says what libpcap dislikes. -EPERM: valid, but this
 * process lacks the right to make the form for untagged frames; *filter is
 * NULL. To be called while the process has one thread.
 */
int filter_compile(const char *text, uint32_t linktype, struct pfq_filter **filter,
		   struct pfq_error *err);

/* The same as instructions, for the kernel engine; *@insns is freed by free(). */
int filter_insns(const char *text, uint32_t linktype, struct sock_filter **insns, size_t *bytes,
		 struct pfq_error *err);

/* From @bytes of struct sock_filter. -EINVAL, -E2BIG, -ENOMEM. */
int filter_load(const void *insns, size_t bytes, struct pfq_filter **filter,
		struct pfq_error *err);

#endif /* PFQD_FILTER_H */
