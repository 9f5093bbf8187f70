/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Statistics, as a stock handle's: by cause, and never an error. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pcap-pfq.h"

#define LOST_RETRY_S	10	/* a daemon that did not answer is left alone so long */

static uint64_t sysfs_counter(const char *interface, const char *counter)
{
	char path[128], digits[24];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", interface, counter);
	/* not by stdio, which makes a system call more: programs may be in a sandbox by now */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, digits, sizeof(digits) - 1);
	close(fd);
	digits[n > 0 ? n : 0] = '\0';
	return strtoull(digits, NULL, 10);
}

/* is the interface at @at in @list named before it already? */
static bool is_repeated(const char *list, const char *at, size_t len)
{
	const char *p;

	for (p = list; p < at; p += strcspn(p, ",") + 1)
		if (strcspn(p, ",/") == len && !memcmp(p, at, len))
			return true;
	return false;
}

/* what the devices of the handle dropped: a daemon elsewhere has others of those names */
static uint64_t sysfs_drops(const struct pfq_capture *c)
{
	const char *list = c->lib->pfq_bindings(c->q), *p = list;
	char name[PFQ_DEVICE_NAME_MAX + 1];
	uint64_t drops = 0;
	size_t len;

	while (c->same_netns && *p) {
		len = strcspn(p, ",/");
		if (len && len < sizeof(name) && !is_repeated(list, p, len)) {
			snprintf(name, sizeof(name), "%.*s", (int)len, p);
			drops += sysfs_counter(name, "rx_missed_errors");
			drops += sysfs_counter(name, "rx_fifo_errors");
		}
		p += strcspn(p, ",");
		p += *p == ',';
	}
	return drops;
}

/* what was lost on the way into the engine; the last known figure if it does not say */
static void lost_update(struct pfq_capture *c)
{
	struct timespec now;
	uint64_t lost;
	int ret;

	if (c->lost_retry < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < c->lost_retry)
		return;
	ret = c->lib->pfq_ingest_lost(c->q, &lost);
	if (!ret)
		c->lost = lost;
	else
		c->lost_retry = ret == -EPIPE ? -1 : now.tv_sec + LOST_RETRY_S;
}

void pfq_stats_begin(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	c->ifdrop = 0;
	c->lost = 0;
	c->lost_retry = 0;
	c->ifdrop_base = p->opt.promisc ? sysfs_drops(c) : 0;
}

int pfq_stats_report(pcap_t *p, struct pcap_stat *stats)
{
	struct pfq_capture *c = p->priv;
	const uint64_t *counters;
	struct pfq_stats ring;
	uint64_t drops;

	c->lib->pfq_stats_get(c->q, &ring);
	counters = ring.counters;
	/* programs do this in signal handlers, which may have stopped a request halfway */
	if (!pthread_mutex_trylock(&c->control)) {
		lost_update(c);
		pthread_mutex_unlock(&c->control);
	}
	if (p->opt.promisc) {
		drops = sysfs_drops(c);
		/* unreadable after a chroot: what was known stands */
		if (drops >= c->ifdrop_base + c->ifdrop)
			c->ifdrop = drops - c->ifdrop_base;
	}
	stats->ps_ifdrop = (u_int)(c->ifdrop + c->lost);
	stats->ps_recv = (u_int)(counters[PFQ_ENDPOINT_offered] -
				 counters[PFQ_ENDPOINT_drop_endpoint_filter]);
	stats->ps_drop = (u_int)counters[PFQ_ENDPOINT_drop_ring_full];
	return 0;
}
