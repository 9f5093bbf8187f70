/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "check.h"
#include "lane.h"

struct lane lane;

void lane_open(u64 size, u32 number)
{
	u64 bytes = pfq_ring_area_bytes(LANES, size), reader_bytes = pfq_ring_reader_bytes(LANES);

	lane = (struct lane){ .number = number };
	lane.area = aligned_alloc(4096, bytes);
	lane.reader_area = aligned_alloc(64, reader_bytes);
	assert_non_null(lane.area);
	assert_non_null(lane.reader_area);
	memset(lane.area, 0, bytes);
	memset(lane.reader_area, 0, reader_bytes);
	pfq_ring_format(lane.area, LANES, size, 1000, 1);
	lane.reader = (struct pfq_reader_hdr *)lane.reader_area;
	lane.reader_lane =
		(struct pfq_reader_lane *)(lane.reader_area + PFQ_READER_LANE_OFFSET(number));
	pfq_producer_init(&lane.p, lane.area, LANES, size, lane.reader_area, number);
}

int lane_close(void **state)
{
	(void)state;
	free(lane.area);
	free(lane.reader_area);
	lane = (struct lane){ .area = NULL };
	return 0;
}

const struct pfq_lane_hdr *lane_hdr(void)
{
	const struct pfq_ring_hdr *hdr = (const void *)lane.area;

	return (const void *)(lane.area + hdr->lane_hdr_offset + lane.number * PFQ_LANE_HDR_BYTES);
}

const struct pfq_rec *lane_record_at(u64 pos)
{
	const struct pfq_ring_hdr *hdr = (const void *)lane.area;

	return (const void *)(lane.area + hdr->data_offset + lane.number * hdr->lane_size +
			      (pos & (hdr->lane_size - 1)));
}

struct pfq_rec *lane_put(u32 caplen, u8 byte)
{
	struct pfq_rec *rec = pfq_ring_reserve(&lane.p, caplen);

	if (rec) {
		*rec = (struct pfq_rec){ .caplen = caplen, .len = caplen, .hash = byte };
		memset(rec + 1, byte, caplen);
	}
	return rec;
}
