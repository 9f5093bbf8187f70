/* SPDX-License-Identifier: GPL-2.0-only */
/* Frees objects that packets may still use: after a grace period, in process context. */
#ifndef PFQK_RETIRE_H
#define PFQK_RETIRE_H

#include <linux/workqueue.h>

struct pfqk_retired {
	struct rcu_work work;
	void (*free)(struct pfqk_retired *r);
};

int pfqk_retire_init(void);
void pfqk_retire_exit(void);	/* waits until all of them are freed */

/*
 * Call @free with @r after a grace period. @r is embedded in the object that @free frees. Any
 * context.
 */
void pfqk_retire(struct pfqk_retired *r, void (*free)(struct pfqk_retired *r));

#endif /* PFQK_RETIRE_H */
