/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One lane of a ring of several, with both ends in reach, for tests. One at a time. */
#ifndef PFQ_TESTS_LANE_H
#define PFQ_TESTS_LANE_H

#include "core/ring.h"

#define LANES	3

struct lane {
	u8 *area, *reader_area;
	struct pfq_reader_hdr *reader;
	struct pfq_reader_lane *reader_lane;
	struct pfq_producer p;
	u32 number;
};

extern struct lane lane;

void lane_open(u64 size, u32 number);
int lane_close(void **state);

/* what a consumer sees: the lane's header, and the record at position @pos */
const struct pfq_lane_hdr *lane_hdr(void);
const struct pfq_rec *lane_record_at(u64 pos);

/* a record of @caplen times @byte, not published; NULL: full */
struct pfq_rec *lane_put(u32 caplen, u8 byte);

#endif /* PFQ_TESTS_LANE_H */
