/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Measures how long the datapath takes: only pfq_group_process() is timed. bench-stages
 * counts instructions.
 *
 * 	bench-core [packets [policy [members [bytes [batch]]]]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "lib/number.h"
#include "core_world.h"

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000ULL + (u64)ts.tv_nsec;
}

/* Run at least @packets packets. Returns the nanoseconds spent in core_world_run(). */
static u64 run(struct core_world *w, u64 packets)
{
	u64 n, spent = 0, start;

	for (n = 0; n < packets;) {
		n += core_world_fill(w, (u32)n);
		start = now_ns();
		core_world_run(w);
		spent += now_ns() - start;
		core_world_empty(w);
	}
	return spent;
}

static unsigned long number(const char *text, unsigned long min, unsigned long max)
{
	uint64_t n;

	if (pfq_number_parse(text, min, max, &n)) {
		fprintf(stderr, "bench-core: \"%s\" is not %lu-%lu\n", text, min, max);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	u64 packets = argc > 1 ? number(argv[1], 1, 1UL << 40) : 20000000;
	struct core_setting setting = {
		.policy = argc > 2 ? argv[2] : "flow",
		.members = argc > 3 ? (u32)number(argv[3], 1, CORE_MEMBERS_MAX) : 4,
		.bytes = argc > 4 ? (u32)number(argv[4], CORE_BYTES_MIN, CORE_BYTES_MAX) : 64,
		.batch_packets = argc > 5 ? (u32)number(argv[5], 1, PFQ_BATCH_MAX) : 0,
	};
	struct core_world *w = core_world_create(&setting);
	u64 spent, copies;

	run(w, PFQ_BATCH_MAX * 64);	/* warm up pages and caches */
	memset(&w->lane, 0, sizeof(w->lane));
	spent = run(w, packets);
	packets = w->lane.counters[PFQ_GROUP_recv];
	copies = w->lane.counters[PFQ_GROUP_copies];
	printf("%s, %u members, %u bytes: %" PRIu64 " packets, %" PRIu64
	       " copies, %.1f ns a packet\n",
	       setting.policy, setting.members, setting.bytes, packets, copies,
	       (double)spent / (double)packets);
	return 0;
}
