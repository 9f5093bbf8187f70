/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Limits of rate, against a bucket that leaks, in exact arithmetic. */
#include "tests/unit/fixture/check.h"
#include "core/rate.h"

#define NOW		1700000000000000000ULL
#define SECOND		1000000000ULL
#define HOUR		(3600 * SECOND)

typedef __int128 exact;

/*
 * The model: a debt in units of 1 ns / rate, so that there are no fractions. A packet passes if the
 * debt is at most the burst.
 */
struct bucket {
	exact debt, burst;
	u64 rate, last_ns;
	enum pfq_rate_unit unit;
};

static void bucket_leak(struct bucket *b, u64 now_ns)
{
	exact less = (exact)(now_ns - b->last_ns) * b->rate;

	b->debt = b->debt > less ? b->debt - less : 0;
	b->last_ns = now_ns;
}

static void bucket_add(struct bucket *b, u32 len)
{
	b->debt += (exact)SECOND * (b->unit == PFQ_RATE_BITS ? 8 * len : 1);
}

static struct pfq_rate *table_of(u32 size, enum pfq_rate_unit unit, u64 rate, u64 burst_ns)
{
	u64 bytes = pfq_rate_bytes(size);
	struct pfq_rate *r = aligned_alloc(64, bytes);

	assert_non_null(r);
	memset(r, 0, bytes);
	assert_int_equal(pfq_rate_init(r, size, unit, rate, burst_ns), 0);
	return r;
}

static bool within(struct pfq_rate *r, u32 size, u64 key, u32 len, u64 now_ns)
{
	return size ? pfq_rate_within_key(r, key, len, now_ns) : pfq_rate_within(r, len, now_ns);
}

static u32 random_len(u64 *random)
{
	return 60 + (u32)(check_random(random) % 1455);
}

/*
 * Packets at @load times the rate. The answers of table and model are the same, but where the debt
 * is as near to the burst as the table is inexact: @slack_ns, which is far less than the cost of a
 * packet.
 */
static void compare(u32 size, enum pfq_rate_unit unit, u64 rate, u64 burst_ns, u32 load,
		    u64 slack_ns)
{
	struct pfq_rate *r = table_of(size, unit, rate, burst_ns);
	struct bucket b = { 0, (exact)burst_ns * rate, rate, NOW, unit };
	u64 random = rate + size, now = NOW, gap, passed = 0, near = 0;
	exact slack = (exact)slack_ns * rate;
	u32 n, len;
	bool is;

	for (n = 0; n < 100000; n++) {
		len = random_len(&random);
		/* 787: mean length */
		gap = (unit == PFQ_RATE_BITS ? 8 * 787 : 1) * SECOND / (rate * load);
		now += check_random(&random) % (2 * gap + 1);
		bucket_leak(&b, now);
		is = within(r, size, 99, len, now);
		if (b.debt > b.burst + slack)
			assert_false(is);
		else if (b.debt + slack < b.burst || !b.debt)
			assert_true(is);
		else
			near++;
		if (is)
			bucket_add(&b, len);
		passed += is;
	}
	assert_true(passed > 1000);
	assert_true(near < 20000);
	free(r);
}

static void the_rate_is_that_of_a_bucket(void **state)
{
	static const u64 packets[] = { 1, 100, 1000, 33333, 1000000 };
	static const u64 bits[] = { 8000, 64000, 1000000, 100000000, 10000000000ULL };
	u32 i, load;

	(void)state;
	for (load = 1; load <= 10; load += 3)
		for (i = 0; i < ARRAY_SIZE(packets); i++) {
			compare(0, PFQ_RATE_PACKETS, packets[i], PFQ_RATE_BURST_NS, load, 1);
			compare(0, PFQ_RATE_BITS, bits[i], PFQ_RATE_BURST_NS, load, 30);
			compare(0, PFQ_RATE_BITS, bits[i], SECOND, load, 30);
		}
}

/* A source with a key is limited by units of 16 ns, and by chance. */
static void the_rate_of_a_key_is_that_of_a_bucket(void **state)
{
	u32 load;

	(void)state;
	for (load = 1; load <= 10; load += 3) {
		compare(16, PFQ_RATE_PACKETS, 1000, PFQ_RATE_BURST_NS, load, 3000);
		compare(16, PFQ_RATE_PACKETS, 10000, PFQ_RATE_BURST_NS, load, 3000);
		compare(16, PFQ_RATE_BITS, 1000000, PFQ_RATE_BURST_NS, load, 3000);
		compare(16, PFQ_RATE_BITS, 100000000, PFQ_RATE_BURST_NS, load, 3000);
	}
}

/*
 * Packets of one length come at ten times the rate: how many pass, in millionths of the rate? The
 * burst is twenty packets, and 20000 pass.
 */
static u64 passes(u32 size, u32 keys, enum pfq_rate_unit unit, u64 rate, u32 len)
{
	exact cost = (exact)(unit == PFQ_RATE_BITS ? 8 * len : 1) * SECOND;
	struct pfq_rate *r = table_of(size, unit, rate, (u64)(20 * cost / rate));
	u64 n, passed = 0;
	u32 k;

	for (n = 0; n < 200000; n++)
		for (k = 0; k < keys; k++)
			passed += within(r, size, k * 0x9e3779b97f4a7c15ULL, len,
					 NOW + (u64)(n * cost / rate / 10));
	free(r);
	return passed * 50 / keys;
}

static void the_mean_is_right(void **state)
{
	(void)state;
	assert_in_range(passes(0, 1, PFQ_RATE_PACKETS, 1000, 60), 999000, 1002000);
	assert_in_range(passes(0, 1, PFQ_RATE_BITS, 10000000000ULL, 64), 999000, 1002000);
	assert_in_range(passes(64, 3, PFQ_RATE_PACKETS, 1000, 60), 999000, 1002000);
	/* where a packet costs a few units of time only */
	assert_in_range(passes(64, 3, PFQ_RATE_PACKETS, 7000000, 60), 990000, 1010000);
	assert_in_range(passes(64, 3, PFQ_RATE_BITS, 10000000000ULL, 64), 990000, 1010000);
}

/* to 0.006 %, at the highest rate */
static void costs_are_as_exact_as_promised(void **state)
{
	static const u64 rates[] = { 8000, 12345678, 9999999999ULL, 1000000000000ULL };
	u64 wrong, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		struct pfq_rate *r = table_of(0, PFQ_RATE_BITS, rates[i], 0);
		exact is = (exact)r->byte * rates[i], right = (exact)8 * SECOND << 20;

		wrong = (u64)((is > right ? is - right : right - is) * 1000000 / right);
		assert_true(wrong <= 60);
		free(r);
	}
}

static void a_rate_has_limits(void **state)
{
	struct pfq_rate *r = table_of(0, PFQ_RATE_PACKETS, 1, 0);

	(void)state;
	assert_int_equal(pfq_rate_init(r, 0, PFQ_RATE_PACKETS, 0, 0), -ERANGE);
	assert_int_equal(pfq_rate_init(r, 0, PFQ_RATE_PACKETS, 1000000001, 0), -ERANGE);
	assert_int_equal(pfq_rate_init(r, 0, PFQ_RATE_BITS, 7999, 0), -ERANGE);
	assert_int_equal(pfq_rate_init(r, 0, PFQ_RATE_BITS, 1000000000001ULL, 0), -ERANGE);
	assert_int_equal(pfq_rate_init(r, 0, PFQ_RATE_BITS, 8000, 60 * SECOND + 1), -ERANGE);
	assert_int_equal(pfq_rate_init(r, 0, PFQ_RATE_BITS, 8000, 60 * SECOND), 0);
	assert_int_equal(pfq_rate_bytes(0), 128);
	assert_int_equal(pfq_rate_bytes(16384), 64 + (256 << 10));
	assert_int_equal(pfq_rate_bytes(PFQ_RATE_KEYS_MAX), 64 + (256ULL << 20));
	free(r);
}

/* Of 10 packets, 1 ms apart, at 100 packets a second: how many are within the rate? */
static u32 ten(struct pfq_rate *r, u32 size, u64 ns)
{
	u32 n, passed = 0;

	for (n = 0; n < 10; n++)
		passed += within(r, size, 0x5555555555555555ULL, 60, ns + n * 1000000ULL);
	return passed;
}

static void the_clock_jumps_by_an_hour(void **state)
{
	u32 size, n;

	(void)state;
	for (size = 0; size <= 16; size += 16) {
		struct pfq_rate *r = table_of(size, PFQ_RATE_PACKETS, 100, 0);

		for (n = 0; n < 10; n++) {
			assert_int_equal(ten(r, size, NOW + n * SECOND), 1);
			assert_int_equal(ten(r, size, NOW - HOUR + n * SECOND), 1);
		}
		free(r);
	}
}

/* After a jump back of less than burst, packet and 2 s, the limit holds longer, and then works. */
static void the_clock_jumps_by_a_second(void **state)
{
	u32 size;

	(void)state;
	for (size = 0; size <= 16; size += 16) {
		struct pfq_rate *r = table_of(size, PFQ_RATE_PACKETS, 100, 0);

		assert_int_equal(ten(r, size, NOW), 1);
		assert_int_equal(ten(r, size, NOW - SECOND), 0);
		assert_int_equal(ten(r, size, NOW + SECOND), 1);
		free(r);
	}
}

static void the_time_wraps(void **state)
{
	u64 wrap = 5000 * (1ULL << 44), ns;
	u32 size;

	(void)state;
	for (size = 0; size <= 16; size += 16) {
		struct pfq_rate *r = table_of(size, PFQ_RATE_PACKETS, 100, 16);

		for (ns = wrap - SECOND; ns < wrap + SECOND; ns += SECOND / 100)
			assert_int_equal(ten(r, size, ns), 1);
		free(r);
		/* a word that was never written is not of the time 0 */
		r = table_of(size, PFQ_RATE_PACKETS, 100, 16);
		assert_true(within(r, size, 77, 60, wrap - 1000));
		free(r);
	}
}

/* @count keys that send at ten times their rate: how many of a million were not limited. */
static u64 unlimited(u32 size, u32 count)
{
	struct pfq_rate *r = table_of(size, PFQ_RATE_PACKETS, 10, 0);
	u32 *passed = calloc(count, sizeof(*passed));
	u64 random = 4, *key = calloc(count, sizeof(*key)), n, round, bad = 0;

	assert_true(passed && key);
	for (n = 0; n < count; n++)
		key[n] = check_random(&random) << 32 ^ check_random(&random);
	/* 100 packets a second in a second */
	for (round = 0; round < 100; round++)
		for (n = 0; n < count; n++)
			passed[n] += pfq_rate_within_key(r, key[n], 60,
							 NOW + round * (SECOND / 100));
	for (n = 0; n < count; n++) {
		assert_true(passed[n] >= 10);
		bad += passed[n] > 11;
	}
	print_message("%u of %u keys have no limit\n", (u32)bad, count);
	free(key);
	free(passed);
	free(r);
	return bad * 1000000 / count;
}

static void keys_are_limited_as_promised(void **state)
{
	(void)state;
	assert_int_equal(unlimited(8192, 1024), 0);
	assert_true(unlimited(8192, 4096) < 500);
	assert_true(unlimited(8192, 8192) <= 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_is_that_of_a_bucket),
		cmocka_unit_test(the_rate_of_a_key_is_that_of_a_bucket),
		cmocka_unit_test(the_mean_is_right),
		cmocka_unit_test(costs_are_as_exact_as_promised),
		cmocka_unit_test(a_rate_has_limits),
		cmocka_unit_test(the_clock_jumps_by_an_hour),
		cmocka_unit_test(the_clock_jumps_by_a_second),
		cmocka_unit_test(the_time_wraps),
		cmocka_unit_test(keys_are_limited_as_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
