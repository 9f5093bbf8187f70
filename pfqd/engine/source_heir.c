/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group changes from one source to another of the same device. If it was the last user of the old
 * one, the counters go on in the new one. So what users see about a device only grows.
 */
#include "config.h"

#include "source.h"

/* Is @heir still in use? */
static bool is_live(const struct source_set *set, const struct source *heir)
{
	const struct source *src;

	TAILQ_FOREACH(src, &set->live, entry) {
		if (src == heir)
			return true;
	}
	return false;
}

void source_pass_on(struct source *src)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	unsigned int i;

	if (!src->heir || !is_live(src->set, src->heir))
		return;
	source_counters(src, counters);
	for (i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++) {
		src->heir->counters_before[i] += counters[i] - src->passed_on[i];
		src->passed_on[i] = counters[i];
	}
}

void source_leave_to(struct source *src, struct source *heir, bool is_read)
{
	if (src->refs != 1)
		return;
	src->heir = heir;
	src->is_read = is_read;
	/* at once, because the sweep comes later, and nobody sees the old source until then */
	source_pass_on(src);
}
