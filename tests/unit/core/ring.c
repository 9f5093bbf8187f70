/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests one lane: layout, wrap, padding, full lanes, hostile cursors, watermarks. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lane.h"

static void layout_is_as_the_header_says(void **state)
{
	const struct pfq_ring_hdr *hdr;
	u32 number;

	(void)state;
	for (number = 0; number < LANES; number++) {
		lane_open(8192, number);
		hdr = (const void *)lane.area;
		assert_int_equal(hdr->magic, PFQ_RING_MAGIC);
		assert_int_equal(hdr->abi, PFQ_ABI_VERSION);
		assert_int_equal(hdr->lanes, LANES);
		assert_int_equal(hdr->lane_size, 8192);
		assert_int_equal(hdr->snaplen, 1000);
		assert_int_equal(hdr->linktype, 1);
		assert_int_equal(hdr->data_offset % 4096, 0);
		assert_true(hdr->data_offset >= hdr->lane_hdr_offset + LANES * PFQ_LANE_HDR_BYTES);
		assert_true(hdr->lane_hdr_offset >= sizeof(*hdr));
		assert_int_equal(hdr->lane_hdr_offset % 64, 0);
		assert_int_equal(hdr->total_bytes, hdr->data_offset + LANES * 8192);
		assert_int_equal(hdr->total_bytes, pfq_ring_area_bytes(LANES, 8192));
		lane_put(10, 0xab);
		pfq_ring_publish(&lane.p);
		assert_int_equal(lane_hdr()->prod, 64);
		assert_int_equal(lane_record_at(0)->hash, 0xab);
		lane_close(NULL);
	}
	assert_int_equal(pfq_ring_reader_bytes(LANES), 64 + LANES * 64);
}

static void the_smallest_lane_takes_the_largest_packet(void **state)
{
	static const u32 snaplens[] = { 1, 64, 1514, 9000, 65535, PFQ_SNAPLEN_MAX };
	unsigned int i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(snaplens); i++) {
		u64 size = pfq_ring_lane_min(snaplens[i]);

		assert_int_equal(size & (size - 1), 0);
		assert_true(size >= 4096);
		lane_open(size, 1);
		/*
		 * The largest record fits again and again, at each cursor, after the
		 * consumer has read all.
		 */
		for (n = 0; n < 50; n++) {
			assert_non_null(lane_put(snaplens[i], (u8)n));
			pfq_ring_publish(&lane.p);
			lane.reader_lane->cons = lane.p.prod;
			if (lane_put((n * 37) % snaplens[i], 1))
				pfq_ring_publish(&lane.p);
			lane.reader_lane->cons = lane.p.prod;
		}
		lane_close(NULL);
	}
}

static void nothing_is_seen_before_publication(void **state)
{
	(void)state;
	lane_open(4096, 0);
	lane_put(100, 1);
	lane_put(100, 2);
	assert_int_equal(lane_hdr()->prod, 0);
	assert_int_equal(pfq_ring_unread(&lane.p), 0);
	lane.p.counters[PFQ_ENDPOINT_delivered] = 2;
	lane.p.counters[PFQ_ENDPOINT_offered] = 5;
	pfq_ring_publish(&lane.p);
	assert_int_equal(lane_hdr()->prod, 320);
	assert_int_equal(pfq_ring_unread(&lane.p), 320);
	assert_int_equal(lane_hdr()->counters[PFQ_ENDPOINT_delivered], 2);
	assert_int_equal(lane_hdr()->counters[PFQ_ENDPOINT_offered], 5);
	/* Drops are published even without a record. */
	lane.p.counters[PFQ_ENDPOINT_drop_ring_full] = 3;
	pfq_ring_publish(&lane.p);
	assert_int_equal(lane_hdr()->prod, 320);
	assert_int_equal(lane_hdr()->counters[PFQ_ENDPOINT_drop_ring_full], 3);
}

static void a_full_lane_refuses_and_recovers(void **state)
{
	u32 n = 0;

	(void)state;
	lane_open(4096, 2);
	while (lane_put(32, (u8)n))
		n++;
	assert_int_equal(n, 4096 / 64);
	pfq_ring_publish(&lane.p);
	assert_null(lane_put(0, 0));
	/* Reading one record makes room for one. */
	lane.reader_lane->cons = 64;
	assert_non_null(lane_put(32, 0xee));
	assert_null(lane_put(0, 0));
	assert_int_equal(lane_record_at(4096)->hash, 0xee);
	assert_int_equal(lane.p.violations, 0);
}

/* A record that does not fit at the end goes to the beginning. A pad fills the gap. */
static void records_do_not_cross_the_end(void **state)
{
	const struct pfq_rec *pad;

	(void)state;
	lane_open(4096, 0);
	lane_put(4096 - 64 - 32, 1);	/* leaves 64 bytes */
	lane_put(0, 2);			/* leaves 32 bytes */
	pfq_ring_publish(&lane.p);
	/*
	 * The beginning has no room yet, and the gap alone is too small: not even a pad is
	 * written.
	 */
	assert_null(lane_put(1, 3));
	assert_int_equal(lane.p.head, 4096 - 32);
	lane.reader_lane->cons = lane.p.prod;
	assert_non_null(lane_put(1, 3));
	pfq_ring_publish(&lane.p);
	pad = lane_record_at(4096 - 32);
	assert_int_equal(pad->flags, PFQ_REC_F_PAD);
	/* A consumer that adds up caplen gets to the same place. */
	assert_int_equal(PFQ_REC_BYTES(pad->caplen), 32);
	assert_int_equal(lane_record_at(4096)->hash, 3);
	assert_int_equal(lane.p.prod, 4096 + 64);
}

static void a_record_larger_than_the_lane_is_refused(void **state)
{
	(void)state;
	lane_open(4096, 0);
	assert_null(pfq_ring_reserve(&lane.p, 4096));
	assert_null(pfq_ring_reserve(&lane.p, 0xffffffff));
	assert_null(pfq_ring_reserve(&lane.p, 0xffffffe0));
	assert_non_null(pfq_ring_reserve(&lane.p, 4096 - 32));
}

/*
 * Write random sizes while a consumer reads random amounts. All records arrive in order and
 * intact.
 */
static void all_that_goes_in_comes_out(void **state)
{
	u64 random = 3, cons = 0;
	u32 in = 0, out = 0, i;

	(void)state;
	lane_open(16384, 1);
	while (out < 200000) {
		for (i = check_random(&random) % 20; i; i--) {
			struct pfq_rec *rec = lane_put((u32)(check_random(&random) % 1500), (u8)in);

			if (!rec)
				break;
			rec->len = in++;
		}
		pfq_ring_publish(&lane.p);
		for (i = check_random(&random) % 20; i && cons != lane_hdr()->prod; i--) {
			const struct pfq_rec *rec = lane_record_at(cons);

			assert_int_equal(cons % PFQ_REC_ALIGN, 0);
			if (!(rec->flags & PFQ_REC_F_PAD)) {
				assert_int_equal(rec->len, out);
				if (rec->caplen) {
					assert_int_equal(((const u8 *)(rec + 1))[0], (u8)out);
					assert_int_equal(((const u8 *)(rec + 1))[rec->caplen - 1],
							 (u8)out);
				}
				out++;
			}
			cons += PFQ_REC_BYTES(rec->caplen);
		}
		lane.reader_lane->cons = cons;
	}
	assert_int_equal(lane.p.violations, 0);
}

/* --- hostile consumers --------------------------------------------------------- */

static void incredible_cursors_are_disregarded(void **state)
{
	u64 forged[] = { 0, 64, 4096 + 64, 1, ~0ULL, 1ULL << 63, 1ULL << 32, 0 };
	unsigned int i;
	u64 prod;

	(void)state;
	lane_open(4096, 0);
	/* The consumer has read up to 128; 4096 + 128 bytes are written. */
	while (lane_put(32, 1))
		;
	pfq_ring_publish(&lane.p);
	lane.reader_lane->cons = 128;
	assert_non_null(lane_put(32, 2));
	assert_non_null(lane_put(32, 2));
	assert_null(lane_put(32, 2));
	prod = lane.p.head;
	/* All these cursors lie before what was read or after what was published. */
	pfq_ring_publish(&lane.p);
	forged[2] = prod + 1;
	for (i = 0; i < ARRAY_SIZE(forged); i++) {
		u64 violations = lane.p.violations;

		lane.reader_lane->cons = forged[i];
		assert_null(lane_put(32, 3));
		assert_int_equal(lane.p.violations, violations + 1);
		assert_int_equal(pfq_ring_unread(&lane.p), 4096);
	}
	/* A valid cursor: the member gets packets again. */
	lane.reader_lane->cons = prod;
	assert_non_null(lane_put(32, 3));
}

/* A consumer cannot read what is not published, so a cursor there is invalid. */
static void cursor_ahead_of_publication_is_incredible(void **state)
{
	(void)state;
	lane_open(4096, 0);
	while (lane_put(32, 1))
		;
	lane.reader_lane->cons = 64;
	assert_null(lane_put(32, 1));
	assert_int_equal(lane.p.violations, 1);
}

/* Any value in the reader area at any time changes no byte outside the lane. */
static void random_cursors_do_no_harm(void **state)
{
	u64 random = 11;
	u8 *snapshot;
	u32 n, i;
	u64 size, start, end;

	(void)state;
	lane_open(8192, 1);
	size = pfq_ring_area_bytes(LANES, 8192);
	start = (u64)(lane.p.data - lane.area);
	end = start + 8192;
	snapshot = malloc(size);
	assert_non_null(snapshot);
	memset(lane.area + 4096, 0x77, 8192);
	memset(lane.area + 4096 + 2 * 8192, 0x77, 8192);
	memcpy(snapshot, lane.area, size);
	for (n = 0; n < 300000; n++) {
		switch (check_random(&random) % 5) {
		case 0:
			lane.reader_lane->cons = check_random(&random)
						 << (check_random(&random) % 64);
			break;
		case 1:
			lane.reader_lane->cons = lane.p.prod + check_random(&random) % 200 - 100;
			break;
		case 2:
			lane.reader_lane->cons = lane.p.prod;
			break;
		}
		lane_put((u32)(check_random(&random) % 9000), (u8)n);
		if (n % 3 == 0)
			pfq_ring_publish(&lane.p);
		assert_true(lane.p.head - lane.p.cons <= 8192);
		assert_true(lane.p.cons <= lane.p.prod && lane.p.prod <= lane.p.head);
		assert_int_equal(lane.p.head % PFQ_REC_ALIGN, 0);
	}
	for (i = 0; i < size; i++)
		if ((i < start || i >= end) && i / PFQ_LANE_HDR_BYTES != 2)
			assert_int_equal(lane.area[i], snapshot[i]);
	free(snapshot);
}

/* --- watermark ------------------------------------------------------------------ */

static void watermark_waits_for_publication(void **state)
{
	(void)state;
	lane_open(4096, 0);
	pfq_ring_watermark(&lane.p, 100);
	assert_int_equal(lane_hdr()->watermark, 100);
	lane_put(10, 1);
	pfq_ring_watermark(&lane.p, 200);
	assert_int_equal(lane_hdr()->watermark, 100);
	pfq_ring_publish(&lane.p);
	pfq_ring_watermark(&lane.p, 200);
	assert_int_equal(lane_hdr()->watermark, 200);
	pfq_ring_watermark(&lane.p, PFQ_LANE_UNFED);
	assert_true(lane_hdr()->watermark == PFQ_LANE_UNFED);
	/* The lane gets a producer again. */
	pfq_ring_watermark(&lane.p, 300);
	assert_int_equal(lane_hdr()->watermark, 300);
}

#define LANE_TEST(name)	cmocka_unit_test_teardown(name, lane_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LANE_TEST(layout_is_as_the_header_says),
		LANE_TEST(the_smallest_lane_takes_the_largest_packet),
		LANE_TEST(nothing_is_seen_before_publication),
		LANE_TEST(a_full_lane_refuses_and_recovers),
		LANE_TEST(records_do_not_cross_the_end),
		LANE_TEST(a_record_larger_than_the_lane_is_refused),
		LANE_TEST(all_that_goes_in_comes_out),
		LANE_TEST(incredible_cursors_are_disregarded),
		LANE_TEST(cursor_ahead_of_publication_is_incredible),
		LANE_TEST(random_cursors_do_no_harm),
		LANE_TEST(watermark_waits_for_publication),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
