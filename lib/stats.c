/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include "client.h"
#include "ctl.h"

/*
 * Another thread may change to a new ring at the same time. It frees the old one only while
 * counting is 0; a thread that begins to count later sees the new ring.
 */
void pfq_stats_get(const struct pfq *q, struct pfq_stats *stats)
{
	struct pfq *own = (struct pfq *)(uintptr_t)q;

	atomic_fetch_add(&own->counting, 1);
	pfq_member_stats(own->member, stats);
	atomic_fetch_sub(&own->counting, 1);
}

void pfq_ended_free(struct pfq *q)
{
	struct pfq_member *m = q->ended, *next;

	if (atomic_load(&q->counting))
		return;
	for (; m; m = next) {
		next = m->next;
		pfq_member_free(m);
	}
	q->ended = NULL;
}

/*
 * Is @in an ingest of this endpoint's group? By ifindex, because a device may have a new
 * name. A device that was absent at the JOIN is found by its name.
 */
static bool is_ours(const struct pfq_member *m, const struct pfq_ingest_info *in)
{
	const char *written = in->written[0] ? in->written : in->device;
	unsigned int i;

	for (i = 0; i < m->devices; i++) {
		if (m->device[i].ifindex ? m->device[i].ifindex == in->ifindex :
					   !strcmp(m->device[i].name, written))
			return true;
	}
	return false;
}

struct lost {
	const struct pfq_member *m;
	uint64_t packets;
};

static int add_lost(const struct pfq_ingest_info *in, void *arg)
{
	struct lost *l = arg;

	if (is_ours(l->m, in))
		l->packets += in->counters[PFQ_INGEST_drop_socket];
	return 0;
}

int pfq_lost_sum(const struct pfq_conn *c, const struct pfq_answer *answer,
		 const struct pfq_member *m, uint64_t *packets, struct pfq_error *err)
{
	struct lost l = { .m = m };
	int ret = pfq_conn_status_walk(c, answer, add_lost, &l, err);

	*packets = l.packets;
	return ret;
}

static int sum_lost(struct pfq *q, uint64_t *packets, struct pfq_error *err)
{
	struct lost l = { .m = q->member };
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
	int ret;

	/* the reading thread may be changing to another engine, or this be its signal handler */
	if (!pfq_request_try(q))
		return -EAGAIN;
	ret = sum_lost(q, &sum, NULL);
	if (!ret) {
		/* a device that was removed and came again counts from 0 */
		if (sum < q->lost_base)
			q->lost_base = 0;
		q->lost = q->lost_before + sum - q->lost_base;
		*packets = q->lost;
	}
	pfq_request_end(q);
	return ret;
}
