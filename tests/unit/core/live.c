/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The control side of live sets: entries that clients send, and what a program takes over. */
#include "tests/unit/fixture/check.h"
#include "core/live.h"
#include "core/bits.h"
#include "core/lang.h"
#include "core/set.h"

#define NOW	1700000000000000000ULL
#define SECOND	1000000000ULL
#define SEED	7

static struct pfq_object *object_of(u32 kind, u32 size, u32 timeout_s)
{
	struct pfq_lang_object is = { .kind = (u16)kind, .size = size, .arg = { timeout_s },
				      .name = "bad" };
	u64 bytes = pfq_object_bytes(&is, 1);
	struct pfq_object *o = aligned_alloc(64, (bytes + 63) / 64 * 64);

	assert_non_null(o);
	memset(o, 0, bytes);
	pfq_object_init(o, &is, NULL, 1, SEED);
	assert_true(pfq_object_is_like(o, &is, NULL, 1));
	return o;
}

static struct pfq_lang_prefix ip4(u32 addr, u8 plen, u32 timeout_s)
{
	return (struct pfq_lang_prefix){
		.family = 4, .plen = plen, .timeout_s = timeout_s,
		.addr = { (u8)(addr >> 24), (u8)(addr >> 16), (u8)(addr >> 8), (u8)addr },
	};
}

/* Do the operation with checked entries. Returns the entries that were not there. */
static u32 change(struct pfq_object *o, u32 op, const void *entries, u32 count, u64 now)
{
	struct pfq_live_result result;
	u32 at;

	assert_int_equal(pfq_live_check(o->kind, entries, count, true, &at), PFQ_LANG_FINE);
	pfq_live_change(o, op, entries, count, now, &result);
	assert_int_equal(result.reason, PFQ_LANG_FINE);
	assert_int_equal(result.at, op == PFQ_LANG_SET_FLUSH ? 0 : count);
	return result.missing;
}

/* --- checks ------------------------------------------------------------------------------- */

#define MAC	PFQ_LANG_FAMILY_MAC

static const struct {
	u32 kind;
	struct pfq_lang_prefix is;
	enum pfq_lang_reason reason;
} prefixes[] = {
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .plen = 0 }, PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 6, .plen = 127, .addr = { [15] = 2 } },
	  PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 6, .plen = 127, .addr = { [15] = 3 } },
	  PFQ_LANG_REASON_PREFIX },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .plen = 33 }, PFQ_LANG_REASON_PREFIX },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .plen = 255 }, PFQ_LANG_REASON_PREFIX },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 6, .plen = 129 }, PFQ_LANG_REASON_PREFIX },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .plen = 32, .addr = { [4] = 1 } },
	  PFQ_LANG_REASON_PREFIX },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = MAC, .plen = 48 }, PFQ_LANG_REASON_ENTRY },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 0 }, PFQ_LANG_REASON_ENTRY },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .flags = 1 }, PFQ_LANG_REASON_RESERVED },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .timeout_s = 31536000 }, PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .timeout_s = 31536001 },
	  PFQ_LANG_REASON_TIMEOUT },
	{ PFQ_LANG_KIND_SET_ADDR, { .family = 4, .timeout_s = ~0U }, PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_MAC, { .family = MAC, .plen = 48, .addr = { 2 } }, PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_MAC, { .family = MAC, .plen = 40 }, PFQ_LANG_REASON_ENTRY },
	{ PFQ_LANG_KIND_SET_MAC, { .family = 4, .plen = 32 }, PFQ_LANG_REASON_ENTRY },
	{ PFQ_LANG_KIND_SET_MAC, { .family = MAC, .plen = 48, .addr = { [6] = 1 } },
	  PFQ_LANG_REASON_PREFIX },
};

static const struct {
	struct pfq_lang_flow is;
	enum pfq_lang_reason reason;
} flows[] = {
	{ { .family = 4, .proto = 6, .src = { 10 }, .dst = { 11 } }, PFQ_LANG_FINE },
	{ { .family = 6, .src = { [15] = 1 } }, PFQ_LANG_FINE },
	{ { .family = 4, .src = { [15] = 1 } }, PFQ_LANG_REASON_ENTRY },
	{ { .family = 4, .dst = { [4] = 1 } }, PFQ_LANG_REASON_ENTRY },
	{ { .family = 5 }, PFQ_LANG_REASON_ENTRY },
	{ { .family = 4, .flags = 2 }, PFQ_LANG_REASON_RESERVED },
	{ { .family = 4, .timeout_s = ~0U - 1 }, PFQ_LANG_REASON_TIMEOUT },
};

static const struct {
	u32 kind;
	struct pfq_lang_range is;
	enum pfq_lang_reason reason;
} ranges[] = {
	{ PFQ_LANG_KIND_SET_PORT, { 0, 65535 }, PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_PORT, { 2, 1 }, PFQ_LANG_REASON_RANGE },
	{ PFQ_LANG_KIND_SET_VLAN, { 4094, 4094 }, PFQ_LANG_FINE },
	{ PFQ_LANG_KIND_SET_VLAN, { 1, 4095 }, PFQ_LANG_REASON_VLAN_ID },
};

/* The wrong entry stands behind a right one. */
static void check(u32 kind, const void *entry, size_t bytes, enum pfq_lang_reason reason)
{
	static const struct pfq_lang_prefix mac = { .family = MAC, .plen = 48 };
	static const struct pfq_lang_flow flow = { .family = 4 };
	u8 two[2 * sizeof(struct pfq_lang_flow)] = { 0 };
	u32 at;

	assert_int_equal(pfq_live_entry_bytes(kind), bytes);
	if (kind == PFQ_LANG_KIND_SET_ADDR)
		memcpy(two, &prefixes[0].is, bytes);
	else if (kind <= PFQ_LANG_KIND_SET_FLOW)
		memcpy(two, kind == PFQ_LANG_KIND_SET_MAC ? (const void *)&mac : &flow, bytes);
	memcpy(two + bytes, entry, bytes);
	assert_int_equal(pfq_live_check(kind, two, 2, true, &at), reason);
	assert_int_equal(at, reason == PFQ_LANG_FINE ? 2 : 1);
}

static void entries_are_checked(void **state)
{
	struct pfq_lang_prefix p = ip4(0, 32, 5);
	u32 i, at;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		check(prefixes[i].kind, &prefixes[i].is, sizeof(prefixes[i].is),
		      prefixes[i].reason);
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		check(PFQ_LANG_KIND_SET_FLOW, &flows[i].is, sizeof(flows[i].is), flows[i].reason);
	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		check(ranges[i].kind, &ranges[i].is, sizeof(ranges[i].is), ranges[i].reason);
	/* an item of a text has no timeout */
	assert_int_equal(pfq_live_check(PFQ_LANG_KIND_SET_ADDR, &p, 1, false, &at),
			 PFQ_LANG_REASON_RESERVED);
}

/* --- changes and lists ---------------------------------------------------------------------- */

static void entries_come_and_go(void **state)
{
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_ADDR, 100, 60);
	struct pfq_lang_prefix list[3] = {
		ip4(0x0a000001, 32, 0), ip4(0x0a000000, 8, ~0U), ip4(0x0b000001, 32, 5),
	}, out[4], none = ip4(1, 32, 0);
	u64 at = 0;
	u32 i;

	(void)state;
	assert_int_equal(change(o, PFQ_LANG_SET_ADD, list, 3, NOW), 0);
	assert_int_equal(pfq_live_list(o, &at, out, 4, NOW), 3);
	assert_int_equal(pfq_live_list(o, &at, out + 3, 1, NOW), 0);
	for (i = 0; i < 3; i++) {
		if (out[i].plen == 8)
			assert_int_equal(out[i].timeout_s, 0);
		else
			assert_in_range(out[i].timeout_s, out[i].addr[0] == 10 ? 60 : 5,
					out[i].addr[0] == 10 ? 62 : 7);
		assert_int_equal(out[i].flags, 0);
	}
	/* one of them has gone by itself */
	at = 0;
	assert_int_equal(pfq_live_list(o, &at, out, 4, NOW + 10 * SECOND), 2);
	assert_int_equal(change(o, PFQ_LANG_SET_DEL, &none, 1, NOW), 1);
	assert_int_equal(change(o, PFQ_LANG_SET_DEL, list, 1, NOW), 0);
	assert_int_equal(change(o, PFQ_LANG_SET_DEL, list, 1, NOW), 1);
	assert_int_equal(change(o, PFQ_LANG_SET_FLUSH, NULL, 0, NOW), 0);
	at = 0;
	assert_int_equal(pfq_live_list(o, &at, out, 4, NOW), 0);
	free(o);
}

static void numbers_are_ranges(void **state)
{
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_PORT, 0, 0);
	struct pfq_lang_range in[] = { { 53, 53 }, { 60, 200 }, { 65535, 65535 } }, out[8];
	struct pfq_lang_range gone = { 100, 119 };
	u64 at = 0;

	(void)state;
	assert_int_equal(change(o, PFQ_LANG_SET_ADD, in, 3, NOW), 0);
	assert_int_equal(change(o, PFQ_LANG_SET_DEL, &gone, 1, NOW), 0);
	assert_int_equal(pfq_live_list(o, &at, out, 2, NOW), 2);
	assert_int_equal(pfq_live_list(o, &at, out + 2, 6, NOW), 2);
	assert_int_equal(out[1].last, 99);
	assert_int_equal(out[2].first, 120);
	assert_int_equal(out[3].first, 65535);
	assert_true(pfq_bits_has(pfq_object_bits(o), 60));
	change(o, PFQ_LANG_SET_FLUSH, NULL, 0, NOW);
	at = 0;
	assert_int_equal(pfq_live_list(o, &at, out, 8, NOW), 0);
	free(o);
	o = object_of(PFQ_LANG_KIND_SET_VLAN, 0, 0);
	in[0] = (struct pfq_lang_range){ 0, 4094 };
	change(o, PFQ_LANG_SET_ADD, in, 1, NOW);
	change(o, PFQ_LANG_SET_FLUSH, NULL, 0, NOW);
	at = 0;
	assert_int_equal(pfq_live_list(o, &at, out, 8, NOW), 0);
	free(o);
}

/* A flow that a client names is that of the packets, in both directions. */
static void flows_are_those_of_packets(void **state)
{
	static const u8 there[8] = { 10, 0, 0, 1, 10, 0, 0, 2 };
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_FLOW, 10, 0);
	struct pfq_lang_flow f = { .family = 4, .proto = 17, .sport = 53, .dport = 4000,
				   .src = { 10, 0, 0, 2 }, .dst = { 10, 0, 0, 1 } }, out;
	struct pfq_set_key key = pfq_set_key_flow(4, there, 4000, 53, 17, SEED);
	u64 at = 0;

	(void)state;
	change(o, PFQ_LANG_SET_ADD, &f, 1, NOW);
	assert_true(pfq_set_has(pfq_object_set(o), &key, NOW));
	assert_int_equal(pfq_live_list(o, &at, &out, 1, NOW), 1);
	assert_int_equal(out.family, 0);
	assert_int_equal(change(o, PFQ_LANG_SET_DEL, &f, 1, NOW), 0);
	assert_false(pfq_set_has(pfq_object_set(o), &key, NOW));
	free(o);
}

static void what_is_learnt_is_told(void **state)
{
	static const u8 mac[6] = { 2, 0, 0, 0, 0, 9 };
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_MAC, 10, 0);
	struct pfq_set_key key = pfq_set_key_mac(mac);
	struct pfq_lang_prefix out;
	u64 at = 0;

	(void)state;
	assert_true(pfq_set_learn(pfq_object_set(o), &key, 100 * SECOND, NOW));
	assert_int_equal(pfq_live_list(o, &at, &out, 1, NOW), 1);
	assert_int_equal(out.flags, PFQ_LANG_SET_F_LEARNT);
	assert_int_equal(out.family, MAC);
	assert_int_equal(out.plen, 48);
	assert_memory_equal(out.addr, mac, 6);
	assert_in_range(out.timeout_s, 100, 102);
	free(o);
}

/* --- limits -------------------------------------------------------------------------------- */

static void a_full_set_says_where(void **state)
{
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_ADDR, 1, 0);
	struct pfq_lang_prefix list[6];
	struct pfq_live_result result;
	u32 i;

	(void)state;
	for (i = 0; i < 6; i++)
		list[i] = ip4(i + 1, 32, i < 3 ? 5 : ~0U);
	pfq_live_change(o, PFQ_LANG_SET_ADD, list, 6, NOW, &result);
	assert_int_equal(result.reason, PFQ_LANG_REASON_FULL);
	assert_int_equal(result.at, 4);
	/* the places of those whose time is over are free */
	pfq_live_change(o, PFQ_LANG_SET_ADD, list + 4, 2, NOW + 10 * SECOND, &result);
	assert_int_equal(result.reason, PFQ_LANG_FINE);
	free(o);
}

/* So they are for programs that learn, but for those of prefixes. */
static void learning_takes_places_that_are_over(void **state)
{
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_ADDR, 1, 0);
	struct pfq_lang_prefix list[4];
	static const u8 addr[4] = { 9, 9, 9, 9 };
	struct pfq_set_key key = pfq_set_key_addr(4, addr, 32);
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++)
		list[i] = ip4((i + 1) << 8, i < 3 ? 24 : 32, 5);
	change(o, PFQ_LANG_SET_ADD, list, 4, NOW);
	assert_false(pfq_set_learn(pfq_object_set(o), &key, 0, NOW));
	assert_true(pfq_set_learn(pfq_object_set(o), &key, 0, NOW + 10 * SECOND));
	key.low ^= 1ULL << 40;
	assert_true(pfq_set_learn(pfq_object_set(o), &key, 0, NOW + 10 * SECOND));
	/* the second one took the place of the first */
	key.low ^= 1ULL << 40;
	assert_false(pfq_set_has(pfq_object_set(o), &key, NOW + 10 * SECOND));
	free(o);
}

static void lengths_are_told_and_come_back(void **state)
{
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_ADDR, 100, 0);
	struct pfq_lang_prefix list[9];
	struct pfq_live_result result;
	u8 lengths[PFQ_LANG_SET_LENGTHS];
	u32 i;

	(void)state;
	for (i = 0; i < 9; i++)
		list[i] = ip4(0, (u8)(10 + i), i == 3 ? 5 : ~0U);
	pfq_live_change(o, PFQ_LANG_SET_ADD, list, 9, NOW, &result);
	assert_int_equal(result.reason, PFQ_LANG_REASON_LENGTHS);
	assert_int_equal(result.at, 8);
	assert_int_equal(pfq_live_lengths(o, 4, lengths), 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(lengths[i], 10 + i);
	assert_int_equal(pfq_live_lengths(o, 6, lengths), 0);
	/* the length /13 is free when its time is over */
	pfq_live_change(o, PFQ_LANG_SET_ADD, list + 8, 1, NOW + 10 * SECOND, &result);
	assert_int_equal(result.reason, PFQ_LANG_FINE);
	free(o);
}

/* --- a program takes a set over ------------------------------------------------------------- */

/* A program without steps, with sets of addresses. Each has its items in the data. */
struct program {
	struct pfq_lang_hdr hdr;
	struct pfq_lang_object set[2];
	struct pfq_lang_prefix item[2][10];
};

static enum pfq_lang_reason fill(struct pfq_object *a, u32 timeout_a,
				 const struct pfq_lang_prefix *items_a, u32 count_a,
				 struct pfq_object *b, const struct pfq_lang_prefix *items_b,
				 u32 count_b)
{
	struct pfq_object *const object[2] = { a, b };
	struct program p = {
		.hdr = { PFQ_LANG_MAGIC, PFQ_LANG_VERSION, 0, 2, sizeof(p.item), 0 },
		.set[0] = { .kind = PFQ_LANG_KIND_SET_ADDR, .size = 100, .count = count_a,
			    .arg = { timeout_a }, .name = "bad" },
		.set[1] = { .kind = PFQ_LANG_KIND_SET_ADDR, .size = 100, .count = count_b,
			    .data = sizeof(p.item[0]), .name = "worse" },
	};

	memcpy(p.item[0], items_a, count_a * sizeof(*items_a));
	memcpy(p.item[1], items_b, count_b * sizeof(*items_b));
	assert_true(pfq_object_is_like(a, &p.set[0], p.item[0], 1));
	return pfq_live_fill(&p, object, 2, NOW);
}

static void items_are_added_for_ever(void **state)
{
	struct pfq_lang_prefix items[2] = { ip4(1, 32, 0), ip4(2, 32, 0) }, out[4];
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_ADDR, 100, 60);
	struct pfq_object *other = object_of(PFQ_LANG_KIND_SET_ADDR, 100, 0);
	struct pfq_lang_prefix entered = ip4(3, 32, 0);
	u64 at = 0;
	u32 i, n;

	(void)state;
	change(o, PFQ_LANG_SET_ADD, &entered, 1, NOW);
	assert_int_equal(fill(o, 30, items, 2, other, items, 1), PFQ_LANG_FINE);
	n = pfq_live_list(o, &at, out, 4, NOW);
	assert_int_equal(n, 3);
	for (i = 0; i < n; i++)
		assert_int_equal(out[i].timeout_s != 0, out[i].addr[3] == 3);
	/* the new program's timeout counts for what comes now */
	change(o, PFQ_LANG_SET_ADD, &entered, 1, NOW);
	at = 0;
	n = pfq_live_list(o, &at, out, 4, NOW);
	for (i = 0; i < n; i++)
		assert_true(out[i].timeout_s < 33);
	at = 0;
	assert_int_equal(pfq_live_list(other, &at, out, 4, NOW), 1);
	free(o);
	free(other);
}

/* A program that is refused changes no set that the program before it still uses. */
static void a_refused_program_changes_nothing(void **state)
{
	struct pfq_object *o = object_of(PFQ_LANG_KIND_SET_ADDR, 100, 60);
	struct pfq_object *full = object_of(PFQ_LANG_KIND_SET_ADDR, 100, 0);
	struct pfq_lang_prefix list[8], out[2], one = ip4(0x01020304, 32, 0);
	u64 at = 0;
	u8 i;

	(void)state;
	for (i = 0; i < 8; i++)
		list[i] = ip4(0x0a000000, 8 + i, 5);
	change(full, PFQ_LANG_SET_ADD, list, 8, NOW);
	assert_int_equal(fill(o, 30, &one, 1, full, &one, 1), PFQ_LANG_REASON_LENGTHS);
	assert_int_equal(pfq_live_list(o, &at, out, 2, NOW), 0);
	change(o, PFQ_LANG_SET_ADD, &one, 1, NOW);
	at = 0;
	assert_int_equal(pfq_live_list(o, &at, out, 2, NOW), 1);
	assert_true(out[0].timeout_s > 58);
	/* a length that it has needs no place */
	assert_int_equal(fill(o, 30, &one, 1, full, &list[3], 0), PFQ_LANG_FINE);
	list[3].timeout_s = 0;
	assert_int_equal(fill(o, 30, &one, 1, full, &list[3], 1), PFQ_LANG_FINE);
	free(o);
	free(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_checked),
		cmocka_unit_test(entries_come_and_go),
		cmocka_unit_test(numbers_are_ranges),
		cmocka_unit_test(flows_are_those_of_packets),
		cmocka_unit_test(what_is_learnt_is_told),
		cmocka_unit_test(a_full_set_says_where),
		cmocka_unit_test(learning_takes_places_that_are_over),
		cmocka_unit_test(lengths_are_told_and_come_back),
		cmocka_unit_test(items_are_added_for_ever),
		cmocka_unit_test(a_refused_program_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
