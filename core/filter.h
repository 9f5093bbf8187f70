/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Classic BPF on views, with the ancillary loads of linux/filter.h. The shell
 * provides the type: user space has the checker of filter.c and the machine of
 * filter_run.c; the kernel its own.
 */
#ifndef PFQ_CORE_FILTER_H
#define PFQ_CORE_FILTER_H

#include "view.h"

struct pfq_filter;
struct sock_filter;

/* bytes that a filter of @count instructions takes */
size_t pfq_filter_size(unsigned int count);

/*
 * Check @insns and lay the filter out in @f (pfq_filter_size() bytes of the
 * caller's), where it stays: it points into itself. -EINVAL: no valid program;
 * -E2BIG: over PFQ_FILTER_MAX.
 */
int pfq_filter_init(struct pfq_filter *f, const struct sock_filter *insns, unsigned int count);

/* true: the filter accepts. A filter of NULL accepts everything. */
bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v);

#endif /* PFQ_CORE_FILTER_H */
