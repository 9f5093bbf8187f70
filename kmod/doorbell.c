// SPDX-License-Identifier: GPL-2.0-only
#include <linux/atomic.h>
#include <linux/poll.h>
#include "doorbell.h"

void pfqk_doorbell_init(struct pfqk_doorbell *d)
{
	init_waitqueue_head(&d->wait);
	d->is_rung = 0;
	d->is_gone = false;
}

void pfqk_doorbell_ring(struct pfqk_doorbell *d)
{
	WRITE_ONCE(d->is_rung, 1);
	/*
	 * takes the queue's lock: a full barrier that pairs with poll_wait() and the check after
	 * it
	 */
	wake_up_interruptible_poll(&d->wait, EPOLLIN | EPOLLRDNORM);
}

void pfqk_doorbell_hang_up(struct pfqk_doorbell *d)
{
	WRITE_ONCE(d->is_gone, true);
	wake_up_interruptible_poll(&d->wait, EPOLLIN | EPOLLRDNORM | EPOLLHUP);
}

bool pfqk_doorbell_take(struct pfqk_doorbell *d)
{
	return READ_ONCE(d->is_rung) && xchg(&d->is_rung, 0);
}
