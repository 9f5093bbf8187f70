/* SPDX-License-Identifier: GPL-2.0-only */
/* Classic BPF, checked and compiled by the kernel; core/filter.h says what for. */
#ifndef PFQK_FILTER_H
#define PFQK_FILTER_H

#include <linux/types.h>
#include "../core/filter.h"

/* @insns: @bytes of struct sock_filter. -EINVAL, -ENOMEM. */
int pfqk_filter_create(struct pfq_filter **f, const void *insns, u32 bytes);
/* NULL is fine. At once: when no packet can be on its way through it. */
void pfqk_filter_destroy(struct pfq_filter *f);
/* the same after a grace period */
void pfqk_filter_retire(struct pfq_filter *f);

u32 pfqk_filter_insns(const struct pfq_filter *f);	/* NULL: 0 */

#endif /* PFQK_FILTER_H */
