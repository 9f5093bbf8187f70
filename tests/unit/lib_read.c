/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What pfq_read() gives, in which order, and what it gives back. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "lib_fake.h"

#define MS	1000000ULL

/*
 * Time stands still but where a test lets it pass: on a busy machine any time
 * may lie between two lines, and a lane would be given up.
 */
static uint64_t now_ns = 1000 * MS;

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = (struct timespec){ (time_t)(now_ns / (1000 * MS)), (long)(now_ns % (1000 * MS)) };
	return 0;
}

static struct fake *f;
static struct pfq *q;
static const struct pfq_rec *recs[4096];

static void join(uint32_t lanes, uint64_t lane_size, bool order_none)
{
	f = fake_start(&(struct fake_config){ .lanes = lanes, .lane_size = lane_size });
	q = fake_join(f, order_none);
}

static int leave(void **state)
{
	(void)state;
	pfq_close(q);
	fake_stop(f);
	q = NULL;
	return 0;
}

static void assert_read(int n, ...)
{
	va_list args;
	int i, got = pfq_read(q, recs, 4096);

	if (got != n)
		fail_msg("%d records instead of %d", got, n);
	va_start(args, n);
	for (i = 0; i < n; i++)
		assert_int_equal(fake_seq(recs[i]), va_arg(args, int));
	va_end(args);
}

static void one_lane(void **state)
{
	uint64_t position;

	(void)state;
	join(1, 0, false);
	assert_read(0);
	assert_int_equal(pfq_read(q, recs, 0), -EINVAL);
	assert_int_equal(f->starts, 1);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 9, 2);	/* within a lane, the lane's order is the order */
	assert_true(fake_record(f, 0, 11, 3, 64));
	assert_read(2, 1, 2);
	assert_int_equal(pfq_rec_lane(q, recs[1], &position), 0);
	assert_int_equal(position, 96);
	fake_publish(f, 0);
	assert_read(1, 3);
	assert_read(0);
}

/* round the ring many times, with sizes that need padding at its end */
static void wraps(void **state)
{
	uint64_t next = 0, seen = 0, i, position, expected = 0;
	int n, k;

	(void)state;
	join(1, 8192, false);
	while (seen < 20000) {
		for (i = 0; i < 1 + next % 7; i++) {
			if (!fake_record(f, 0, next, next, 8 + (uint32_t)(next * 37 % 1500)))
				break;
			next++;
		}
		fake_publish(f, 0);
		n = pfq_read(q, recs, 3);
		assert_true(n > 0);
		for (k = 0; k < n; k++, seen++) {
			assert_int_equal(fake_seq(recs[k]), seen);
			assert_int_equal(recs[k]->caplen, 8 + seen * 37 % 1500);
			pfq_rec_lane(q, recs[k], &position);
			/* positions grow with every record, padding apart */
			assert_true(position >= expected && position - expected < 2048);
			expected = position + PFQ_REC_BYTES(recs[k]->caplen);
		}
	}
}

/* the consumer that stops loses packets, and its ring is whole again later */
static void full_ring(void **state)
{
	struct pfq_stats stats;
	uint64_t seq = 0, put;

	(void)state;
	join(1, 8192, false);
	while (fake_record(f, 0, seq, seq, 200))
		seq++;
	put = seq;
	fake_publish(f, 0);
	assert_int_equal(pfq_read(q, recs, 4096), (int)put);
	/* still in the application's hands */
	assert_false(fake_record(f, 0, seq, seq, 200));
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.unread, put);
	assert_read(0);
	assert_true(fake_record(f, 0, seq, 4711, 200));
	fake_publish(f, 0);
	assert_read(1, 4711);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_delivered], put + 1);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_drop_ring_full], 2);
	assert_int_equal(stats.counters[PFQ_ENDPOINT_offered], put + 3);
	assert_int_equal(stats.read, put);
	assert_int_equal(stats.unread, 1);
}

static void merge(void **state)
{
	(void)state;
	join(3, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 1, 11, 2);
	fake_put(f, 2, 12, 3);
	fake_put(f, 1, 13, 4);
	fake_put(f, 1, 14, 5);
	fake_put(f, 0, 15, 6);
	fake_put(f, 2, 15, 7);	/* the same time: the lower lane first */
	fake_put(f, 1, 16, 8);
	fake_watermark(f, 0, 100);
	fake_watermark(f, 1, 100);
	fake_watermark(f, 2, 100);
	assert_read(8, 1, 2, 3, 4, 5, 6, 7, 8);
	assert_read(0);
}

static void watermarks(void **state)
{
	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 20, 2);
	fake_put(f, 0, 30, 3);
	/* lane 1 may still bring something older */
	assert_read(0);
	fake_watermark(f, 1, 9);
	assert_read(0);
	fake_watermark(f, 1, 10);
	assert_read(1, 1);
	fake_watermark(f, 1, 29);
	assert_read(1, 2);
	fake_put(f, 1, 29, 4);
	assert_read(1, 4);
	fake_watermark(f, 1, 40);
	assert_read(1, 3);
}

static void unfed_lanes(void **state)
{
	uint32_t i;

	(void)state;
	join(64, 0, false);
	for (i = 0; i < 64; i++)
		fake_watermark(f, i, PFQ_LANE_UNFED);
	fake_put(f, 63, ~0ULL, 1);
	assert_read(1, 1);
	fake_put(f, 0, 7, 2);
	fake_put(f, 63, 6, 3);
	assert_read(2, 3, 2);
}

static void lagging_lane(void **state)
{
	(void)state;
	join(3, 0, false);
	fake_watermark(f, 2, PFQ_LANE_UNFED);
	fake_watermark(f, 1, 5);
	fake_put(f, 0, 10, 1);
	now_ns += 100 * MS;	/* nobody has seen it wait */
	assert_read(0);
	now_ns += PFQ_LAG_MAX_NS;
	assert_read(0);
	now_ns++;
	assert_read(1, 1);
	/* it is not waited for again, packet by packet */
	fake_put(f, 0, 20, 2);
	assert_read(1, 2);
	/* until it shows life */
	fake_watermark(f, 1, 25);
	fake_put(f, 0, 30, 3);
	assert_read(0);
	fake_watermark(f, 1, 30);
	assert_read(1, 3);
	fake_put(f, 0, 40, 4);
	assert_read(0);
	fake_put(f, 1, 35, 5);
	assert_read(1, 5);
	/* another record, another wait */
	now_ns += PFQ_LAG_MAX_NS;
	assert_read(0);
	now_ns += PFQ_LAG_MAX_NS + 1;
	assert_read(1, 4);
}

static void order_none(void **state)
{
	int n, i;
	unsigned int sum = 0;

	(void)state;
	join(3, 0, true);
	fake_put(f, 1, 30, 1);
	fake_put(f, 0, 20, 2);
	fake_put(f, 2, 10, 4);
	fake_put(f, 2, 11, 8);
	n = pfq_read(q, recs, 10);
	assert_int_equal(n, 4);
	for (i = 0; i < n; i++)
		sum += (unsigned int)fake_seq(recs[i]);
	assert_int_equal(sum, 15);
	/* a busy lane does not shut the others out */
	for (i = 0; i < 100; i++)
		fake_put(f, 0, 1, 100);
	fake_put(f, 1, 1, 5);
	for (i = 0; i < 3; i++) {
		n = pfq_read(q, recs, 1);
		assert_int_equal(n, 1);
		if (fake_seq(recs[0]) == 5)
			return;
	}
	fail_msg("lane 1 was starved");
}

/* of devices' clocks, no lane says how far it is: nothing waits, whoever asked for that */
static void adapter_time(void **state)
{
	(void)state;
	f = fake_start(&(struct fake_config){ .lanes = 2, .adapter_time = true });
	q = fake_join(f, false);
	assert_int_equal(pfq_adapter_time(q), 1);
	fake_put(f, 0, 1700000000 * (1000 * MS), 1);
	assert_read(1, 1);
	fake_put(f, 1, 20, 2);
	assert_read(1, 2);
	fake_put(f, 1, 10, 3);
	assert_read(1, 3);
}

static void release_some(void **state)
{
	struct pfq_stats stats;
	uint64_t position;

	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 1, 11, 2);
	fake_put(f, 0, 12, 3);
	fake_put(f, 0, 13, 4);
	fake_put(f, 1, 14, 5);
	fake_watermark(f, 0, 14);
	assert_read(5, 1, 2, 3, 4, 5);
	assert_int_equal(pfq_rec_lane(q, recs[3], &position), 0);
	assert_int_equal(position, 192);
	pfq_release(q, 3);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 3);
	assert_int_equal(stats.unread, 2);
	assert_read(2, 4, 5);
	assert_int_equal(pfq_rec_lane(q, recs[0], &position), 0);
	assert_int_equal(position, 192);
	pfq_release(q, 0);
	pfq_release(q, 0);
	assert_read(2, 4, 5);
	pfq_release(q, 1);
	assert_read(1, 5);
	pfq_release(q, 1);
	assert_read(0);
	pfq_stats_get(q, &stats);
	assert_int_equal(stats.read, 5);
	assert_int_equal(stats.unread, 0);
	pfq_release(q, 7);
	assert_read(0);
}

/* what had been handed out does not wait for a lane anew */
static void release_after_giving_up(void **state)
{
	(void)state;
	join(2, 0, false);
	fake_put(f, 0, 10, 1);
	fake_put(f, 0, 11, 2);
	assert_read(0);
	now_ns += PFQ_LAG_MAX_NS + 1;
	assert_read(2, 1, 2);
	fake_watermark(f, 1, 3);	/* alive, and still behind */
	pfq_release(q, 1);
	assert_read(1, 2);
	/* what comes new has to wait as ever */
	fake_put(f, 0, 12, 3);
	assert_read(0);
	/* and something older that has come meanwhile goes before it */
	fake_put(f, 1, 9, 4);
	fake_watermark(f, 1, 12);
	assert_read(2, 4, 3);
}

static void released_in_part_across_the_end(void **state)
{
	uint64_t next = 0, seen = 0;
	unsigned int seed = 1;
	int n, keep, i;
	uint32_t lane;

	(void)state;
	join(2, 4096, false);
	while (seen < 30000) {
		for (;;) {
			lane = (uint32_t)rand_r(&seed) % 2;
			if (!fake_record(f, lane, next, next, 8 + (uint32_t)rand_r(&seed) % 900))
				break;
			next++;
		}
		for (lane = 0; lane < 2; lane++) {
			fake_publish(f, lane);
			fake_watermark(f, lane, next);
		}
		n = pfq_read(q, recs, 1 + rand_r(&seed) % 16);
		assert_true(n > 0);
		keep = rand_r(&seed) % (n + 1);
		for (i = 0; i < n; i++)
			assert_int_equal(fake_seq(recs[i]), seen + (uint64_t)i);
		pfq_release(q, keep);
		seen += (uint64_t)keep;
	}
}

/* --- against producers that run -------------------------------------------------- */

#define RACERS		3
#define RACE_RECORDS	200000ULL

static uint64_t race_clock;	/* what gives the order: one for all */
static pthread_mutex_t race_lock = PTHREAD_MUTEX_INITIALIZER;

struct racer {
	uint32_t lane;
	unsigned int seed;
};

/* takes a stretch of the clock; the watermark is the clock as it stood before */
static void *race(void *arg)
{
	struct racer *r = arg;
	uint64_t from, to, mark;

	for (;;) {
		pthread_mutex_lock(&race_lock);
		from = race_clock;
		to = from + (uint64_t)rand_r(&r->seed) % 6;
		to = to > RACE_RECORDS ? RACE_RECORDS : to;
		race_clock = to;
		mark = race_clock;
		pthread_mutex_unlock(&race_lock);
		for (; from < to; from++) {
			while (!fake_record(f, r->lane, from, from, 8 + (uint32_t)from % 100)) {
				fake_publish(f, r->lane);
				usleep(50);
			}
		}
		fake_publish(f, r->lane);
		fake_watermark(f, r->lane, mark);
		if (mark == RACE_RECORDS)
			break;
		if (rand_r(&r->seed) % 64 == 0)
			usleep(20);
	}
	fake_watermark(f, r->lane, PFQ_LANE_UNFED);
	return NULL;
}

static void order_under_race(void **state)
{
	struct racer racer[RACERS];
	pthread_t thread[RACERS];
	uint64_t seen = 0;
	uint32_t i;
	int n, k;

	(void)state;
	race_clock = 0;
	join(RACERS, 16384, false);
	for (i = 0; i < RACERS; i++) {
		racer[i] = (struct racer){ i, i + 1 };
		assert_int_equal(pthread_create(&thread[i], NULL, race, &racer[i]), 0);
	}
	while (seen < RACE_RECORDS) {
		n = pfq_read(q, recs, 1 + (int)(seen % 200));
		assert_true(n >= 0);
		for (k = 0; k < n; k++, seen++) {
			/* every one, once, in the order of the clock */
			if (fake_seq(recs[k]) != seen || recs[k]->ts_ns != seen)
				fail_msg("%llu instead of %llu",
					 (unsigned long long)fake_seq(recs[k]),
					 (unsigned long long)seen);
		}
		if (!n && pfq_wait(q, -1, 1000) < 0)
			fail_msg("pfq_wait failed at %llu", (unsigned long long)seen);
	}
	for (i = 0; i < RACERS; i++)
		pthread_join(thread[i], NULL);
}

/* --- damage ------------------------------------------------------------------------- */

static struct pfq_rec *first_record(uint32_t lane)
{
	return (struct pfq_rec *)f->producer[lane].data;
}

static struct pfq_lane_hdr *lane_hdr(uint32_t lane)
{
	return f->producer[lane].hdr;
}

static void damage_caplen(void) { first_record(0)->caplen = 0xffffffff; }
static void damage_caplen_some(void) { first_record(0)->caplen += 32 * 8; }
static void damage_caplen_lane(void) { first_record(0)->caplen = 65536 - 31; }
static void damage_pad(void) { first_record(0)->flags = PFQ_REC_F_PAD; }
static void damage_prod_back(void) { lane_hdr(0)->prod = 32; }
static void damage_prod_odd(void) { lane_hdr(0)->prod += 8; }
static void damage_prod_far(void) { lane_hdr(0)->prod += 65536; }
static void damage_prod_top(void) { lane_hdr(0)->prod = ~0ULL - 31; }

static void damaged(void **state)
{
	static const struct {
		void (*damage)(void);
		int before;	/* records read before */
	} cases[] = {
		{ damage_caplen, 0 },
		{ damage_caplen_some, 0 },
		{ damage_caplen_lane, 0 },
		{ damage_pad, 0 },
		{ damage_prod_back, 2 },
		{ damage_prod_odd, 0 },
		{ damage_prod_far, 0 },
		{ damage_prod_top, 0 },
	};
	uint32_t lanes;
	size_t i;
	int n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (lanes = 1; lanes <= 2; lanes++) {
			join(lanes, 0, i & 1);
			if (lanes == 2)
				fake_watermark(f, 1, PFQ_LANE_UNFED);
			fake_put(f, 0, 1, 1);
			fake_put(f, 0, 2, 2);
			if (cases[i].before)
				assert_read(2, 1, 2);
			cases[i].damage();
			n = pfq_read(q, recs, 10);
			if (n != -EPROTO)
				fail_msg("damage %zu in %u lanes: %d", i, lanes, n);
			/* and so it stays; no wait and no descriptor hangs on it */
			assert_int_equal(pfq_wait(q, -1, 1000), 1);
			assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
			assert_true(fake_is_readable(pfq_fd(q), 0));
			leave(state);
		}
	}
}

/* what lay before the damage is good */
static void damaged_behind(void **state)
{
	struct pfq_rec *rec;

	(void)state;
	join(2, 0, false);
	fake_watermark(f, 1, PFQ_LANE_UNFED);
	fake_put(f, 0, 1, 1);
	fake_put(f, 0, 2, 2);
	rec = (struct pfq_rec *)(f->producer[0].data + PFQ_REC_BYTES(64));
	rec->caplen = 1 << 20;
	assert_read(1, 1);
	assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
}

/* a record that begins before the lane's end and would end behind it, all of it published */
static void damaged_across_the_end(void **state)
{
	uint32_t lanes, seq;
	uint64_t pos;

	for (lanes = 1; lanes <= 2; lanes++) {
		join(lanes, 4096, false);
		if (lanes == 2)
			fake_watermark(f, 1, PFQ_LANE_UNFED);
		for (seq = 0; seq < 3; seq++)
			assert_true(fake_record(f, 0, seq, seq, 1000));
		fake_publish(f, 0);
		assert_read(3, 0, 1, 2);
		assert_read(0);
		pos = f->producer[0].head;
		assert_true(fake_record(f, 0, 3, 3, 1500));	/* padding before it */
		fake_publish(f, 0);
		((struct pfq_rec *)(f->producer[0].data + pos))->flags = 0;
		((struct pfq_rec *)(f->producer[0].data + pos))->caplen = 1100;
		assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
		leave(state);
	}
}

/*
 * Records that come by several lanes in any turns and of any size, round the lanes, given
 * back in part: the order is that of their times.
 */
static void lanes_in_any_turns(void **state)
{
	uint32_t lanes, lane, random = 1;
	uint64_t next, seen;
	int n, i, keep;

	for (lanes = 2; lanes <= 4; lanes++) {
		join(lanes, 8192, false);
		for (next = seen = 0; seen < 20000;) {
			for (i = 0; i < 12; i++) {
				random = random * 1103515245 + 12345;
				lane = (random >> 16) % lanes;
				if (!fake_record(f, lane, next, next, 8 + (random >> 20) % 900))
					break;
				next++;
			}
			for (lane = 0; lane < lanes; lane++) {
				fake_publish(f, lane);
				fake_watermark(f, lane, next);
			}
			n = pfq_read(q, recs, 1 + (int)(random >> 24) % 40);
			if (n <= 0)
				fail_msg("%u lanes: %d", lanes, n);
			keep = random & 1U << 18 ? n : (n + 1) / 2;
			for (i = 0; i < keep; i++)
				assert_int_equal(fake_seq(recs[i]), seen++);
			pfq_release(q, keep);
		}
		leave(state);
	}
}

/* two lanes with records in turn, one of them damaged: what is older is good */
static void damaged_in_turn(void **state)
{
	uint32_t lane, seq;

	for (lane = 0; lane < 2; lane++) {
		join(2, 0, false);
		for (seq = 0; seq < 10; seq++)
			fake_put(f, seq % 2, seq, seq);
		/* the third record of the lane: number 4 or 5 */
		((struct pfq_rec *)(f->producer[lane].data + 2 * PFQ_REC_BYTES(64)))->caplen = 1 << 20;
		/* found when the record before it is taken: number 2 of lane 0, 3 of lane 1 */
		assert_read(3 + (int)lane, 0, 1, 2, 3);
		assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
		leave(state);
	}
}

/* padding with nothing behind it, as another engine may publish it, is given back, too */
static void padding_alone(void **state)
{
	struct pfq_rec *pad;

	(void)state;
	join(1, 4096, false);
	pad = (struct pfq_rec *)f->producer[0].data;
	pad->flags = PFQ_REC_F_PAD;
	pad->caplen = 4096 - 32;
	__atomic_store_n(&lane_hdr(0)->prod, 4096, __ATOMIC_RELEASE);
	assert_read(0);
	assert_int_equal(f->producer[0].reader->cons, 4096);
	assert_int_equal(pfq_wait(q, -1, 0), 0);
	assert_false(fake_is_readable(pfq_fd(q), 0));
}

/* any bytes in the lane: nothing but records inside of it, or an error */
static void any_bytes(void **state)
{
	unsigned int seed = 7, round;
	uint8_t *data;
	uint64_t i;
	int n, k;

	for (round = 0; round < 300; round++) {
		join(2, 4096, false);
		data = f->producer[0].data;
		for (i = 0; i < 2 * 4096; i++)
			data[i] = (uint8_t)rand_r(&seed);
		/* plausible lengths at some places, so that it gets further */
		for (i = 0; i < 2 * 4096; i += 32)
			if (rand_r(&seed) % 4)
				((struct pfq_rec *)(data + i))->caplen =
					(uint32_t)rand_r(&seed) % 200;
		lane_hdr(0)->prod = lane_hdr(1)->prod = 4096;
		lane_hdr(0)->watermark = lane_hdr(1)->watermark = PFQ_LANE_UNFED;
		while ((n = pfq_read(q, recs, 100)) > 0) {
			for (k = 0; k < n; k++) {
				uint64_t position;
				uint32_t lane = pfq_rec_lane(q, recs[k], &position);

				assert_true(lane < 2);
				assert_true(position % 4096 + PFQ_REC_BYTES(recs[k]->caplen) <=
					    4096);
			}
			pfq_release(q, rand_r(&seed) % (n + 1) + (n == 1));
		}
		assert_true(n == 0 || n == -EPROTO);
		leave(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_lane, leave),
		cmocka_unit_test_teardown(wraps, leave),
		cmocka_unit_test_teardown(full_ring, leave),
		cmocka_unit_test_teardown(merge, leave),
		cmocka_unit_test_teardown(watermarks, leave),
		cmocka_unit_test_teardown(unfed_lanes, leave),
		cmocka_unit_test_teardown(lagging_lane, leave),
			cmocka_unit_test_teardown(order_none, leave),
		cmocka_unit_test_teardown(adapter_time, leave),
		cmocka_unit_test_teardown(release_some, leave),
		cmocka_unit_test_teardown(release_after_giving_up, leave),
		cmocka_unit_test_teardown(released_in_part_across_the_end, leave),
		cmocka_unit_test_teardown(order_under_race, leave),
		cmocka_unit_test(lanes_in_any_turns),
		cmocka_unit_test(damaged),
		cmocka_unit_test(damaged_in_turn),
		cmocka_unit_test_teardown(damaged_behind, leave),
		cmocka_unit_test(damaged_across_the_end),
		cmocka_unit_test_teardown(padding_alone, leave),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
