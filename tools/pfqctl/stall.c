/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <string.h>
#include <time.h>
#include "stall.h"

#define WATCH_NS	1000000000ULL
#define PAUSE_NS	50000000L

/* Is there a member that may have stopped reading, and has read nothing since? */
static bool has_stalled(const struct snapshot *s, const struct snapshot *later)
{
	const struct pfq_endpoint_info *e, *now;
	size_t i;

	for (i = 0; i < s->endpoints; i++) {
		e = &s->endpoint[i];
		now = later ? snapshot_endpoint(later, e) : e;
		if (e->unread && e->counters[PFQ_ENDPOINT_drop_ring_full] && now &&
		    now->read == e->read)
			return true;
	}
	return false;
}

int stall_watch(struct snapshot *later, const struct snapshot *s, struct pfq_ctl *ctl,
		struct pfq_error *err)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	int ret = 0;

	memset(later, 0, sizeof(*later));
	if (!has_stalled(s, NULL))
		return 0;
	do {
		nanosleep(&pause, NULL);
		snapshot_free(later);
		ret = snapshot_take(later, ctl, SNAPSHOT_ENDPOINTS, NULL, err);
	} while (!ret && later->time_ns < s->time_ns + WATCH_NS && has_stalled(s, later));
	return ret;
}
