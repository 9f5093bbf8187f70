/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One lane: layout, wrapping, padding, fullness, hostile cursors, doorbells. */
#include "check.h"
#include "core/ring.h"

#define LANES	3

struct fixture {
	u64 lane_size;
	u8 *area, *reader_area;
	struct pfq_reader_hdr *reader;
	struct pfq_reader_lane *reader_lane;
	struct pfq_producer p;
	u32 lane;
};

static struct fixture f;

static void open_ring(u64 lane_size, u32 lane)
{
	u64 bytes = pfq_ring_area_bytes(LANES, lane_size);

	f = (struct fixture){ .lane_size = lane_size, .lane = lane };
	f.area = aligned_alloc(4096, bytes);
	f.reader_area = aligned_alloc(64, pfq_ring_reader_bytes(LANES));
	assert_non_null(f.area);
	assert_non_null(f.reader_area);
	memset(f.area, 0, bytes);
	memset(f.reader_area, 0, pfq_ring_reader_bytes(LANES));
	pfq_ring_format(f.area, LANES, lane_size, 1000, 1);
	f.reader = (struct pfq_reader_hdr *)f.reader_area;
	f.reader_lane = (struct pfq_reader_lane *)(f.reader_area + PFQ_READER_LANE_OFFSET(lane));
	pfq_producer_init(&f.p, f.area, f.reader_area, lane);
}

static int close_ring(void **state)
{
	(void)state;
	free(f.area);
	free(f.reader_area);
	f = (struct fixture){ .area = NULL };
	return 0;
}

static const struct pfq_lane_hdr *lane_hdr(void)
{
	const struct pfq_ring_hdr *hdr = (const void *)f.area;

	return (const void *)(f.area + hdr->lane_hdr_offset + f.lane * PFQ_LANE_HDR_BYTES);
}

/* the record at position @pos, found as a consumer finds it */
static const struct pfq_rec *record_at(u64 pos)
{
	const struct pfq_ring_hdr *hdr = (const void *)f.area;

	return (const void *)(f.area + hdr->data_offset + f.lane * hdr->lane_size +
			      (pos & (hdr->lane_size - 1)));
}

static struct pfq_rec *put(u32 caplen, u8 byte)
{
	struct pfq_rec *rec = pfq_ring_reserve(&f.p, caplen);

	if (rec) {
		*rec = (struct pfq_rec){ .caplen = caplen, .len = caplen, .hash = byte };
		memset(rec + 1, byte, caplen);
	}
	return rec;
}

static void layout_is_as_the_header_says(void **state)
{
	const struct pfq_ring_hdr *hdr;
	u32 lane;

	(void)state;
	for (lane = 0; lane < LANES; lane++) {
		open_ring(8192, lane);
		hdr = (const void *)f.area;
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
		put(10, 0xab);
		pfq_ring_publish(&f.p);
		assert_int_equal(lane_hdr()->prod, 64);
		assert_int_equal(record_at(0)->hash, 0xab);
		close_ring(NULL);
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
		open_ring(size, 1);
		/* again and again, wherever the cursor stands, once the consumer has caught up */
		for (n = 0; n < 50; n++) {
			assert_non_null(put(snaplens[i], (u8)n));
			pfq_ring_publish(&f.p);
			f.reader_lane->cons = f.p.prod;
			if (put((n * 37) % snaplens[i], 1))
				pfq_ring_publish(&f.p);
			f.reader_lane->cons = f.p.prod;
		}
		close_ring(NULL);
	}
}

static void nothing_is_seen_before_publication(void **state)
{
	(void)state;
	open_ring(4096, 0);
	put(100, 1);
	put(100, 2);
	assert_int_equal(lane_hdr()->prod, 0);
	assert_int_equal(pfq_ring_unread(&f.p), 0);
	f.p.counters[PFQ_ENDPOINT_delivered] = 2;
	f.p.counters[PFQ_ENDPOINT_offered] = 5;
	pfq_ring_publish(&f.p);
	assert_int_equal(lane_hdr()->prod, 320);
	assert_int_equal(pfq_ring_unread(&f.p), 320);
	assert_int_equal(lane_hdr()->counters[PFQ_ENDPOINT_delivered], 2);
	assert_int_equal(lane_hdr()->counters[PFQ_ENDPOINT_offered], 5);
	/* drops alone are published too */
	f.p.counters[PFQ_ENDPOINT_drop_ring_full] = 3;
	pfq_ring_publish(&f.p);
	assert_int_equal(lane_hdr()->prod, 320);
	assert_int_equal(lane_hdr()->counters[PFQ_ENDPOINT_drop_ring_full], 3);
}

static void a_full_lane_refuses_and_recovers(void **state)
{
	u32 n = 0;

	(void)state;
	open_ring(4096, 2);
	while (put(32, (u8)n))
		n++;
	assert_int_equal(n, 4096 / 64);
	pfq_ring_publish(&f.p);
	assert_null(put(0, 0));
	/* one record read makes room for one */
	f.reader_lane->cons = 64;
	assert_non_null(put(32, 0xee));
	assert_null(put(0, 0));
	assert_int_equal(record_at(4096)->hash, 0xee);
	assert_int_equal(f.p.violations, 0);
}

/* what does not fit at the end goes to the beginning; the gap says so */
static void records_do_not_cross_the_end(void **state)
{
	const struct pfq_rec *pad;

	(void)state;
	open_ring(4096, 0);
	put(4096 - 64 - 32, 1);	/* leaves 64 */
	put(0, 2);			/* leaves 32 */
	pfq_ring_publish(&f.p);
	/* no room at the beginning yet, and the gap alone is too small: not even a pad is written */
	assert_null(put(1, 3));
	assert_int_equal(f.p.head, 4096 - 32);
	f.reader_lane->cons = f.p.prod;
	assert_non_null(put(1, 3));
	pfq_ring_publish(&f.p);
	pad = record_at(4096 - 32);
	assert_int_equal(pad->flags, PFQ_REC_F_PAD);
	/* whoever goes on by caplen gets to the same place */
	assert_int_equal(PFQ_REC_BYTES(pad->caplen), 32);
	assert_int_equal(record_at(4096)->hash, 3);
	assert_int_equal(f.p.prod, 4096 + 64);
}

static void a_record_larger_than_the_lane_is_refused(void **state)
{
	(void)state;
	open_ring(4096, 0);
	assert_null(pfq_ring_reserve(&f.p, 4096));
	assert_null(pfq_ring_reserve(&f.p, 0xffffffff));
	assert_null(pfq_ring_reserve(&f.p, 0xffffffe0));
	assert_non_null(pfq_ring_reserve(&f.p, 4096 - 32));
}

/* random sizes against a consumer that reads random amounts: all arrive, in order, intact */
static void all_that_goes_in_comes_out(void **state)
{
	u64 random = 3, cons = 0;
	u32 in = 0, out = 0, i;

	(void)state;
	open_ring(16384, 1);
	while (out < 200000) {
		for (i = check_random(&random) % 20; i; i--) {
			struct pfq_rec *rec = put((u32)(check_random(&random) % 1500), (u8)in);

			if (!rec)
				break;
			rec->len = in++;
		}
		pfq_ring_publish(&f.p);
		for (i = check_random(&random) % 20; i && cons != lane_hdr()->prod; i--) {
			const struct pfq_rec *rec = record_at(cons);

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
		f.reader_lane->cons = cons;
	}
	assert_int_equal(f.p.violations, 0);
}

/* --- hostile consumers --------------------------------------------------------- */

static void incredible_cursors_are_disregarded(void **state)
{
	u64 forged[] = { 0, 64, 4096 + 64, 1, ~0ULL, 1ULL << 63, 1ULL << 32, 0 };
	unsigned int i;
	u64 prod;

	(void)state;
	open_ring(4096, 0);
	/* up to 128 read, 4096 + 128 written */
	while (put(32, 1))
		;
	pfq_ring_publish(&f.p);
	f.reader_lane->cons = 128;
	assert_non_null(put(32, 2));
	assert_non_null(put(32, 2));
	assert_null(put(32, 2));
	prod = f.p.head;
	/* all of these are behind what was read, or ahead of what was published */
	pfq_ring_publish(&f.p);
	forged[2] = prod + 1;
	for (i = 0; i < ARRAY_SIZE(forged); i++) {
		u64 violations = f.p.violations;

		f.reader_lane->cons = forged[i];
		assert_null(put(32, 3));
		assert_int_equal(f.p.violations, violations + 1);
		assert_int_equal(pfq_ring_unread(&f.p), 4096);
	}
	/* an honest value again: served again */
	f.reader_lane->cons = prod;
	assert_non_null(put(32, 3));
}

/* a consumer cannot read what is not published, so its cursor is not there */
static void cursor_ahead_of_publication_is_incredible(void **state)
{
	(void)state;
	open_ring(4096, 0);
	while (put(32, 1))
		;
	f.reader_lane->cons = 64;
	assert_null(put(32, 1));
	assert_int_equal(f.p.violations, 1);
}

/* anything in the reader area at any time: no byte outside the lane changes */
static void random_cursors_do_no_harm(void **state)
{
	u64 random = 11;
	u8 *snapshot;
	u32 n, i;
	u64 size, start, end;

	(void)state;
	open_ring(8192, 1);
	size = pfq_ring_area_bytes(LANES, 8192);
	start = (u64)(f.p.data - f.area);
	end = start + 8192;
	snapshot = malloc(size);
	assert_non_null(snapshot);
	memset(f.area + 4096, 0x77, 8192);
	memset(f.area + 4096 + 2 * 8192, 0x77, 8192);
	memcpy(snapshot, f.area, size);
	for (n = 0; n < 300000; n++) {
		switch (check_random(&random) % 5) {
		case 0:
			f.reader_lane->cons = check_random(&random) << (check_random(&random) % 64);
			break;
		case 1:
			f.reader_lane->cons = f.p.prod + check_random(&random) % 200 - 100;
			break;
		case 2:
			f.reader_lane->cons = f.p.prod;
			break;
		}
		put((u32)(check_random(&random) % 9000), (u8)n);
		if (n % 3 == 0)
			pfq_ring_publish(&f.p);
		assert_true(f.p.head - f.p.cons <= 8192);
		assert_true(f.p.cons <= f.p.prod && f.p.prod <= f.p.head);
		assert_int_equal(f.p.head % PFQ_REC_ALIGN, 0);
	}
	for (i = 0; i < size; i++)
		if ((i < start || i >= end) && i / PFQ_LANE_HDR_BYTES != 2)
			assert_int_equal(f.area[i], snapshot[i]);
	free(snapshot);
}

/* --- watermark ------------------------------------------------------------------ */

static void watermark_waits_for_publication(void **state)
{
	(void)state;
	open_ring(4096, 0);
	pfq_ring_watermark(&f.p, 100);
	assert_int_equal(lane_hdr()->watermark, 100);
	put(10, 1);
	pfq_ring_watermark(&f.p, 200);
	assert_int_equal(lane_hdr()->watermark, 100);
	pfq_ring_publish(&f.p);
	pfq_ring_watermark(&f.p, 200);
	assert_int_equal(lane_hdr()->watermark, 200);
	pfq_ring_watermark(&f.p, PFQ_LANE_UNFED);
	assert_true(lane_hdr()->watermark == PFQ_LANE_UNFED);
	/* a lane that is fed again */
	pfq_ring_watermark(&f.p, 300);
	assert_int_equal(lane_hdr()->watermark, 300);
}

/* --- doorbell ------------------------------------------------------------------- */

static void arm(u32 threshold, u64 delay_ns)
{
	f.reader->threshold = threshold;
	f.reader->delay_ns = delay_ns;
	f.reader->armed = 1;
}

static bool due(u64 now_ns, u64 *next_ns)
{
	return pfq_ring_doorbell_due(&f.p, f.reader, now_ns, next_ns);
}

static void publish(u32 caplen)
{
	assert_non_null(put(caplen, 1));
	pfq_ring_publish(&f.p);
}

#define MS	1000000ULL

static void nobody_waits_nobody_is_rung(void **state)
{
	u64 next;

	(void)state;
	open_ring(65536, 0);
	arm(1, 0);
	assert_false(due(5 * MS, &next));	/* nothing to read */
	assert_true(next == ~0ULL);
	assert_int_equal(f.reader->armed, 1);
	f.reader->armed = 0;
	publish(10);
	assert_false(due(6 * MS, &next));	/* nobody sleeps */
	assert_true(next == ~0ULL);
}

static void a_waiting_reader_is_rung_once(void **state)
{
	u64 next;

	(void)state;
	open_ring(65536, 0);
	arm(1, ~0ULL);
	publish(10);
	assert_true(due(5 * MS, &next));
	assert_int_equal(f.reader->armed, 0);
	publish(10);
	assert_false(due(6 * MS, &next));
	arm(0, ~0ULL);	/* 0 counts as 1 */
	assert_true(due(7 * MS, &next));
}

static void the_threshold_is_in_bytes_unread(void **state)
{
	u64 next;

	(void)state;
	open_ring(65536, 0);
	arm(192, ~0ULL);
	publish(32);
	assert_false(due(1 * MS, &next));
	assert_true(next == ~0ULL);	/* never for time alone */
	publish(32);
	assert_false(due(2 * MS, &next));
	/* what was read does not count */
	f.reader_lane->cons = 64;
	publish(32);
	assert_false(due(3 * MS, &next));
	publish(32);
	assert_true(due(4 * MS, &next));
}

static void the_delay_counts_from_the_first_unread(void **state)
{
	u64 next;

	(void)state;
	open_ring(65536, 0);
	arm(60000, 10 * MS);
	publish(32);
	assert_false(due(100 * MS, &next));
	assert_true(next == 110 * MS);
	publish(32);
	assert_false(due(105 * MS, &next));
	assert_true(next == 110 * MS);
	assert_false(due(110 * MS - 1, &next));
	assert_true(due(110 * MS, &next));
	assert_int_equal(f.reader->armed, 0);
}

/* a consumer that keeps up is not rung early for records that are long read */
static void reading_all_begins_the_delay_anew(void **state)
{
	u64 next;

	(void)state;
	open_ring(65536, 0);
	publish(32);
	assert_false(due(100 * MS, &next));
	f.reader_lane->cons = f.p.prod;
	arm(60000, 10 * MS);
	publish(32);
	assert_false(due(109 * MS, &next));
	assert_true(next == 119 * MS);
	/* read a part: the rest has waited since */
	publish(32);
	assert_false(due(112 * MS, &next));
	f.reader_lane->cons += 64;
	publish(32);
	assert_false(due(113 * MS, &next));
	assert_true(next <= 122 * MS);
	/* emptied in between, seen empty */
	f.reader_lane->cons = f.p.prod;
	assert_false(due(114 * MS, &next));
	assert_true(next == ~0ULL);
	publish(32);
	assert_false(due(200 * MS, &next));
	assert_true(next == 210 * MS);
}

static void any_threshold_rings_before_the_lane_is_full(void **state)
{
	u64 next, n = 0;

	(void)state;
	open_ring(65536, 0);
	arm(0xffffffff, ~0ULL);
	for (;;) {
		assert_non_null(put(1000, 1));
		pfq_ring_publish(&f.p);
		n++;
		if (due(MS, &next))
			break;
	}
	assert_in_range(n * PFQ_REC_BYTES(1000), 65536 / 2, 65536 / 2 + PFQ_REC_BYTES(1000));
}

/* no words of a reader keep the shell busy: false names a time well ahead, true takes armed */
static void hostile_words_cost_little(void **state)
{
	u64 random = 5, next, now = 1;
	u32 n, rung = 0, kept = 0;

	(void)state;
	open_ring(65536, 0);
	for (n = 0; n < 500000; n++) {
		now += check_random(&random) % 100000;
		f.reader->armed = check_random(&random) % 3 ? 1 : (u32)check_random(&random);
		f.reader->threshold = (u32)(check_random(&random) << check_random(&random) % 32);
		f.reader->delay_ns = check_random(&random) << check_random(&random) % 64;
		f.reader_lane->cons = check_random(&random) % 2 ? f.p.prod :
					      check_random(&random) << check_random(&random) % 64;
		if (put((u32)(check_random(&random) % 200), 1))
			pfq_ring_publish(&f.p);
		if (due(now, &next)) {
			rung++;
			assert_int_equal(f.reader->armed, 0);
		} else {
			kept++;
			assert_true(next >= now + 50000);
		}
	}
	assert_true(rung > 1000 && kept > 1000);
	/* a delay at the end of time */
	f.reader_lane->cons = f.p.prod;
	pfq_ring_unread(&f.p);
	publish(10);
	arm(60000, ~0ULL - 1);
	assert_false(due(now, &next));
	assert_true(next == ~0ULL);
	/* words that were never meant to be 1 */
	arm(1, 0);
	f.reader->armed = 2;
	assert_false(due(now, &next));
	assert_int_equal(f.reader->armed, 2);
}

#define RING_TEST(name)	cmocka_unit_test_teardown(name, close_ring)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RING_TEST(layout_is_as_the_header_says),
		RING_TEST(the_smallest_lane_takes_the_largest_packet),
		RING_TEST(nothing_is_seen_before_publication),
		RING_TEST(a_full_lane_refuses_and_recovers),
		RING_TEST(records_do_not_cross_the_end),
		RING_TEST(a_record_larger_than_the_lane_is_refused),
		RING_TEST(all_that_goes_in_comes_out),
		RING_TEST(incredible_cursors_are_disregarded),
		RING_TEST(cursor_ahead_of_publication_is_incredible),
		RING_TEST(random_cursors_do_no_harm),
		RING_TEST(watermark_waits_for_publication),
		RING_TEST(nobody_waits_nobody_is_rung),
		RING_TEST(a_waiting_reader_is_rung_once),
		RING_TEST(the_threshold_is_in_bytes_unread),
		RING_TEST(the_delay_counts_from_the_first_unread),
		RING_TEST(reading_all_begins_the_delay_anew),
		RING_TEST(any_threshold_rings_before_the_lane_is_full),
		RING_TEST(hostile_words_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
