/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that later fragments wait for the first one, within fair limits, and come once. */
#include "tests/unit/fixture/held_world.h"
#include "core/filter.h"
#include "core/hash.h"
#include "core/parse.h"

#define COUNT		HELD_MEMBERS

static int open_group(void **state)
{
	(void)state;
	return held_open("flow");
}

static u64 expire(bool all)
{
	return pfq_group_expire(&w->group, &w->env, &w->scratch, 0, all);
}

static u32 pending(void)
{
	return pfq_hold_count(held);
}

static void check_sums(void)
{
	assert_int_equal(G(recv), G(drop_filter) + G(drop_vlan) + G(drop_program) +
					  G(drop_no_member) + G(steered) + pending());
}

/* Return the member that gets the whole packets of the flow. */
static u32 member_of(const char *kind, const struct ends *e)
{
	u32 m, found = COUNT;

	for (m = 0; m < COUNT; m++)
		while (world_next(m))
			;
	held_run_kind(kind, e);
	for (m = 0; m < COUNT; m++)
		if (world_next(m))
			found = m;
	assert_true(found < COUNT);
	return found;
}

static u32 offset_of(const struct pfq_rec *rec)
{
	return get_unaligned_be16((const u8 *)(rec + 1) + 20) & 0x1fff;
}

static void late_first_fragments_find_their_flow(void **state)
{
	static const char *const kinds[2][4] = {
		{ "ip4-udp", "ip4-first", "ip4-middle", "ip4-last" },
		{ "ip6-udp", "ip6-first", "ip6-middle", "ip6-last" },
	};
	static const u32 offsets[4] = { 32, 16, 0, 16 };
	u64 first_ns = 0;
	u32 i, k, m;

	(void)state;
	for (i = 0; i < 100; i++) {
		struct ends e = { 1 + i, 2, (u16)(1000 + i), 53, 7 + i };
		const char *const *kind = kinds[i % 2];
		u32 flow = member_of(kind[0], &e), waited = (u32)G(frag_waited);

		held_run_kind(kind[3], &e);
		held_run_kind(kind[2], &e);
		assert_int_equal(pending(), 2);
		assert_int_equal(G(frag_waited), waited + 2);
		check_sums();
		for (m = 0; m < COUNT; m++)
			assert_null(world_next(m));
		held_run_kind(kind[1], &e);
		assert_int_equal(w->scratch.touched_count, 1);
		assert_int_equal(w->scratch.touched[0], flow);
		assert_int_equal(pending(), 0);
		held_run_kind(kind[2], &e);
		check_sums();
		/* In the order of arrival, with the time of the fragment that released them. */
		for (k = 0; k < 4; k++) {
			const struct pfq_rec *rec = world_next(flow);

			assert_non_null(rec);
			if (i % 2 == 0)
				assert_int_equal(offset_of(rec), offsets[k]);
			assert_true(!k || rec->ts_ns == first_ns + (k == 3));
			first_ns = rec->ts_ns;
		}
		assert_null(world_next(flow));
	}
	assert_int_equal(G(frag_timed_out), 0);
	assert_int_equal(G(frag_no_room), 0);
}

/* Fragments are released within a batch: the order stays, and times never go back. */
static void lanes_stay_in_order(void **state)
{
	struct ends e = { 1, 2, 1000, 53, 7 };
	const struct pfq_rec *rec;
	u64 last_ns[COUNT] = { 0 };
	u32 i, m, all = 0;

	(void)state;
	held_run_kind("ip4-last", &e);
	for (i = 0; i < 30; i++)
		world_add_flow(i);
	world_add("ip4-middle", &e);
	world_add("ip4-first", &e);
	for (i = 0; i < 30; i++)
		world_add_flow(100 + i);
	held_run();
	assert_int_equal(w->scratch.touched_count, COUNT);
	for (m = 0; m < COUNT; m++) {
		while ((rec = world_next(m))) {
			assert_true(rec->ts_ns >= last_ns[m]);
			last_ns[m] = rec->ts_ns;
			all++;
		}
		assert_int_equal(w->scratch.count[m], 0);
	}
	assert_int_equal(all, 63);
	check_sums();
	world_check_sums();
}

/* A flood times out at once, but each call releases only a part of it. */
static void many_are_over_a_few_at_a_time(void **state)
{
	struct ends e = { 1, 2, 1000, 53, 0 };
	u32 i, calls = 0, before, waiting;
	u64 next;

	(void)state;
	for (i = 0; i < 3000; i++) {
		e.src = e.id = i + 1;
		held_run_kind("ip4-last", &e);
	}
	waiting = pending();
	assert_true(waiting > 2500);
	w->env.now_ns += HELD_WAIT_NS;
	do {
		before = pending();
		next = expire(false);
		assert_true(before - pending() <= 512 + PFQ_HOLD_SLOTS);
		assert_true(next == ~0ULL || next <= w->env.now_ns);
		assert_true(next == ~0ULL || before - pending() >= 512);
		calls++;
	} while (next != ~0ULL);
	assert_true(calls > 4);
	assert_int_equal(pending(), 0);
	assert_int_equal(G(frag_timed_out), waiting);
	check_sums();
}

static void what_waits_in_vain_goes_by_addresses(void **state)
{
	struct ends e = { 1, 2, 1000, 53, 0 };
	u32 addrs[COUNT] = { 0 }, i, m, at = 0;
	const struct pfq_rec *rec;

	(void)state;
	for (i = 0; i < 20; i++) {
		e.id = i;
		held_run_kind("ip4-last", &e);
	}
	assert_int_equal(expire(false), HELD_START_NS + HELD_WAIT_NS);
	assert_int_equal(w->scratch.touched_count, 0);
	assert_int_equal(pending(), 20);
	w->env.now_ns += HELD_WAIT_NS - 1;
	assert_int_equal(expire(false), HELD_START_NS + HELD_WAIT_NS);
	assert_int_equal(pending(), 20);
	w->env.now_ns++;
	assert_true(expire(false) == ~0ULL);
	assert_int_equal(w->scratch.touched_count, 1);
	assert_int_equal(pending(), 0);
	assert_int_equal(G(frag_timed_out), 20);
	/* This decision holds for the whole datagram, also for its first fragment. */
	for (i = 0; i < 20; i++) {
		e.id = i;
		held_run_kind("ip4-first", &e);
		held_run_kind("ip4-middle", &e);
	}
	for (m = 0; m < COUNT; m++)
		while ((rec = world_next(m))) {
			addrs[m]++;
			at = m;
		}
	assert_int_equal(addrs[at], 60);
	assert_int_equal(G(frag_waited), 20);
	check_sums();
}

/* A second later another datagram, last fragment first, uses the same identification. */
static void an_identification_is_used_again(void **state)
{
	struct ends e = { 1, 2, 1000, 53, 7 }, next = { 1, 2, 2222, 53, 7 };
	u32 flow, i, m, n = 0, all = 0;

	(void)state;
	for (i = 0; i < 20; i++) {
		next.sport = (u16)(2222 + i);
		flow = member_of("ip4-udp", &next);
		world_add("ip4-first", &e)->ts_ns = i * 20000000000ULL + 1000;
		world_add("ip4-last", &e)->ts_ns = i * 20000000000ULL + 2000;
		held_run();
		assert_int_equal(pending(), 0);
		for (m = 0; m < COUNT; m++)
			while (world_next(m))
				;
		world_add("ip4-last", &next)->ts_ns = i * 20000000000ULL + 1200000000;
		held_run();
		assert_int_equal(pending(), 1);
		world_add("ip4-first", &next)->ts_ns = i * 20000000000ULL + 1200001000;
		held_run();
		assert_int_equal(pending(), 0);
		for (m = 0; m < COUNT; m++)
			while (world_next(m)) {
				n += m == flow;
				all++;
			}
	}
	assert_int_equal(all, 40);
	assert_int_equal(n, 40);
	check_sums();
}

/* A sender pauses: the rest of the datagram still finds its flow, for as long as hosts wait. */
static void a_slow_one_waits_and_goes_with_its_flow(void **state)
{
	static const u64 after_ns[] = { 1200000000, 2500000000, 10000000000, 30000000000 };
	struct ends e = { 1, 2, 1000, 53, 7 };
	u32 flow, i, k;

	(void)state;
	for (i = 0; i < 20; i++) {
		e.id = i;
		e.sport = (u16)(1000 + i);
		flow = member_of("ip4-udp", &e);
		world_add("ip4-first", &e)->ts_ns = 1000;
		held_run();
		assert_non_null(world_next(flow));
		for (k = 0; k < ARRAY_SIZE(after_ns); k++) {
			world_add("ip4-last", &e)->ts_ns = after_ns[k];
			held_run();
			assert_int_equal(pending(), 1);
			w->env.now_ns += HELD_WAIT_NS;
			expire(false);
			assert_int_equal(pending(), 0);
			assert_non_null(world_next(flow));
		}
	}
	assert_int_equal(G(frag_timed_out), 0);
	/* After that time the datagram is forgotten. */
	world_add("ip4-last", &e)->ts_ns = 40000000000;
	held_run();
	w->env.now_ns += HELD_WAIT_NS;
	expire(false);
	assert_int_equal(G(frag_timed_out), 1);
	check_sums();
}

static void nobody_waits_where_there_is_no_choice(void **state)
{
	struct ends e = { 1, 2, 1000, 53, 7 };

	(void)state;
	world_build(1);
	held_run_kind("ip4-last", &e);
	assert_int_equal(pending(), 0);
	assert_non_null(world_next(0));
	/* Fragments do not wait either if the group has switched it off or waits for members. */
	world_build(COUNT);
	w->group.hold = NULL;
	e.id++;
	held_run_kind("ip4-last", &e);
	assert_int_equal(G(steered), 2);
	w->group.hold = held;
	w->group.holding = true;
	e.id++;
	held_run_kind("ip4-last", &e);
	assert_int_equal(G(drop_no_member), 1);
	assert_int_equal(pending(), 0);
	/* Members leave while fragments wait: these are counted when their time is over. */
	w->group.holding = false;
	e.id++;
	held_run_kind("ip4-last", &e);
	assert_int_equal(pending(), 1);
	world_build(0);
	check_sums();
	expire(true);
	assert_int_equal(pending(), 0);
	assert_int_equal(G(drop_no_member), 2);
	check_sums();
}

/* Filters and VLANs come first. Other policies and protocols without ports hold nothing. */
static void only_what_needs_it_waits(void **state)
{
	static const char *const policy[] = { "copy", "ip", "mac", "vlan", "rr", "random", "to:1" };
	struct ends e = { 1, 2, 1000, 53, 7 };
	struct pfq_vlan_set vlans;
	const char *bad;
	u32 i;

	(void)state;
	held_run_kind("ip4-last-gre", &e);
	assert_int_equal(pending(), 0);
	for (i = 0; i < ARRAY_SIZE(policy); i++) {
		assert_int_equal(pfq_program_from_policy(&w->program, policy[i]), 0);
		assert_false(pfq_program_uses_flow(&w->program));
		held_run_kind("ip4-last", &e);
		assert_int_equal(pending(), 0);
	}
	assert_int_equal(pfq_program_from_policy(&w->program, "rss"), 0);
	assert_true(pfq_program_uses_flow(&w->program));
	world_add("ip4-last", &e)->rxhash = 5;
	held_run();
	assert_int_equal(pending(), 0);
	held_run_kind("ip4-last", &e);
	assert_int_equal(pending(), 1);
	assert_int_equal(pfq_program_from_policy(&w->program, "flow"), 0);
	assert_int_equal(pfq_vlan_parse(&vlans, "5", &bad), 0);
	w->group.vlans = &vlans;
	held_run_kind("ip4-last", &e);
	assert_int_equal(pending(), 1);
	assert_int_equal(G(drop_vlan), 1);
	check_sums();
}

/* A held packet keeps all that records and filters use, also an adapter's timestamp. */
static void a_held_packet_is_the_same(void **state)
{
	struct ends e = { 1, 2, 1000, 53, 7 };
	const struct pfq_rec *rec;
	struct pfq_view *v;
	u32 flow = member_of("ip4-udp", &e);

	(void)state;
	v = world_add("ip4-last", &e);
	v->flags = PFQ_REC_F_VLAN | PFQ_REC_F_OUT | PFQ_REC_F_HWTS;
	v->host_ns = v->ts_ns;
	v->ts_ns = 12345;
	v->tci = 0x2005;
	v->tpid = 0x88a8;
	v->ifindex = 17;
	v->queue = 3;
	held_run();
	memset(w->packet, 0xee, sizeof(w->packet));
	held_run_kind("ip4-first", &e);
	rec = world_next(flow);
	assert_non_null(rec);
	assert_int_equal(rec->ts_ns, 12345);
	assert_int_equal(rec->flags, PFQ_REC_F_VLAN | PFQ_REC_F_OUT | PFQ_REC_F_HWTS);
	assert_int_equal(rec->tci, 0x2005);
	assert_int_equal(rec->tpid, 0x88a8);
	assert_int_equal(rec->ifindex, 17);
	assert_int_equal(rec->queue, 3);
	assert_int_equal(get_unaligned_be16((const u8 *)(rec + 1) + 12), 0x88a8);
	assert_int_equal(get_unaligned_be16((const u8 *)(rec + 1) + 24) & 0x1fff, 32);
	assert_int_equal(rec->caplen, w->packet[0].len + 4);
}

/* --- bounds ------------------------------------------------------------------------ */

/* A datagram of 64 KiB has room, in fragments of any size, last one first. */
static void a_whole_datagram_fits(void **state)
{
	static const u32 sizes[] = { 576, 1514, 4096, 9014, 32000, 65549 };
	static u8 bytes[65549];
	struct ends e = { 1, 2, 1000, 53, 7 };
	u32 i, n, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = min_t(u32, 65535 / (sizes[i] - 34), PFQ_HOLD_SLOTS);
		e.id++;
		for (k = 0; k < n; k++) {
			struct pfq_view *v = world_add("ip4-last", &e);

			memcpy(bytes, v->data, v->caplen);
			v->data = bytes;
			v->caplen = sizes[i];
			v->len = sizes[i];
			held_run();
		}
		assert_int_equal(pending(), n);
		assert_int_equal(G(frag_no_room), 0);
		assert_true(expire(true) == ~0ULL);
		assert_int_equal(pending(), 0);
		check_sums();
	}
	/* A fragment longer than a part has no room, but is not lost. */
	for (k = 0; k < 2; k++) {
		static u8 more[PFQ_SNAPLEN_MAX];
		struct pfq_view *v;

		e.id++;
		v = world_add("ip4-last", &e);
		memcpy(more, v->data, v->caplen);
		v->data = more;
		v->caplen = sizeof(more);
		held_run();
	}
	assert_int_equal(G(frag_no_room), 2);
	check_sums();
}

/* One sender floods: the fragments of others wait as before. */
static void a_flood_is_the_senders_own_business(void **state)
{
	struct ends flood = { 99, 2, 0, 0, 0 }, e = { 0, 2, 1000, 53, 7 };
	u32 i, ok = 0, flow[200];

	(void)state;
	for (i = 0; i < 200; i++) {
		e = (struct ends){ 1000 + i, 2, (u16)(1000 + i), 53, 7 };
		flow[i] = member_of("ip4-udp", &e);
		held_run_kind("ip4-last", &e);
	}
	assert_int_equal(pending(), 200);
	for (i = 0; i < 20000; i++) {
		flood.id = i;
		held_run_kind("ip4-last", &flood);
		assert_in_range(pending(), 190, 200 + PFQ_HOLD_SENDER_PARTS * PFQ_HOLD_SLOTS);
		while (world_next(0) || world_next(1) || world_next(2) || world_next(3))
			;
	}
	assert_in_range(G(frag_no_room), 20000 - PFQ_HOLD_SENDER_PARTS * PFQ_HOLD_SLOTS, 20200);
	for (i = 0; i < 200; i++) {
		u32 m, n = 0;

		e = (struct ends){ 1000 + i, 2, (u16)(1000 + i), 53, 7 };
		held_run_kind("ip4-first", &e);
		for (m = 0; m < COUNT; m++)
			while (world_next(m))
				n += m == flow[i];
		ok += n == 2;
	}
	/* One sender in 32 may share a part with the flood and then does not wait. */
	assert_in_range(ok, 185, 200);
	check_sums();
}

/* A flood from many senders: the number of waiting fragments is limited, and none is lost. */
static void memory_is_bounded(void **state)
{
	struct ends flood = { 1, 2, 0, 0, 0 };
	u32 i, n = 0;

	(void)state;
	for (i = 0; i < 50000; i++) {
		flood.src = 1 + i;
		flood.id = i;
		held_run_kind("ip4-last", &flood);
		while (world_next(i % COUNT))
			n++;
		assert_true(pending() <= PFQ_HOLD_PARTS * PFQ_HOLD_SLOTS);
	}
	assert_true(pending() > PFQ_HOLD_PARTS * PFQ_HOLD_SLOTS * 9 / 10);
	check_sums();
	w->env.now_ns += HELD_WAIT_NS;
	while (expire(false) != ~0ULL)
		;
	assert_int_equal(pending(), 0);
	assert_int_equal(G(steered), 50000);
	assert_int_equal(G(frag_no_room) + G(frag_timed_out), 50000);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, open_group, held_close)
	const struct CMUnitTest tests[] = {
		TEST(late_first_fragments_find_their_flow),
		TEST(lanes_stay_in_order),
		TEST(many_are_over_a_few_at_a_time),
		TEST(what_waits_in_vain_goes_by_addresses),
		TEST(an_identification_is_used_again),
		TEST(a_slow_one_waits_and_goes_with_its_flow),
		TEST(nobody_waits_where_there_is_no_choice),
		TEST(only_what_needs_it_waits),
		TEST(a_held_packet_is_the_same),
		TEST(a_whole_datagram_fits),
		TEST(a_flood_is_the_senders_own_business),
		TEST(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
