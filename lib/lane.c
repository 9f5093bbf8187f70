/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "lane.h"

int pfq_lane_peek(struct pfq_lane *lane, uint64_t lane_size, uint64_t *ts_ns)
{
	struct pfq_step s;

	while (lane->pos != lane->prod) {
		s = pfq_lane_step(lane, lane_size, lane->pos, lane->prod);
		if (!s.bytes)
			return -EPROTO;
		if (!s.is_pad) {
			*ts_ns = load_relaxed(&s.rec->ts_ns);
			return 1;
		}
		lane->pos += s.bytes;
	}
	return 0;
}

static void publish(struct pfq_lane *lane, uint64_t cons, uint32_t records)
{
	lane->cons = cons;
	lane->read += records;
	lane->taken = 0;
	store_relaxed(&lane->reader->read, lane->read);
	/* The program has finished with the records before here: the engine may overwrite them. */
	store_release(&lane->reader->cons, cons);
}

void pfq_lane_release(struct pfq_lane *lane)
{
	if (lane->pos != lane->cons)
		publish(lane, lane->pos, lane->taken);
}

int pfq_lane_rewind(struct pfq_lane *lane, uint64_t lane_size, uint32_t keep, uint64_t *floor_ns)
{
	uint64_t pos = lane->cons, cut = pos, ts_ns;
	struct pfq_step s;
	uint32_t n = 0;
	int ret = 0;

	for (; pos != lane->pos; pos += s.bytes) {
		s = pfq_lane_step(lane, lane_size, pos, lane->pos);
		if (!s.bytes) {
			ret = -EPROTO;
			break;
		}
		if (s.is_pad)
			continue;
		ts_ns = load_relaxed(&s.rec->ts_ns);
		if (n >= keep && ts_ns > *floor_ns)
			*floor_ns = ts_ns;
		if (++n == keep)
			cut = pos + s.bytes;
	}
	publish(lane, cut, keep);
	lane->pos = cut;
	return ret;
}

int pfq_lane_skip(struct pfq_lane *lane, uint64_t lane_size, uint64_t end)
{
	uint64_t pos = lane->pos;
	struct pfq_step s;
	uint32_t n = 0;

	if (!end)
		return 0;
	if (pfq_lane_load(lane, lane_size) || end - pos > lane->prod - pos)
		return -EPROTO;
	for (; pos != end; pos += s.bytes) {
		s = pfq_lane_step(lane, lane_size, pos, end);
		if (!s.bytes)
			return -EPROTO;
		n += !s.is_pad;
	}
	lane->pos = pos;
	publish(lane, pos, n);
	return 0;
}
