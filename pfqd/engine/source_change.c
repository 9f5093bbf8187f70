/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A new set of sources; wishes of groups to a source that exists, and its counters. */
#include "config.h"

#include <string.h>

#include "source.h"

void source_set_init(struct source_set *set, uint32_t lanes, uint16_t fanout_id)
{
	memset(set, 0, sizeof(*set));
	set->lanes = lanes;
	set->next_fanout_id = fanout_id;
	TAILQ_INIT(&set->live);
	TAILQ_INIT(&set->dead);
}

void source_leaving(struct source *src, bool leaves)
{
	if (src)
		src->leaving += leaves ? 1 : -1;
}

void source_yield(struct source *src)
{
	src->has_yielded = true;
	src->retry = false;
	if (src->closing || !src->ingest)
		return;
	src->closing = src->ingest;
	src->ingest = NULL;
}

void source_reclaim(struct source *src)
{
	const struct source *dead;

	if (!src->has_yielded)
		return;
	src->has_yielded = false;
	/* a tap that was to take its place may be open still */
	TAILQ_FOREACH(dead, &src->set->dead, entry) {
		if (source_is_on(dead, source_device(src)))
			src->behind = dead;
	}
}

bool source_is_awaited(const struct source *src)
{
	const struct source *other;

	TAILQ_FOREACH(other, &src->set->live, entry) {
		if (other->behind == src)
			return true;
	}
	return false;
}

bool source_waits(const struct source *src)
{
	return src->retry && !src->open_errno;
}

void source_want_rxhash(struct source *src)
{
	if (src->with_rxhash || !src->driver->has_rxhash)
		return;
	src->with_rxhash = true;
	src->lacks_rxhash = src->ingest;
}

void source_counters(const struct source *src, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	uint64_t part[PFQ_INGEST_COUNTERS_MAX];
	uint32_t lane;
	unsigned int i;

	memcpy(counters, src->counters_before, sizeof(src->counters_before));
	for (lane = 0; src->ingest && lane < src->set->lanes; lane++) {
		if (!src->ingest[lane])
			continue;
		memset(part, 0, sizeof(part));
		src->driver->counters(src->ingest[lane], part);
		for (i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
			counters[i] += part[i];
	}
}
