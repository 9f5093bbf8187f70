/* SPDX-License-Identifier: GPL-2.0-only */
/* Classic BPF, checked and compiled by the kernel, for core/filter.h. */
#ifndef PFQK_FILTER_H
#define PFQK_FILTER_H

#include <linux/types.h>
#include "../core/filter.h"

/*
 * Make a filter from @bytes of struct sock_filter, which the caller keeps. Returns -EINVAL or
 * -ENOMEM.
 */
int pfqk_filter_create(struct pfq_filter **f, const void *insns, u32 bytes);
/* Free at once, when no packet can be running through the filter. NULL is allowed. */
void pfqk_filter_destroy(struct pfq_filter *f);
/* Free after a grace period. NULL is allowed. */
void pfqk_filter_retire(struct pfq_filter *f);

u32 pfqk_filter_insns(const struct pfq_filter *f);	/* of NULL: 0 */

#endif /* PFQK_FILTER_H */
