/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What poll() on an endpoint's file waits for: see Doorbell in linux/pfq.h.
 * Readable from a ring until it is read, and for good once the engine is gone.
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
void pfqk_doorbell_hang_up(struct pfqk_doorbell *d);

/* true: it had been rung, and is quiet now */
bool pfqk_doorbell_take(struct pfqk_doorbell *d);

#endif /* PFQK_DOORBELL_H */
