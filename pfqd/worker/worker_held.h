/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Workers release the fragments that wait in groups (core/hold.h). Each worker calls these
 * functions for itself.
 */
#ifndef PFQD_WORKER_HELD_H
#define PFQD_WORKER_HELD_H

#include "worker_thread.h"

/*
 * Release the fragments of @pg whose wait is over, and set bell_ns to the next time to look. @ns:
 * the group's watermark in this worker's lane. PFQ_LANE_UNFED: this worker reads no source of the
 * group, so other workers release its fragments. If no worker does, this one releases all at once.
 * A replay goes by the timestamps of its packets.
 */
void worker_held_tick(struct worker *w, const struct plan_group *pg, uint64_t ns);

/*
 * Source @i has ended. If it is a replay, no missing fragment can come any more: release the
 * waiting ones.
 */
void worker_held_end(struct worker *w, uint32_t i);

/* The workers will stop: release all waiting fragments to the members. */
void worker_held_release(struct worker *w);

#endif /* PFQD_WORKER_HELD_H */
