/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Filters from pcap expressions and from instructions. They run on frames whose outer VLAN tag is
 * in the ancillary loads (core/view.h). So "vlan 5", "ip" and "ether proto" mean the same as on an
 * ordinary device.
 */
#ifndef PFQD_FILTER_H
#define PFQD_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "core/filter.h"
#include "pfq.h"

#define FILTER_TEXT_MAX	4095

/*
 * Compile @text for packets of @linktype (PFQ_LINKTYPE_*). The caller frees *filter by free().
 * -EINVAL: the text has libpcap's reason. -EPERM: the expression is valid, but this process may not
 * make the form for untagged frames; *filter is NULL. Call it only while the process has one
 * thread.
 */
int filter_compile(const char *text, uint32_t linktype, struct pfq_filter **filter,
		   struct pfq_error *err);

/*
 * Compile to instructions, for the kernel engine. The caller frees *insns by free(). Errors and
 * threads as for filter_compile().
 */
int filter_insns(const char *text, uint32_t linktype, struct sock_filter **insns, size_t *bytes,
		 struct pfq_error *err);

/*
 * Make a filter from @bytes of struct sock_filter. The caller frees *filter by free(). -EINVAL,
 * -E2BIG or -ENOMEM, with text.
 */
int filter_load(const void *insns, size_t bytes, struct pfq_filter **filter,
		struct pfq_error *err);

#endif /* PFQD_FILTER_H */
