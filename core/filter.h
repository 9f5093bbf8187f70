/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Classic BPF on views, with the ancillary loads of linux/filter.h. Each side has its own struct
 * pfq_filter: user space checks filters in filter.c and runs them in filter_run.c; the module lets
 * the kernel do both (kmod/filter.c).
 */
#ifndef PFQ_CORE_FILTER_H
#define PFQ_CORE_FILTER_H

#include "view.h"

struct pfq_filter;
struct sock_filter;

/* Bytes of memory for a filter of @count instructions. */
size_t pfq_filter_size(unsigned int count);

/*
 * Check @insns and translate them into @f, memory of pfq_filter_size() bytes that the caller owns.
 * @f must not be moved afterwards, since it holds pointers into itself. Returns -EINVAL for an
 * invalid filter, -E2BIG for more than PFQ_FILTER_MAX instructions. The caller keeps @insns.
 */
int pfq_filter_init(struct pfq_filter *f, const struct sock_filter *insns, unsigned int count);

/* Returns true if the filter accepts @v. A filter of NULL accepts everything. Any thread. */
bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v);

#endif /* PFQ_CORE_FILTER_H */
