/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits of what one user may have at a time, over all namespaces. */
#ifndef PFQK_LIMIT_H
#define PFQK_LIMIT_H

#include <linux/types.h>
#include <linux/uidgid.h>

enum pfqk_limit {
	PFQK_LIMIT_ENDPOINTS,
	PFQK_LIMIT_RING_BYTES,
	/* of all endpoints: each packet may run through all of them */
	PFQK_LIMIT_FILTER_INSNS,
	PFQK_LIMITS
};

/* Charge @amount to @uid. Returns 0, or -EDQUOT or -ENOMEM with nothing charged. Sleeps. */
int pfqk_limit_take(kuid_t uid, enum pfqk_limit kind, u64 amount);
void pfqk_limit_give(kuid_t uid, enum pfqk_limit kind, u64 amount);

#endif /* PFQK_LIMIT_H */
