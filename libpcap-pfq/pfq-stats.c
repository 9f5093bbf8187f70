/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Statistics as of an ordinary handle: by cause, and without errors. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "pcap-pfq.h"

#define LOST_RETRY_S	10	/* no request for this time after an engine did not answer */

/* asks for the packets lost before the engine; without an answer, the last value stays */
static void lost_update(struct pfq_capture *c)
{
	struct timespec now;
	uint64_t lost;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < c->lost_retry)
		return;
	ret = c->lib->pfq_ingest_lost(c->q, &lost);
	if (!ret)
		c->lost = lost;
	else if (ret != -EPIPE && ret != -EAGAIN)
		/* the others return at once: the engine is away, or just back */
		c->lost_retry = now.tv_sec + LOST_RETRY_S;
}

void pfq_stats_begin(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	c->ifdrop = 0;
	c->lost = 0;
	c->lost_retry = 0;
	/* promiscuous handles only, as stock; in another namespace the names mean other devices */
	if (p->opt.promisc && c->same_netns)
		pfq_ifdrop_open(&c->ifdrop_files, c->lib, c->q);
	c->ifdrop_base = pfq_ifdrop_sum(&c->ifdrop_files);
}

int pfq_stats_report(pcap_t *p, struct pcap_stat *stats)
{
	struct pfq_capture *c = p->priv;
	const uint64_t *counters;
	struct pfq_stats ring;
	uint64_t drops;

	c->lib->pfq_stats_get(c->q, &ring);
	counters = ring.counters;
	/* a program may call this in a signal handler, which may have interrupted a request */
	if (!pthread_mutex_trylock(&c->control)) {
		lost_update(c);
		pthread_mutex_unlock(&c->control);
	}
	drops = pfq_ifdrop_sum(&c->ifdrop_files);
	/* after a device has gone, the last known value stays */
	if (drops >= c->ifdrop_base + c->ifdrop)
		c->ifdrop = drops - c->ifdrop_base;
	stats->ps_ifdrop = (u_int)(c->ifdrop + c->lost);
	stats->ps_recv = (u_int)(counters[PFQ_ENDPOINT_offered] -
				 counters[PFQ_ENDPOINT_drop_endpoint_filter]);
	stats->ps_drop = (u_int)counters[PFQ_ENDPOINT_drop_ring_full];
	return 0;
}
