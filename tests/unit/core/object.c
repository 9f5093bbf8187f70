/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Objects with state: their memory, and which of them the next program takes over. */
#include "tests/unit/fixture/check.h"
#include "core/dup.h"
#include "core/flows.h"
#include "core/object.h"
#include "core/rate.h"

#define LANES	3
#define SEED	77

static struct pfq_lang_object flows(u32 size, u64 idle_ns)
{
	return (struct pfq_lang_object){ .kind = PFQ_LANG_KIND_FLOWS, .size = size,
					 .arg = { idle_ns } };
}

static struct pfq_object *make(const struct pfq_lang_object *is, const void *data)
{
	u64 bytes = (pfq_object_bytes(is, LANES) + 63) / 64 * 64;
	struct pfq_object *o = aligned_alloc(64, bytes);

	assert_non_null(o);
	memset(o, 0, bytes);
	pfq_object_init(o, is, data, LANES, SEED);
	return o;
}

static void lists_have_no_state(void **state)
{
	static const u32 kinds[] = {
		PFQ_LANG_KIND_PORTS, PFQ_LANG_KIND_VLANS, PFQ_LANG_KIND_PREFIXES,
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct pfq_lang_object is = { .kind = (u16)kinds[i] };

		assert_int_equal(pfq_object_bytes(&is, LANES), 0);
	}
}

/* A table lies behind the object, on a cache line, and works there. */
static void a_table_is_made(void **state)
{
	struct pfq_lang_object is = flows(1000, 5000000000ULL);
	struct pfq_object *o = make(&is, NULL);
	struct pfq_flows *t = pfq_object_table(o);
	u64 counts;

	(void)state;
	assert_int_equal(o->bytes, sizeof(*o) + pfq_flows_bytes(1000));
	assert_int_equal((uintptr_t)t % 64, 0);
	assert_ptr_equal(t, o + 1);
	pfq_flows_count(t, 1ULL << 63 | 5, 100, 1000000000);
	counts = pfq_flows_count(t, 1ULL << 63 | 5, 60, 1000000000);
	assert_int_equal(pfq_flows_packets(counts), 2);
	assert_int_equal(pfq_flows_octets(counts), 160);
	/* idle for 5 s: the flow begins anew */
	counts = pfq_flows_count(t, 1ULL << 63 | 5, 60, 10000000000ULL);
	assert_int_equal(pfq_flows_packets(counts), 1);
	free(o);
}

static void tables_are_taken_over_by_their_arguments(void **state)
{
	struct pfq_lang_object is = flows(1000, 5000), other;
	struct pfq_object *o = make(&is, NULL);

	(void)state;
	assert_true(pfq_object_is_like(o, &is, NULL, LANES));
	/* of the same bytes, since tables are powers of two */
	other = flows(1001, 5000);
	assert_int_equal(pfq_object_bytes(&other, LANES), o->bytes);
	assert_false(pfq_object_is_like(o, &other, NULL, LANES));
	other = flows(1000, 5001);
	assert_false(pfq_object_is_like(o, &other, NULL, LANES));
	other = (struct pfq_lang_object){ .kind = PFQ_LANG_KIND_COUNTER };
	assert_false(pfq_object_is_like(o, &other, NULL, LANES));
	free(o);
}

/* The state of limits and of duplicates is worth milliseconds. */
static void limits_begin_anew(void **state)
{
	static const u32 kinds[] = { PFQ_LANG_KIND_RATE, PFQ_LANG_KIND_RATES };
	struct pfq_lang_object dup = { .kind = PFQ_LANG_KIND_DUP, .size = 100,
				       .arg = { 1000000, 256, 0 } };
	struct pfq_object *seen = make(&dup, NULL);
	u32 i;

	(void)state;
	assert_int_equal(seen->bytes, sizeof(*seen) + pfq_dup_bytes(100));
	assert_false(pfq_dup_seen(pfq_object_table(seen), 5ULL << 30, 1ULL << 40));
	assert_true(pfq_dup_seen(pfq_object_table(seen), 5ULL << 30, 1ULL << 40));
	assert_false(pfq_object_is_like(seen, &dup, NULL, LANES));
	free(seen);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct pfq_lang_object is = { .kind = (u16)kinds[i], .size = i * 100,
					      .arg = { 1000, PFQ_RATE_PACKETS, 0 } };
		struct pfq_object *o = make(&is, NULL);

		assert_int_equal(o->bytes, sizeof(*o) + pfq_rate_bytes(is.size));
		if (i) {
			assert_true(pfq_rate_within_key(pfq_object_table(o), 5, 60, 1000));
			assert_false(pfq_rate_within_key(pfq_object_table(o), 5, 60, 1000));
		} else {
			assert_true(pfq_rate_within(pfq_object_table(o), 60, 1000));
			assert_false(pfq_rate_within(pfq_object_table(o), 60, 1000));
		}
		assert_false(pfq_object_is_like(o, &is, NULL, LANES));
		free(o);
	}
}

static void names_are_taken_over(void **state)
{
	struct pfq_lang_object a = { .kind = PFQ_LANG_KIND_COUNTER, .name = "a" };
	struct pfq_lang_object b = { .kind = PFQ_LANG_KIND_COUNTER, .name = "b" };
	struct pfq_lang_object eth = { .kind = PFQ_LANG_KIND_DEVICE, .count = 4 };
	struct pfq_object *o = make(&a, NULL), *device = make(&eth, "eth0");

	(void)state;
	assert_true(pfq_object_is_like(o, &a, NULL, LANES));
	assert_false(pfq_object_is_like(o, &b, NULL, LANES));
	assert_false(pfq_object_is_like(o, &a, NULL, LANES + 1));
	assert_true(pfq_object_is_like(device, &eth, "eth0", LANES));
	assert_false(pfq_object_is_like(device, &eth, "eth1", LANES));
	/* a device's name may be longer than a counter's */
	eth.count = 3;
	assert_false(pfq_object_is_like(device, &eth, "eth", LANES));
	free(o);
	free(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_have_no_state),
		cmocka_unit_test(a_table_is_made),
		cmocka_unit_test(tables_are_taken_over_by_their_arguments),
		cmocka_unit_test(limits_begin_anew),
		cmocka_unit_test(names_are_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
