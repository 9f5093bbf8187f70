/* SPDX-License-Identifier: GPL-2.0-only */
/* What one user may have at a time, over all namespaces. */
#ifndef PFQK_LIMIT_H
#define PFQK_LIMIT_H

#include <linux/types.h>
#include <linux/uidgid.h>

enum pfqk_limit {
	PFQK_LIMIT_ENDPOINTS,
	PFQK_LIMIT_RING_BYTES,
	PFQK_LIMIT_FILTER_INSNS,	/* of endpoints: each packet may run all of them */
	PFQK_LIMITS
};

/* -EDQUOT, -ENOMEM: nothing was taken */
int pfqk_limit_take(kuid_t uid, enum pfqk_limit kind, u64 amount);
void pfqk_limit_give(kuid_t uid, enum pfqk_limit kind, u64 amount);

#endif /* PFQK_LIMIT_H */
