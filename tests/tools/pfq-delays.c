// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Repeats a request to the engine and measures each one. Prints one line: how many there were, and
 * the 50th and 99th percentile and the longest, in microseconds. PFQ_SOCKET names the engine.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "pfq.h"

#define DELAYS_MAX	100000
#define PAUSE_US	1000	/* between two requests: this program does not take a CPU */

static const char *usage =
	"usage: pfq-delays hello SECONDS [FILE]        connect, HELLO, disconnect\n"
	"       pfq-delays join GROUP BYTES SECONDS    join with a ring of BYTES, leave\n"
	"FILE: end as soon as it exists";

struct request {
	const char *socket, *group;
	uint64_t bytes;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void hello(const struct request *r)
{
	struct pfq_error e;
	struct pfq_ctl *ctl;

	if (pfq_ctl_open(&ctl, r->socket, &e))
		errx(1, "HELLO: %s", e.text);
	pfq_ctl_close(ctl);
}

static void join(const struct request *r)
{
	struct pfq_params params = { .socket = r->socket, .group = r->group,
				     .ring_bytes = r->bytes };
	struct pfq_error e;
	struct pfq *q;

	if (pfq_open(&q, &params, &e))
		errx(1, "JOIN: %s", e.text);
	pfq_close(q);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void print(const char *what, uint64_t *delay, size_t n)
{
	qsort(delay, n, sizeof(*delay), compare);
	printf("%s: %zu times, p50 %llu us, p99 %llu us, max %llu us\n", what, n,
	       (unsigned long long)delay[n / 2] / 1000,
	       (unsigned long long)delay[n - 1 - n / 100] / 1000,
	       (unsigned long long)delay[n - 1] / 1000);
}

int main(int argc, char **argv)
{
	struct request r = { .socket = getenv("PFQ_SOCKET") };
	void (*ask)(const struct request *r);
	static uint64_t delay[DELAYS_MAX];
	const char *stop = NULL;
	uint64_t end_ns, begun;
	size_t n = 0;

	if (argc >= 3 && argc <= 4 && !strcmp(argv[1], "hello")) {
		ask = hello;
		end_ns = strtoull(argv[2], NULL, 10) * 1000000000;
		stop = argv[3];
	} else if (argc == 5 && !strcmp(argv[1], "join")) {
		ask = join;
		r.group = argv[2];
		r.bytes = strtoull(argv[3], NULL, 10);
		end_ns = strtoull(argv[4], NULL, 10) * 1000000000;
	} else {
		errx(2, "%s", usage);
	}
	end_ns += now_ns();
	do {
		begun = now_ns();
		ask(&r);
		delay[n++] = now_ns() - begun;
		usleep(PAUSE_US);
	} while (now_ns() < end_ns && n < DELAYS_MAX && (!stop || access(stop, F_OK)));
	print(argv[1], delay, n);
	return 0;
}
