/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What the datapath costs: packets of one size and many flows, in batches
 * through a group, to members whose rings are emptied between batches. Only
 * pfq_group_run() is timed: no ingest, no consumer.
 *
 *	bench-core [packets [policy [members [bytes]]]]
 *
 * Instructions: valgrind --tool=callgrind --toggle-collect=pfq_group_run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "../core/frag.h"
#include "../core/group.h"

#define FLOWS		1024
#define BYTES_MAX	1514
#define LANE_BYTES	(1U << 20)
#define MEMBERS_MAX	16

struct bench {
	struct pfq_group group;
	struct pfq_group_lane lane;
	struct pfq_program program;
	struct pfq_class_members class;
	struct pfq_member member[MEMBERS_MAX];
	struct pfq_producer producer[MEMBERS_MAX];
	struct pfq_reader_lane *reader[MEMBERS_MAX];
	struct pfq_frag_table frags;
	struct pfq_scratch scratch;
	struct pfq_batch batch;
	u8 frame[FLOWS][BYTES_MAX];
};

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000ULL + (u64)ts.tv_nsec;
}

static void *zeroed(u64 bytes)
{
	void *p = aligned_alloc(4096, (bytes + 4095) & ~4095ULL);

	if (!p) {
		fprintf(stderr, "bench-core: no memory\n");
		exit(1);
	}
	memset(p, 0, bytes);
	return p;
}

/* Ethernet, IPv4, TCP */
static void frame_make(u8 *frame, u32 flow)
{
	static const u8 head[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46,
				   0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 0, 10, 1, 0, 1 };

	memcpy(frame, head, sizeof(head));
	frame[28] = (u8)(flow >> 8);
	frame[29] = (u8)flow;
	frame[34] = (u8)(flow * 7);
	frame[37] = 80;
}

static void bench_open(struct bench *b, u32 members)
{
	struct pfq_steer_share share[MEMBERS_MAX];
	u32 i;

	for (i = 0; i < FLOWS; i++)
		frame_make(b->frame[i], i);
	for (i = 0; i < members; i++) {
		void *area = zeroed(pfq_ring_area_bytes(1, LANE_BYTES));
		u8 *reader_area = zeroed(pfq_ring_reader_bytes(1));

		pfq_ring_format(area, 1, LANE_BYTES, BYTES_MAX, PFQ_LINKTYPE_ETHERNET);
		pfq_producer_init(&b->producer[i], area, reader_area, 0);
		b->reader[i] = (void *)(reader_area + PFQ_READER_LANE_OFFSET(0));
		b->member[i] = (struct pfq_member){ .id = i + 1, .snaplen = BYTES_MAX,
						    .producer = &b->producer[i] };
		share[i] = (struct pfq_steer_share){ i + 1, 1 };
		b->class.all[i] = b->class.started[i] = (u16)i;
	}
	b->class.count = b->class.started_count = members;
	pfq_steer_build(&b->class.table, NULL, share, members);
	b->group = (struct pfq_group){ .program = &b->program, .lane = &b->lane,
				       .members = members, .member = b->member,
				       .class = { &b->class } };
}

/* what an ingest would do */
static void batch_fill(struct bench *b, u32 first, u32 bytes)
{
	u32 i;

	b->batch.n = PFQ_BATCH_MAX;
	for (i = 0; i < PFQ_BATCH_MAX; i++)
		b->batch.view[i] = (struct pfq_view){
			.data = b->frame[(first + i) % FLOWS], .caplen = bytes, .len = bytes,
			.ts_ns = first + i, .ifindex = 2, .linktype = PFQ_LINKTYPE_ETHERNET,
			.queue = PFQ_QUEUE_UNKNOWN,
		};
}

static u64 bench_run(struct bench *b, u64 packets, u32 members, u32 bytes)
{
	struct pfq_lane_env env = { .seed = 0x9e3779b9, .random = 1, .frags = &b->frags };
	u64 n, spent = 0, start;
	u32 i;

	for (n = 0; n < packets; n += PFQ_BATCH_MAX) {
		batch_fill(b, (u32)n, bytes);
		start = now_ns();
		pfq_group_run(&b->group, &b->batch, &env, &b->scratch);
		spent += now_ns() - start;
		for (i = 0; i < members; i++)
			b->reader[i]->cons = b->producer[i].prod;
	}
	return spent;
}

static unsigned long number(const char *text, unsigned long min, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || n < min || n > max) {
		fprintf(stderr, "bench-core: \"%s\" is not %lu-%lu\n", text, min, max);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	u64 packets = argc > 1 ? number(argv[1], 1, 1UL << 40) : 20000000;
	const char *policy = argc > 2 ? argv[2] : "flow";
	u32 members = argc > 3 ? (u32)number(argv[3], 1, MEMBERS_MAX) : 4;
	u32 bytes = argc > 4 ? (u32)number(argv[4], 38, BYTES_MAX) : 64;
	struct bench *b = zeroed(sizeof(*b));
	u64 spent, copies;

	if (pfq_program_from_policy(&b->program, policy)) {
		fprintf(stderr, "bench-core: no policy \"%s\"\n", policy);
		return 2;
	}
	bench_open(b, members);
	bench_run(b, PFQ_BATCH_MAX * 64, members, bytes);	/* pages, caches */
	memset(&b->lane, 0, sizeof(b->lane));
	packets = (packets + PFQ_BATCH_MAX - 1) / PFQ_BATCH_MAX * PFQ_BATCH_MAX;
	spent = bench_run(b, packets, members, bytes);
	copies = b->lane.counters[PFQ_GROUP_copies];
	printf("%s, %u members, %u bytes: %" PRIu64 " packets, %" PRIu64
	       " copies, %.1f ns a packet\n",
	       policy, members, bytes, packets, copies, (double)spent / (double)packets);
	return 0;
}
