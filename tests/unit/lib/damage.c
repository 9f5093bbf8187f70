/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests damaged rings: records before the damage are read, then comes an error. Nothing
 * outside of the lane is read.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/fixture/lib_joined.h"

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
		int before;	/* records read before it */
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
			/* The error stays, and neither pfq_wait() nor the descriptor blocks. */
			assert_int_equal(pfq_wait(q, -1, 1000), 1);
			assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
			assert_true(fake_is_readable(pfq_fd(q), 0));
			leave(state);
		}
	}
}

/* Records before the damage are valid. */
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

/* A record begins before the lane's end and would end after it; all of it is published. */
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
		assert_true(fake_record(f, 0, 3, 3, 1500));	/* with padding before it */
		fake_publish(f, 0);
		((struct pfq_rec *)(f->producer[0].data + pos))->flags = 0;
		((struct pfq_rec *)(f->producer[0].data + pos))->caplen = 1100;
		assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
		leave(state);
	}
}

/* Two lanes with records in turn, one of them damaged: older records are valid. */
static void damaged_in_turn(void **state)
{
	uint32_t lane, seq;

	for (lane = 0; lane < 2; lane++) {
		join(2, 0, false);
		for (seq = 0; seq < 10; seq++)
			fake_put(f, seq % 2, seq, seq);
		/* the third record of the lane, with number 4 or 5 */
		((struct pfq_rec *)(f->producer[lane].data + 2 * PFQ_REC_BYTES(64)))->caplen =
			1 << 20;
		/*
		 * The reader finds it when it takes the record before: number 2 of lane 0,
		 * number 3 of lane 1.
		 */
		assert_read(3 + (int)lane, 0, 1, 2, 3);
		assert_int_equal(pfq_read(q, recs, 10), -EPROTO);
		leave(state);
	}
}

/* Another engine may publish padding without a record after it. It is released, too. */
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

/* Any bytes in the lane: the reader returns records within it, or an error. */
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
		/* Plausible lengths at some places let the reader get further. */
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
		cmocka_unit_test(damaged),
		cmocka_unit_test(damaged_in_turn),
		cmocka_unit_test_teardown(damaged_behind, leave),
		cmocka_unit_test(damaged_across_the_end),
		cmocka_unit_test_teardown(padding_alone, leave),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
