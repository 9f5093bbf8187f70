/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "client.h"
#include "ctl.h"

void pfq_stats_get(const struct pfq *q, struct pfq_stats *stats)
{
	const struct pfq_lane *lane;
	uint32_t i, c;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < q->ring.lanes; i++) {
		lane = &q->ring.lane[i];
		stats->read += load_acquire(&lane->reader->read);
		for (c = 0; c < PFQ_ENDPOINT_COUNTERS_MAX; c++)
			stats->counters[c] += load_relaxed(&lane->hdr->counters[c]);
	}
	/*
	 * the engine publishes counters after records, so that more may have been read than are
	 * counted
	 */
	if (stats->read > stats->counters[PFQ_ENDPOINT_delivered])
		stats->read = stats->counters[PFQ_ENDPOINT_delivered];
	stats->unread = stats->counters[PFQ_ENDPOINT_delivered] - stats->read;
}

/*
 * Is @in an ingest of this endpoint's group? By ifindex, because a device may have a new
 * name. A device that was absent at the JOIN is found by its name.
 */
static bool is_ours(const struct pfq *q, const struct pfq_ingest_info *in)
{
	const char *written = in->written[0] ? in->written : in->device;
	unsigned int i;

	for (i = 0; i < q->devices; i++) {
		if (q->device[i].ifindex ? q->device[i].ifindex == in->ifindex :
					   !strcmp(q->device[i].name, written))
			return true;
	}
	return false;
}

struct lost {
	const struct pfq *q;
	uint64_t packets;
};

static int add_lost(const struct pfq_ingest_info *in, void *arg)
{
	struct lost *l = arg;

	if (is_ours(l->q, in))
		l->packets += in->counters[PFQ_INGEST_drop_socket];
	return 0;
}

static int sum_lost(struct pfq *q, uint64_t *packets, struct pfq_error *err)
{
	struct lost l = { .q = q };
	int ret = pfq_conn_status(&q->conn, NULL, add_lost, &l, err);

	*packets = l.packets;
	return ret;
}

int pfq_lost_begin(struct pfq *q, struct pfq_error *err)
{
	return sum_lost(q, &q->lost_base, err);
}

int pfq_ingest_lost(struct pfq *q, uint64_t *packets)
{
	uint64_t sum;
	int ret = sum_lost(q, &sum, NULL);

	if (ret)
		return ret;
	/* a device that was removed and came again counts from 0 */
	if (sum < q->lost_base)
		q->lost_base = 0;
	*packets = sum - q->lost_base;
	return 0;
}
