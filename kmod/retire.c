// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include "retire.h"

static struct workqueue_struct *queue;

int pfqk_retire_init(void)
{
	queue = alloc_workqueue("pfq", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

void pfqk_retire_exit(void)
{
	/* objects that still wait for a grace period are not in the queue yet */
	rcu_barrier();
	destroy_workqueue(queue);
}

static void retire_work(struct work_struct *work)
{
	struct pfqk_retired *r = container_of(to_rcu_work(work), struct pfqk_retired, work);

	r->free(r);
}

void pfqk_retire(struct pfqk_retired *r, void (*free)(struct pfqk_retired *r))
{
	r->free = free;
	INIT_RCU_WORK(&r->work, retire_work);
	queue_rcu_work(queue, &r->work);
}
