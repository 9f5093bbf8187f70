/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The frequent calls on an endpoint: read, give back, wait. */
#include <errno.h>
#include "client.h"
#include "clock.h"
#include "lane.h"

/*
 * pfq_start() within a read. If the engine is gone, or too busy to answer, records that are
 * already there must still be read; a busy engine has received the request.
 */
static int start_now(struct pfq *q)
{
	int ret = pfq_start(q, NULL);

	if (ret && ret != -EPIPE && ret != -ETIMEDOUT)
		return ret;
	q->is_started = true;
	return 0;
}

/* The ring is empty. Returns the number of records after all, 0, or an error. */
static int read_none(struct pfq *q, const struct pfq_rec **recs, int max)
{
	int n = 0, ret;

	/* padding that was skipped is room for the engine */
	pfq_reader_release(&q->reader, 0);
	if (pfq_wake_empty(&q->wake))
		n = pfq_reader_take(&q->reader, recs, (uint32_t)max);
	if (!n && q->wake.bell.is_gone) {
		ret = pfq_reconnect_read(q);
		if (ret < 0)
			return ret;
		if (ret)
			n = pfq_reader_take(&q->reader, recs, (uint32_t)max);
	}
	if (n > 0)
		pfq_wake_taken(&q->wake);
	return n ? n : q->wake.error;
}

int pfq_read(struct pfq *q, const struct pfq_rec **recs, int max)
{
	int n;

	if (unlikely(!q->is_started)) {
		n = start_now(q);
		if (n)
			return n;
	}
	if (max <= 0)
		return -EINVAL;
	pfq_reader_release(&q->reader, q->reader.batch);
	n = pfq_reader_take(&q->reader, recs, (uint32_t)max);
	if (likely(n > 0)) {
		pfq_wake_taken(&q->wake);
		return n;
	}
	return n ? n : read_none(q, recs, max);
}

void pfq_release(struct pfq *q, int n)
{
	pfq_reader_release(&q->reader, n > 0 ? (uint32_t)n : 0);
	if (pfq_wake_is_watched(&q->wake))
		pfq_wake_settle(&q->wake);
}

uint32_t pfq_rec_lane(const struct pfq *q, const struct pfq_rec *rec, uint64_t *position)
{
	const struct pfq_ring *ring = q->reader.ring;
	uint64_t offset = (uint64_t)((const uint8_t *)rec - ring->data);
	uint32_t i = (uint32_t)(offset / ring->lane_size);
	uint64_t cons = ring->lane[i].cons;

	/* the batch begins at cons and is no longer than the lane */
	*position = cons + ((offset - cons) & (ring->lane_size - 1));
	return i;
}

void pfq_wakeup_set(struct pfq *q, uint32_t threshold, uint64_t delay_ns)
{
	pfq_wake_policy(&q->wake, threshold, delay_ns);
}

int pfq_wait(struct pfq *q, int extra_fd, int timeout_ms)
{
	uint64_t deadline_ns = NEVER_NS;
	int ret = q->is_started ? 0 : start_now(q);

	if (ret)
		return ret;
	if (timeout_ms >= 0)
		deadline_ns = clock_monotonic_ns() + (uint64_t)timeout_ms * NS_PER_MS;
	if (!pfq_reconnect_is_away(&q->reconnect)) {
		ret = pfq_wake_wait(&q->wake, extra_fd, timeout_ms);
		if (ret != -EPIPE)
			return ret;
	}
	return pfq_reconnect_wait(q, extra_fd, deadline_ns);
}

int pfq_fd(struct pfq *q)
{
	int ret = q->is_started ? 0 : start_now(q);

	if (ret)
		return ret;
	ret = pfq_wake_fd(&q->wake);
	if (ret >= 0)
		pfq_reconnect_watch(q);
	return ret;
}

int pfq_fd_prepare(struct pfq *q)
{
	return pfq_wake_fd_make(&q->wake);
}
