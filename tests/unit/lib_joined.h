/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One engine of the test's, and one handle that has joined it. */
#ifndef TESTS_LIB_JOINED_H
#define TESTS_LIB_JOINED_H

#include "lib_fake.h"

#define MS	1000000ULL
#define LAG_MS	(PFQ_LAG_MAX_NS / MS)

extern struct fake *f;
extern struct pfq *q;
/* what was read from it last */
extern const struct pfq_rec *recs[4096];

void join(uint32_t lanes, uint64_t lane_size, bool order_none);
/* a test's teardown */
int leave(void **state);

/* pfq_read() gives @n records, with these numbers */
void assert_read(int n, ...);

#endif /* TESTS_LIB_JOINED_H */
