/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * poll() on an endpoint's file waits for this; see Doorbell in linux/pfq.h. The file is readable
 * from a ring until a read(), and always after the engine has gone.
 */
#ifndef PFQK_DOORBELL_H
#define PFQK_DOORBELL_H

#include <linux/wait.h>

struct pfqk_doorbell {
	wait_queue_head_t wait;
	u32 is_rung;
	bool is_gone;
};

void pfqk_doorbell_init(struct pfqk_doorbell *d);
void pfqk_doorbell_ring(struct pfqk_doorbell *d);	/* any context */
/* The engine is gone: poll() reports EPOLLHUP from now on. */
void pfqk_doorbell_hang_up(struct pfqk_doorbell *d);

/* Returns true if it had been rung, and clears it. */
bool pfqk_doorbell_take(struct pfqk_doorbell *d);

#endif /* PFQK_DOORBELL_H */
