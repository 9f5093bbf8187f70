/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The lists of counters in linux/pfq.h, as tables, and the sums that follow from their kinds. */
#include "pfq.h"

#define ROW(name, kind, text)	{ #name, PFQ_COUNTER_##kind, text },

static const struct pfq_counter group_rows[] = { PFQ_GROUP_COUNTERS(ROW) };
static const struct pfq_counter endpoint_rows[] = { PFQ_ENDPOINT_COUNTERS(ROW) };
static const struct pfq_counter ingest_rows[] = { PFQ_INGEST_COUNTERS(ROW) };

static const struct {
	const struct pfq_counter *row;
	unsigned int count;
} lists[] = {
	[PFQ_COUNTER_LIST_GROUP]	= { group_rows, PFQ_GROUP_COUNTERS_MAX },
	[PFQ_COUNTER_LIST_ENDPOINT]	= { endpoint_rows, PFQ_ENDPOINT_COUNTERS_MAX },
	[PFQ_COUNTER_LIST_INGEST]	= { ingest_rows, PFQ_INGEST_COUNTERS_MAX },
};

const struct pfq_counter *pfq_counter_get(enum pfq_counter_list list, unsigned int i)
{
	/* the program may know more lists than this library */
	if ((unsigned int)list >= sizeof(lists) / sizeof(lists[0]))
		return NULL;
	return i < lists[list].count ? &lists[list].row[i] : NULL;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* IN against the sum of DROP, OUT and HELD */
static uint64_t unexplained(enum pfq_counter_list list, const uint64_t *counters)
{
	uint64_t in = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < lists[list].count; i++) {
		if (lists[list].row[i].kind == PFQ_COUNTER_IN)
			in += counters[i];
		else if (lists[list].row[i].kind != PFQ_COUNTER_INFO)
			sum += counters[i];
	}
	return distance(in, sum);
}

uint64_t pfq_group_unexplained(const struct pfq_group_info *group)
{
	return unexplained(PFQ_COUNTER_LIST_GROUP, group->counters);
}

/* Two sums, each by itself: a shortage in one must not cancel a surplus in the other. */
uint64_t pfq_endpoint_unexplained(const struct pfq_endpoint_info *endpoint)
{
	return unexplained(PFQ_COUNTER_LIST_ENDPOINT, endpoint->counters) +
	       distance(endpoint->counters[PFQ_ENDPOINT_delivered],
			endpoint->read + endpoint->unread);
}
