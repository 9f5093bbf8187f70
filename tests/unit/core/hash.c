/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the hashes: symmetric, never 0 by chance, well distributed in their low bits. */
#include "tests/unit/fixture/check.h"
#include "core/hash.h"
#include "tests/unit/fixture/packets.h"
#include "core/parse.h"
#include "core/steer.h"

#define SEED	0x5eed1234

typedef u32 (*hash_fn)(const struct pfq_view *v, u32 seed);

static u32 hash_of(hash_fn fn, const struct packet_kind *k, const struct ends *e, u32 seed)
{
	struct packet p = { .len = 0 };
	struct pfq_view v;

	k->build(&p, e);
	v = packet_view(k, &p, p.data, p.len);
	pfq_parse(&v);
	return fn(&v, seed);
}

static void directions_hash_alike(void **state)
{
	static const hash_fn fns[] = { pfq_hash_flow, pfq_hash_addrs, pfq_hash_macs };
	u64 random = 1;
	unsigned int i, f, n;

	(void)state;
	for (i = 0; i < packet_kinds_count; i++) {
		for (n = 0; n < 50; n++) {
			struct ends e = {(u32)check_random(&random), (u32)check_random(&random),
					 (u16)check_random(&random), (u16)check_random(&random), 1};
			struct ends r = ends_reversed(&e);

			for (f = 0; f < ARRAY_SIZE(fns); f++)
				check_case(packet_kinds[i].name,
					   hash_of(fns[f], &packet_kinds[i], &e, SEED) ==
						   hash_of(fns[f], &packet_kinds[i], &r, SEED));
		}
	}
}

static void only_packets_with_the_field_have_a_hash(void **state)
{
	const struct ends e = { 7, 9, 80, 1025, 1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < packet_kinds_count; i++) {
		const struct packet_kind *k = &packet_kinds[i];

		check_case(k->name,
			   (hash_of(pfq_hash_flow, k, &e, SEED) != 0) == (k->version != 0));
		check_case(k->name,
			   (hash_of(pfq_hash_addrs, k, &e, SEED) != 0) == (k->version != 0));
		check_case(k->name, (hash_of(pfq_hash_macs, k, &e, SEED) != 0) ==
					    (k->linktype == PFQ_LINKTYPE_ETHERNET));
	}
}

static void all_parts_count(void **state)
{
	static const char *const names[] = { "ip4-tcp", "ip6-tcp" };
	const struct ends base = { 7, 9, 80, 1025, 1 };
	const struct ends others[] = {
		{ 8, 9, 80, 1025, 1 }, { 7, 10, 80, 1025, 1 }, { 7, 9, 81, 1025, 1 },
		{ 7, 9, 80, 1024, 1 }, { 7, 9, 1025, 80, 1 },  { 9, 7, 80, 1025, 1 },
	};
	unsigned int i, k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(names); k++) {
		const struct packet_kind *kind = packet_kind(names[k]);
		u32 h = hash_of(pfq_hash_flow, kind, &base, SEED);

		for (i = 0; i < ARRAY_SIZE(others); i++)
			assert_int_not_equal(hash_of(pfq_hash_flow, kind, &others[i], SEED), h);
		assert_int_not_equal(hash_of(pfq_hash_flow, kind, &base, SEED + 1), h);
	}
	assert_int_not_equal(hash_of(pfq_hash_flow, packet_kind("ip4-tcp"), &base, SEED),
			     hash_of(pfq_hash_flow, packet_kind("ip4-udp"), &base, SEED));
	/* The hash of addresses ignores the protocol. The flow hash ignores outer tags. */
	assert_int_equal(hash_of(pfq_hash_addrs, packet_kind("ip4-tcp"), &base, SEED),
			 hash_of(pfq_hash_addrs, packet_kind("ip4-udp"), &base, SEED));
	assert_int_equal(hash_of(pfq_hash_flow, packet_kind("ip4-tcp"), &base, SEED),
			 hash_of(pfq_hash_flow, packet_kind("tag-8100"), &base, SEED));
	assert_int_equal(hash_of(pfq_hash_flow, packet_kind("ip4-udp"), &base, SEED),
			 hash_of(pfq_hash_flow, packet_kind("ip4-first"), &base, SEED));
}

/* The key of a flow's tables has the bits of its hash. */
static void keys_are_long_hashes(void **state)
{
	u64 random = 11, hash, ends;
	unsigned int i, n;

	(void)state;
	for (n = 0; n < 50 * packet_kinds_count; n++) {
		const struct packet_kind *k = &packet_kinds[n % packet_kinds_count];
		struct ends e = { (u32)check_random(&random), (u32)check_random(&random),
				  (u16)check_random(&random), (u16)check_random(&random), 1 };
		struct packet p = { .len = 0 };
		struct pfq_view v;

		for (i = 0; i < 2; i++, e = ends_reversed(&e)) {
			k->build(&p, &e);
			v = packet_view(k, &p, p.data, p.len);
			pfq_parse(&v);
			hash = pfq_hash_flow64(&v, SEED);
			check_case(k->name, !hash == !k->version);
			if (!hash)
				continue;
			check_case(k->name, hash >> 63);
			check_case(k->name, pfq_hash_cut(hash) == pfq_hash_flow(&v, SEED));
			check_case(k->name, hash != pfq_hash_flow64(&v, SEED + 1));
			ends = pfq_hash_ends64(v.flow.version, pfq_flow_saddr(&v), v.flow.sport,
					       v.flow.dport, v.flow.proto, SEED);
			check_case(k->name, hash == ends);
		}
	}
	assert_true(pfq_hash_widen(1U << 31) >> 63);
	assert_true(pfq_hash_widen(1U << 31) != pfq_hash_widen(1U << 31 | 1));
}

static void never_none_by_chance(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < 1000000; i++)
		assert_int_not_equal(pfq_hash_u32(i, SEED), PFQ_HASH_NONE);
}

/*
 * Check how @flows flows are distributed over the slots, by chi-squared. Its mean is the
 * number of slots, its deviation the root of twice that number (4096: 90.5). More than five
 * deviations fail.
 */
static void check_spread(const char *what, const u32 *count, u32 flows)
{
	double expected = (double)flows / PFQ_STEER_SLOTS, chi = 0;
	u32 i;

	for (i = 0; i < PFQ_STEER_SLOTS; i++)
		chi += (count[i] - expected) * (count[i] - expected) / expected;
	if (chi > PFQ_STEER_SLOTS + 5 * 90.5)
		fail_msg("%s: chi-squared %.0f", what, chi);
}

/* Return the ends of flow @n in a numbering that real or test traffic uses. */
static struct ends pattern(u32 which, u32 n)
{
	switch (which) {
	case 0: /* one pair of hosts, source ports in a row */
		return (struct ends){ 1, 2, (u16)n, 80, 0 };
	case 1: /* clients in a row, one server */
		return (struct ends){ 100 + n, 2, 40000, 443, 0 };
	case 2: /* both ends count up, so that their difference is constant */
		return (struct ends){ 1000 + n, 2000 + n, 5000, 5000, 0 };
	case 3: /* a square of addresses and ports */
		return (struct ends){ 1 + n % 256, 2, (u16)(1024 + n / 256), 53, 0 };
	case 4: /* subnets: the low bits are constant */
		return (struct ends){ n << 8, 3, 1024, 1024, 0 };
	case 5: /* a mesh: each host of one net talks to each of another */
		return (struct ends){ 1 + n / 256, 1000 + n % 256, 500, 500, 0 };
	}
	/* the ports of both ends count up */
	return (struct ends){ 1, 2, (u16)n, (u16)(n + 1), 0 };
}

static void check_pattern(const char *name, hash_fn fn, u32 which, u32 seed)
{
	static u32 count[PFQ_STEER_SLOTS];
	char what[64];
	u32 n;

	memset(count, 0, sizeof(count));
	for (n = 0; n < 65536; n++) {
		struct ends e = pattern(which, n);

		count[hash_of(fn, packet_kind(name), &e, seed) % PFQ_STEER_SLOTS]++;
	}
	snprintf(what, sizeof(what), "%s pattern %u seed %08x", name, which, seed);
	check_spread(what, count, 65536);
}

static void flows_spread_over_the_slots(void **state)
{
	static const u32 seeds[] = { 0, 1, SEED, 0x9e3779b1, 0xffffffff };
	u32 which, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(seeds); i++) {
		for (which = 0; which < 7; which++) {
			check_pattern("ip4-tcp", pfq_hash_flow, which, seeds[i]);
			check_pattern("ip6-udp", pfq_hash_flow, which, seeds[i]);
		}
		/* With addresses alone the ends have fewer bits. */
		check_pattern("ip4-tcp", pfq_hash_addrs, 1, seeds[i]);
		check_pattern("ip4-tcp", pfq_hash_addrs, 4, seeds[i]);
		check_pattern("ip6-udp", pfq_hash_addrs, 1, seeds[i]);
	}
}

static void other_hashes_spread_too(void **state)
{
	static u32 count[PFQ_STEER_SLOTS];
	u32 n;

	(void)state;
	check_pattern("ip4-tcp", pfq_hash_macs, 1, SEED);
	for (n = 0; n < 65536; n++)
		count[pfq_hash_u32(n, SEED) % PFQ_STEER_SLOTS]++;
	check_spread("numbers", count, 65536);
}

/* Compute the product from four parts, as a 32-bit machine does. */
static u64 fold_by_quarters(u64 a, u64 b)
{
	u64 al = (u32)a, ah = a >> 32, bl = (u32)b, bh = b >> 32;
	u64 low = al * bl, mid = ah * bl + (low >> 32), mid2 = al * bh + (u32)mid;

	return (mid2 << 32 | (u32)low) ^ (ah * bh + (mid >> 32) + (mid2 >> 32));
}

static void products_fold(void **state)
{
	static const u64 edges[] = { 0, 1, 0xffffffff, 1ULL << 32, 1ULL << 63, ~0ULL };
	u64 random = 1;
	u32 i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(edges); i++)
		for (k = 0; k < ARRAY_SIZE(edges); k++)
			assert_true(pfq_mul_fold(edges[i], edges[k]) ==
				    fold_by_quarters(edges[i], edges[k]));
	for (i = 0; i < 100000; i++) {
		u64 a = check_random(&random), b = check_random(&random);

		assert_true(pfq_mul_fold(a, b) == fold_by_quarters(a, b));
	}
}

/* Without the seed an attacker cannot choose the slot of a flow. */
static void seeds_differ(void **state)
{
	u32 n, same = 0;

	(void)state;
	for (n = 0; n < 4096; n++)
		same += pfq_hash_u32(n, 1) % 64 == pfq_hash_u32(n, 2) % 64;
	/* 4096 / 64 = 64 are the same by chance; the deviation is 8. */
	assert_in_range(same, 24, 104);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directions_hash_alike),
		cmocka_unit_test(only_packets_with_the_field_have_a_hash),
		cmocka_unit_test(all_parts_count),
		cmocka_unit_test(keys_are_long_hashes),
		cmocka_unit_test(never_none_by_chance),
		cmocka_unit_test(flows_spread_over_the_slots),
		cmocka_unit_test(other_hashes_spread_too),
		cmocka_unit_test(products_fold),
		cmocka_unit_test(seeds_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
