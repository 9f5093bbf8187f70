// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Joins groups with many endpoints: as many of each group as COUNT says, one after the other.
 * Prints "ready" when all are there, reads until it gets SIGTERM, and prints for each group how
 * many packets each endpoint has got, as "GROUP MIN MAX SUM". PFQ_SOCKET names the engine, and
 * PFQ_NAME, if it is set, the endpoints.
 */
#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "pfq.h"

#define RING_BYTES	(256 << 10)
#define BATCH		64

struct member {
	struct pfq *q;
	uint64_t packets;
};

static volatile sig_atomic_t is_over;

static void on_term(int signal)
{
	(void)signal;
	is_over = 1;
}

static void join(struct member *m, const char *group)
{
	struct pfq_params params = { .socket = getenv("PFQ_SOCKET"), .group = group,
				     .name = getenv("PFQ_NAME"), .ring_bytes = RING_BYTES,
				     .hugepages = "off", .reconnect_s = PFQ_RECONNECT_NO };
	struct pfq_error e;

	if (pfq_open(&m->q, &params, &e) || pfq_start(m->q, &e))
		errx(1, "group %s: %s", group, e.text);
}

/* Read what is there. Returns the number of packets. */
static int take(struct member *m)
{
	const struct pfq_rec *recs[BATCH];
	int n = pfq_read(m->q, recs, BATCH);

	if (n < 0)
		errx(1, "group %s: %s", pfq_group(m->q), pfq_error_text(n));
	m->packets += (uint64_t)n;
	return n;
}

static void print(const struct member *m, unsigned long count)
{
	uint64_t min = UINT64_MAX, max = 0, sum = 0;

	for (unsigned long i = 0; i < count; i++) {
		min = m[i].packets < min ? m[i].packets : min;
		max = m[i].packets > max ? m[i].packets : max;
		sum += m[i].packets;
	}
	printf("%s %llu %llu %llu\n", pfq_group(m->q), (unsigned long long)min,
	       (unsigned long long)max, (unsigned long long)sum);
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	unsigned long count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, n, i;
	struct member *m;
	int got;

	if (!count)
		errx(2, "usage: pfq-crowd COUNT GROUP...");
	n = count * (unsigned long)(argc - 2);
	m = calloc(n, sizeof(*m));
	if (!m)
		err(2, "memory");
	signal(SIGTERM, on_term);
	for (i = 0; i < n; i++)
		join(&m[i], argv[2 + i / count]);
	puts("ready");
	fflush(stdout);
	while (!is_over) {
		for (got = 0, i = 0; i < n; i++)
			got += take(&m[i]);
		if (!got)
			nanosleep(&pause, NULL);
	}
	for (i = 0; i < n; i += count)
		print(&m[i], count);
	for (i = 0; i < n; i++)
		pfq_close(m[i].q);
	free(m);
	return 0;
}
