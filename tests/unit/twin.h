/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The world's twin: a group with the same settings and rings of its own, to which
 * every batch goes the other way: one packet at a time, or a packet alone as a
 * batch. After each batch both have the same rings and counters.
 */
#ifndef PFQ_TESTS_TWIN_H
#define PFQ_TESTS_TWIN_H

#include "world.h"

void twin_open(void);
void twin_close(void);

/* for member @m of the world: as its endpoint was made */
void twin_open_endpoint(u32 m, u64 lane_size);

/* around the world's own run; before it the views are as the ingest gave them */
void twin_before(void);
void twin_after(void);

#endif /* PFQ_TESTS_TWIN_H */
