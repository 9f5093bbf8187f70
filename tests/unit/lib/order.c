/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the reader at any moment between two loads of what a producer writes. Each load
 * with acquire semantics is a step. At each step in turn another lane's producer publishes
 * a record and a watermark, or two of both. The records always come out in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "lib/ring.h"

static void step(void);

#undef load_acquire
#define load_acquire(p)	(step(), __atomic_load_n((p), __ATOMIC_ACQUIRE))

#include "lib/lane.c"
#include "lib/merge.c"
#include "lib/reader.c"

#define LANE_BYTES	4096
#define RECORDS		8

static struct pfq_lane_hdr lane_hdr[2];
static struct pfq_reader_lane reader_lane[2];
static _Alignas(64) uint8_t data[2][LANE_BYTES];
static struct pfq_ring ring;
static struct pfq_reader reader;

static unsigned int steps, at;
static uint64_t clock_ns;	/* the engine's clock: the next record's time */
static void (*act)(void);

static void step(void)
{
	if (steps++ == at)
		act();
}

static void produce(unsigned int lane)
{
	uint64_t pos = lane_hdr[lane].prod;
	struct pfq_rec *rec = (void *)(data[lane] + pos);

	*rec = (struct pfq_rec){ .ts_ns = clock_ns++, .caplen = 32 };
	lane_hdr[lane].prod = pos + PFQ_REC_BYTES(32);
}

static void mark(unsigned int lane)
{
	lane_hdr[lane].watermark = clock_ns;
}

/* Lane 1 publishes a record and a watermark, then lane 0 a younger record without a watermark. */
static void act_one(void)
{
	produce(1);
	mark(1);
	produce(0);
	mark(0);
}

static void act_two(void)
{
	produce(1);
	produce(0);
	mark(1);
	produce(1);
	produce(0);
	mark(0);
}

static void act_marks(void)
{
	mark(0);
	mark(1);
	produce(1);
	produce(0);
}

static void begin(void)
{
	unsigned int i;

	memset(lane_hdr, 0, sizeof(lane_hdr));
	memset(reader_lane, 0, sizeof(reader_lane));
	memset(&ring, 0, sizeof(ring));
	ring.lanes = 2;
	ring.lane_size = LANE_BYTES;
	ring.data = data[0];
	for (i = 0; i < 2; i++) {
		ring.lane[i].data = data[i];
		ring.lane[i].hdr = &lane_hdr[i];
		ring.lane[i].reader = &reader_lane[i];
	}
	pfq_reader_init(&reader, &ring, false);
	clock_ns = 1;
	steps = 0;
}

static void read_all(unsigned int when, uint64_t *expected)
{
	const struct pfq_rec *recs[RECORDS];
	int n, i;

	pfq_reader_release(&reader, reader.batch);
	pfq_reader_look(&reader);
	n = pfq_reader_take(&reader, recs, RECORDS);
	assert_true(n >= 0);
	for (i = 0; i < n; i++)
		if (recs[i]->ts_ns != (*expected)++)
			fail_msg("at step %u: %llu instead of %llu", when,
				 (unsigned long long)recs[i]->ts_ns,
				 (unsigned long long)*expected - 1);
}

/* Read all records and check their order. Returns the number of steps. */
static unsigned int run(unsigned int when, void (*what)(void), int before)
{
	uint64_t expected = 1;
	unsigned int n;
	int round;

	begin();
	at = when;
	act = what;
	if (before)
		produce(0);
	for (round = 0; round < 4; round++)
		read_all(when, &expected);
	n = steps;
	at = ~0U;	/* no further act; release the rest */
	mark(0);
	mark(1);
	for (round = 0; round < 3; round++)
		read_all(when, &expected);
	assert_int_equal(expected, clock_ns);
	return n;
}

static void any_moment(void **state)
{
	static void (*const acts[])(void) = { act_one, act_two, act_marks };
	unsigned int when, i, all, before;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (before = 0; before < 2; before++) {
			all = run(~0U, acts[i], (int)before);
			assert_true(all > 10);
			for (when = 0; when < all; when++)
				run(when, acts[i], (int)before);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
