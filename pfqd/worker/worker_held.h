/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What waits in groups (core/hold.h), as the workers look after it. Each call is a worker's own. */
#ifndef PFQD_WORKER_HELD_H
#define PFQD_WORKER_HELD_H

#include "worker_thread.h"

/*
 * Those of @pg whose time is over; sets bell_ns. @ns: the group's watermark in our lane from now on;
 * PFQ_LANE_UNFED: no source of it is ours. Then we leave what waits to those who have one, unless
 * nobody has. Replays have the time of their packets.
 */
void worker_held_tick(struct worker *w, const struct plan_group *pg, uint64_t ns);

/* Source @i ends: if it is a replay, what waits for the rest of a datagram waits in vain. */
void worker_held_end(struct worker *w, uint32_t i);

/* All ends: what waits is for the members to read, as all that is in their rings. */
void worker_held_release(struct worker *w);

#endif /* PFQD_WORKER_HELD_H */
