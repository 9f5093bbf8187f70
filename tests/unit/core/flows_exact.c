/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The counts of flows, against exact ones. tables_threads.c has several lanes. */
#include "tests/unit/fixture/check.h"
#include "core/flows.h"

#define NOW		1700000000000000000ULL
#define SECOND		1000000000ULL
#define IDLE		(60 * SECOND)
#define UNIT		(1ULL << 28)
#define SIZE		65536
#define PACKETS		2000000

struct exact {
	u64 key, bytes;
	u32 packets;
	u32 missing;	/* packets that the count lacks */
};

static struct pfq_flows *table_of(u32 size)
{
	u64 bytes = pfq_flows_bytes(size);
	struct pfq_flows *t = aligned_alloc(64, bytes);

	assert_non_null(t);
	memset(t, 0, bytes);
	pfq_flows_init(t, size, IDLE);
	return t;
}

static void a_slot_takes_16_bytes(void **state)
{
	(void)state;
	assert_int_equal(pfq_flows_bytes(65536), 64 + (2 << 20));
	assert_int_equal(pfq_flows_bytes(65537), 64 + (4 << 20));
	assert_int_equal(pfq_flows_bytes(1 << 20), 64 + (32 << 20));
	assert_int_equal(pfq_flows_bytes(PFQ_FLOWS_MAX), 64 + (512ULL << 20));
	assert_int_equal(pfq_flows_bytes(1), 64 + 128);
}

/*
 * Packets of @count flows at random. Returns how many of a million packets are missing in the
 * counts. None may be there twice.
 */
static u64 missing(u32 count)
{
	struct exact *flow = calloc(count, sizeof(*flow)), *f;
	struct pfq_flows *t = table_of(SIZE);
	u64 random = 20 + count, low = 0, sum, gone = 0;
	u32 n, len;

	assert_non_null(flow);
	for (n = 0; n < count; n++)
		flow[n].key = check_random(&random) << 32 ^ check_random(&random);
	for (n = 0; n < PACKETS; n++) {
		f = &flow[check_random(&random) % count];
		len = 60 + (u32)(check_random(&random) % 1455);
		f->packets++;
		f->bytes += len;
		sum = pfq_flows_count(t, f->key, len, NOW + n * 1000ULL);
		assert_true(pfq_flows_packets(sum) <= f->packets);
		assert_true(pfq_flows_octets(sum) <= f->bytes);
		f->missing = f->packets - pfq_flows_packets(sum);
		if (pfq_flows_packets(sum) == f->packets)
			assert_int_equal(pfq_flows_octets(sum), f->bytes);
		else
			low++;
	}
	for (n = 0; n < count; n++)
		gone += flow[n].missing;
	print_message("%u flows: of %u packets %u are missing, %u packets' counts are low\n",
		      count, PACKETS, (u32)gone, (u32)low);
	free(flow);
	free(t);
	return gone * 1000000 / PACKETS;
}

/* "at most 1 % of packets" while at most size flows are live */
static void counts_are_as_exact_as_promised(void **state)
{
	(void)state;
	assert_true(missing(SIZE / 8) == 0);
	assert_true(missing(SIZE / 4) <= 10);
	assert_true(missing(SIZE / 2) <= 1000);
	assert_true(missing(SIZE) <= 10000);
}

static void small_flows_do_not_displace_large_ones(void **state)
{
	struct pfq_flows *t = table_of(1024);
	u64 random = 3, key[50], sum;
	u32 n, k, packets = 0;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(key); k++) {
		key[k] = check_random(&random) << 32 ^ check_random(&random);
		pfq_flows_count(t, key[k], 100, NOW);
		pfq_flows_count(t, key[k], 100, NOW);
	}
	for (n = 0; n < 500000; n++) {
		pfq_flows_count(t, check_random(&random) << 32 ^ check_random(&random), 60, NOW);
		if (n % 1000)
			continue;
		packets++;
		for (k = 0; k < ARRAY_SIZE(key); k++) {
			sum = pfq_flows_count(t, key[k], 100, NOW);
			assert_int_equal(pfq_flows_packets(sum), packets + 2);
			assert_int_equal(pfq_flows_octets(sum), (packets + 2) * 100);
		}
	}
	free(t);
}

static u32 packets_at(struct pfq_flows *t, u64 ns)
{
	return pfq_flows_packets(pfq_flows_count(t, 12345ULL << 32 | 678, 60, ns));
}

static void an_idle_flow_begins_anew(void **state)
{
	struct pfq_flows *t = table_of(16);
	u64 ns = NOW, n;

	(void)state;
	/* in each phase of a unit of time */
	for (n = 0; n < 100; n++) {
		assert_int_equal(packets_at(t, ns), 1);
		ns += IDLE;
		assert_int_equal(packets_at(t, ns), 2);
		ns += IDLE + 6 * SECOND / 10 + n * SECOND / 97;
	}
	free(t);
}

static void clocks_of_lanes_may_differ(void **state)
{
	struct pfq_flows *t = table_of(16);
	u32 n;

	(void)state;
	for (n = 1; n < 1000; n++)
		assert_int_equal(packets_at(t, NOW + (n % 3) * SECOND), n);
	/* The time that an entry was last seen has not gone back. */
	assert_int_equal(packets_at(t, NOW + 2 * SECOND + IDLE), n);
	free(t);
}

static void the_clock_jumps_by_an_hour(void **state)
{
	struct pfq_flows *t = table_of(16);
	u32 n, k;

	(void)state;
	for (k = 0; k < 20; k++) {
		for (n = 1; n < 100; n++)
			assert_int_equal(packets_at(t, NOW + n), n);
		for (n = 1; n < 100; n++)
			assert_int_equal(packets_at(t, NOW - 3600 * SECOND + n), n);
	}
	free(t);
}

static void the_time_wraps(void **state)
{
	struct pfq_flows *t = table_of(16);
	u64 wrap = 3 * (UNIT << 29), ns;
	u32 n = 0;

	(void)state;
	for (ns = wrap - 100 * SECOND; ns < wrap + 100 * SECOND; ns += SECOND)
		assert_int_equal(packets_at(t, ns), ++n);
	ns = wrap + (UNIT << 29) - 30 * SECOND;
	assert_int_equal(packets_at(t, ns), 1);
	assert_int_equal(packets_at(t, ns + 61 * SECOND), 1);
	assert_int_equal(packets_at(t, ns + 121 * SECOND), 2);
	free(t);
}

static void the_beginning_of_time_is_a_time(void **state)
{
	struct pfq_flows *t = table_of(16);

	(void)state;
	assert_int_equal(packets_at(t, 0), 1);
	assert_int_equal(packets_at(t, 0), 2);
	/* a key whose low half is 0 */
	assert_int_equal(pfq_flows_packets(pfq_flows_count(t, 7ULL << 32, 60, 0)), 1);
	assert_int_equal(pfq_flows_packets(pfq_flows_count(t, 7ULL << 32, 60, 0)), 2);
	free(t);
}

/* Both counts stay at their end, each by itself. */
static void counts_end(void **state)
{
	u64 key = 5ULL << 32 | 6, sum = 0, bytes = 0;
	struct pfq_flows *t = table_of(1);
	u32 n;

	(void)state;
	for (n = 1; n <= PFQ_FLOWS_PACKETS_MAX + 5; n++) {
		bytes += 10;
		sum = pfq_flows_count(t, key, 10, NOW);
		assert_int_equal(pfq_flows_packets(sum), min_t(u32, n, PFQ_FLOWS_PACKETS_MAX));
		assert_int_equal(pfq_flows_octets(sum), bytes);
	}
	for (n = 0; n < 200; n++) {
		bytes = min_t(u64, bytes + 0xffffffff, PFQ_FLOWS_BYTES_MAX);
		sum = pfq_flows_count(t, key, 0xffffffff, NOW);
		assert_int_equal(pfq_flows_octets(sum), bytes);
	}
	assert_int_equal(bytes, PFQ_FLOWS_BYTES_MAX);
	assert_int_equal(pfq_flows_packets(sum), PFQ_FLOWS_PACKETS_MAX);
	/* another flow begins at 1, whatever the entry had */
	for (n = 0; n < 8; n++)
		sum = pfq_flows_count(t, key + n + 1, 10, NOW + 3 * IDLE);
	assert_int_equal(pfq_flows_packets(sum), 1);
	assert_int_equal(pfq_flows_packets(pfq_flows_count(t, key, 10, NOW + 3 * IDLE)), 1);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_takes_16_bytes),
		cmocka_unit_test(counts_are_as_exact_as_promised),
		cmocka_unit_test(small_flows_do_not_displace_large_ones),
		cmocka_unit_test(an_idle_flow_begins_anew),
		cmocka_unit_test(clocks_of_lanes_may_differ),
		cmocka_unit_test(the_clock_jumps_by_an_hour),
		cmocka_unit_test(the_time_wraps),
		cmocka_unit_test(the_beginning_of_time_is_a_time),
		cmocka_unit_test(counts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
