/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs a batch through a group. Tests which members get which packets, in which order, how
 * they are counted, and that a record holds the frame as it was on the wire.
 */
#include "tests/unit/fixture/core_world.h"
#include "core/hash.h"
#include "core/parse.h"

/* --- recipients --------------------------------------------------------------------- */

static void copy_goes_to_all_started_or_not(void **state)
{
	u32 m, i;

	(void)state;
	world_open(3, 1 << 16, "copy");
	w->endpoint[1].started = false;
	world_build(3);
	for (i = 0; i < 5; i++)
		world_add_flow(i);
	world_run();
	assert_int_equal(w->scratch.touched_count, 3);
	for (m = 0; m < 3; m++) {
		const struct pfq_rec *rec;

		for (i = 1; i <= 5; i++) {
			rec = world_next(m);
			assert_non_null(rec);
			assert_int_equal(rec->ts_ns, i);
			assert_memory_equal(rec + 1, w->packet[i - 1].data, w->packet[i - 1].len);
		}
		assert_null(world_next(m));
	}
	assert_int_equal(G(recv), 5);
	assert_int_equal(G(steered), 5);
	assert_int_equal(G(copies), 15);
	world_check_sums();
}

static void flows_have_one_member_each(void **state)
{
	u8 seen[64][MEMBERS] = { { 0 } };
	u32 flow, m, n, total = 0;
	const struct pfq_rec *rec;

	(void)state;
	world_open(4, 1 << 17, "flow");
	w->endpoint[3].started = false;	/* a member that only looks gets no flows */
	world_build(4);
	for (n = 0; n < 3; n++) {
		for (flow = 0; flow < 64; flow++) {
			struct ends e = { 1, 2, (u16)flow, 80, 0 }, r = ends_reversed(&e);

			world_add("ip4-tcp", n % 2 ? &r : &e)->queue = (u16)flow;
		}
		world_run();
	}
	for (m = 0; m < 4; m++) {
		while ((rec = world_next(m))) {
			assert_int_not_equal(rec->hash, 0);
			seen[rec->queue][m]++;
			total++;
		}
	}
	assert_int_equal(total, 3 * 64);
	for (flow = 0; flow < 64; flow++) {
		u32 members = 0;

		for (m = 0; m < 4; m++)
			members += seen[flow][m] != 0;
		assert_int_equal(members, 1);
		assert_int_equal(seen[flow][3], 0);
	}
	assert_int_equal(C(3, offered), 0);
	for (m = 0; m < 3; m++)
		assert_in_range(C(m, offered), 30, 100);
	world_check_sums();
}

/* Every path through the code gives a record the hash of its packet's flow. */
static void hashes_are_those_of_the_flow(void **state)
{
	const struct ends e = { 1, 2, 1234, 53, 7 };
	const struct pfq_rec *rec;
	struct pfq_view v;
	unsigned int i;

	(void)state;
	world_open(1, 1 << 16, "flow");
	for (i = 0; i < packet_kinds_count; i++) {
		v = *world_add(packet_kinds[i].name, &e);
		world_run();
		rec = world_next(0);
		assert_non_null(rec);
		pfq_parse_slow(&v);
		if (!(v.flow.flags & PFQ_FLOW_FRAG))
			check_case(packet_kinds[i].name,
				   rec->hash == pfq_hash_flow(&v, w->env.seed));
	}
}

static void packets_without_a_flow_have_a_member(void **state)
{
	static const char *const kinds[] = { "arp", "lldp", "snap", "bad-version" };
	u32 member, i;

	(void)state;
	world_open(4, 1 << 16, "flow");
	member = w->class[0].table.slot[0];
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		world_add(kinds[i], &(struct ends){ 1, 2, 3, 4, 5 });
	world_run();
	assert_int_equal(world_count_records(member), ARRAY_SIZE(kinds));
	assert_int_equal(G(steered), ARRAY_SIZE(kinds));
	world_check_sums();
}

static void turns_and_numbers(void **state)
{
	u32 i;

	(void)state;
	world_open(3, 1 << 16, "rr");
	w->endpoint[1].started = false;
	world_build(3);
	for (i = 0; i < 10; i++)
		world_add_flow(1);
	world_run();
	assert_int_equal(world_count_records(0), 5);
	assert_int_equal(world_count_records(1), 0);
	assert_int_equal(world_count_records(2), 5);
	/* "to:1" counts only started members. */
	assert_int_equal(pfq_program_from_policy(&w->program, "to:1"), 0);
	world_add_flow(1);
	world_run();
	assert_int_equal(world_count_records(2), 1);
	assert_int_equal(pfq_program_from_policy(&w->program, "to:2"), 0);
	world_add_flow(1);
	world_run();
	assert_int_equal(G(drop_no_member), 1);
	world_check_sums();
}

static void nobody_there(void **state)
{
	static const char *const policies[] = { "copy", "flow", "rr", "to:0", "random", "rss" };
	u32 i;

	(void)state;
	world_open(0, 4096, "copy");
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		assert_int_equal(pfq_program_from_policy(&w->program, policies[i]), 0);
		world_add_flow(i);
		world_run();
		assert_int_equal(w->scratch.touched_count, 0);
		assert_int_equal(G(drop_no_member), i + 1);
	}
	world_check_sums();
}

static void holding_holds_everything(void **state)
{
	static const char *const policies[] = { "copy", "flow", "rr", "to:0" };
	u32 i;

	(void)state;
	world_open(2, 1 << 16, "copy");
	w->group.holding = true;
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		assert_int_equal(pfq_program_from_policy(&w->program, policies[i]), 0);
		world_add_flow(i);
		world_run();
		assert_int_equal(G(drop_no_member), i + 1);
	}
	assert_int_equal(world_count_records(0) + world_count_records(1), 0);
	w->group.holding = false;
	world_add_flow(1);
	world_run();
	assert_int_equal(G(steered), 1);
	world_check_sums();
}

/* --- what is refused, and where it is counted ------------------------------------------ */

static void each_cause_has_its_counter(void **state)
{
	struct pfq_filter *f = world_filter(world_odd, WORLD_ODD_INSNS);
	struct pfq_vlan_set vlans;
	struct pfq_view *v;
	const char *bad;

	(void)state;
	world_open(1, 1 << 16, "copy");
	assert_int_equal(pfq_vlan_parse(&vlans, "untagged, 5", &bad), 0);
	w->group.filter = f;
	w->group.vlans = &vlans;
	w->group.direction = PFQ_DIRECTION_IN;
	world_add_flow(1)->flags = PFQ_REC_F_OUT;	/* other direction: not counted */
	world_add_flow(2);				/* drop_filter */
	v = world_add_flow(3);			/* drop_vlan */
	v->flags = PFQ_REC_F_VLAN;
	v->tci = 6;
	v = world_add_flow(2);			/* drop_filter: it is checked first */
	v->flags = PFQ_REC_F_VLAN;
	v->tci = 6;
	v = world_add_flow(5);			/* passes */
	v->flags = PFQ_REC_F_VLAN;
	v->tci = 0x2005;
	world_add_flow(7);				/* passes */
	world_run();
	assert_int_equal(G(recv), 5);
	assert_int_equal(G(drop_filter), 2);
	assert_int_equal(G(drop_vlan), 1);
	assert_int_equal(G(steered), 2);
	assert_int_equal(world_count_records(0), 2);
	w->group.direction = PFQ_DIRECTION_OUT;
	world_add_flow(1)->flags = PFQ_REC_F_OUT;
	world_add_flow(1);
	world_run();
	assert_int_equal(G(recv), 6);
	assert_int_equal(world_count_records(0), 1);
	world_check_sums();
	free(f);
}

static void endpoints_filter_for_themselves(void **state)
{
	struct pfq_filter *f = world_filter(world_odd, WORLD_ODD_INSNS);
	u32 i;

	(void)state;
	world_open(4, 1 << 16, "copy");
	w->member[0].filter = f;
	w->member[1].direction = PFQ_DIRECTION_OUT;
	w->member[2].direction = PFQ_DIRECTION_IN;
	w->member[2].filter = f;
	for (i = 0; i < 8; i++)
		world_add_flow(i)->flags = i < 3 ? PFQ_REC_F_OUT : 0;
	world_run();
	assert_int_equal(world_count_records(0), 4);	/* 1 3 5 7 */
	assert_int_equal(world_count_records(1), 3);	/* 0 1 2 */
	assert_int_equal(world_count_records(2), 3);	/* 3 5 7 */
	assert_int_equal(world_count_records(3), 8);
	assert_int_equal(C(0, drop_endpoint_filter), 4);
	assert_int_equal(C(1, drop_endpoint_filter), 5);
	assert_int_equal(C(2, drop_endpoint_filter), 5);
	assert_int_equal(C(3, drop_endpoint_filter), 0);
	world_check_sums();
	free(f);
}

static void own_frames_are_not_seen(void **state)
{
	struct pfq_view *v;
	struct packet p = { .len = 0 };

	(void)state;
	world_open(2, 1 << 16, "copy");
	w->member[0].echo = &w->endpoint[0].echo;
	w->member[1].echo = &w->endpoint[1].echo;
	packet_kind("ip4-tcp")->build(&p, &(struct ends){ 1, 2, 9, 80, 0 });
	pfq_echo_add(&w->endpoint[0].echo, p.data, p.len, 0);
	/* Equal bytes from outside are not the injected frame. */
	world_add_flow(9);
	v = world_add_flow(9);
	v->flags = PFQ_REC_F_OUT;
	world_add_flow(9)->flags = PFQ_REC_F_OUT;	/* sent by another program after ours */
	world_run();
	assert_int_equal(world_next(0)->ts_ns, 1);
	assert_int_equal(world_next(0)->ts_ns, 3);
	assert_null(world_next(0));
	assert_int_equal(world_count_records(1), 3);
	assert_int_equal(C(0, drop_endpoint_filter), 1);
	world_check_sums();
}

static void a_full_ring_is_its_members_loss_only(void **state)
{
	u32 i;

	(void)state;
	world_open(2, 1 << 12, "copy");
	for (i = 0; i < 64; i++)
		world_add_flow(i);
	world_run();
	assert_true(C(0, drop_ring_full) > 0);
	i = world_count_records(0);
	assert_int_equal(i, C(0, delivered));
	assert_null(world_next(0));
	/* Member 0 has read its records, member 1 has not. */
	world_add_flow(1);
	world_run();
	assert_int_equal(world_count_records(0), 1);
	assert_int_equal(C(1, drop_ring_full), C(0, drop_ring_full) + 1);
	world_check_sums();
}

/* --- the record -------------------------------------------------------------------------- */

/*
 * Check a record for each caplen of the view and each snaplen: it holds the first bytes of
 * the frame as it was on the wire.
 */
static void check_record(const struct packet *wire, const struct pfq_view *v, u32 snaplen,
			 const struct pfq_rec *rec)
{
	u32 there = v->caplen < 12 ? v->caplen : v->caplen + 4;

	assert_non_null(rec);
	assert_int_equal(rec->len, wire->len);
	assert_int_equal(rec->caplen, min_t(u32, there, snaplen));
	assert_int_equal(rec->tci, v->tci);
	assert_int_equal(rec->tpid, v->tpid);
	assert_true(rec->flags & PFQ_REC_F_VLAN);
	assert_memory_equal(rec + 1, wire->data, rec->caplen);
}

static void tags_are_put_back(void **state)
{
	static const char *const kinds[] = { "tag-8100", "tag-88a8", "tags-most" };
	const struct ends e = { 1, 2, 3, 4, 5 };
	struct packet wire, bare;
	u32 k, caplen, snaplen;

	(void)state;
	world_open(1, 1 << 16, "copy");
	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		memset(&wire, 0, sizeof(wire));
		packet_kind(kinds[k])->build(&wire, &e);
		bare = wire;
		bare.len -= 4;
		memmove(bare.data + 12, bare.data + 16, bare.len - 12);
		for (caplen = 0; caplen <= bare.len; caplen++) {
			u8 *data = packet_exact(&bare, caplen);

			for (snaplen = 1; snaplen <= wire.len + 1;
			     snaplen += snaplen < 20 ? 1 : 9) {
				struct pfq_view *v = &w->batch.view[0];

				*v = packet_view(packet_kind(kinds[k]), &bare, data, caplen);
				v->flags = PFQ_REC_F_VLAN;
				v->tpid = get_unaligned_be16(wire.data + 12);
				v->tci = get_unaligned_be16(wire.data + 14);
				w->batch.n = 1;
				w->member[0].snaplen = snaplen;
				world_run();
				check_record(&wire, v, snaplen, world_next(0));
				assert_null(world_next(0));
			}
			free(data);
		}
	}
	world_check_sums();
}

static void the_header_tells_all(void **state)
{
	const struct pfq_rec *rec;
	struct pfq_view *v;

	(void)state;
	world_open(1, 1 << 16, "flow");
	v = world_add_flow(3);
	v->ts_ns = 0x123456789abcdef0ULL;
	v->ifindex = 77;
	v->queue = 5;
	v->tci = 99;	/* undefined without PFQ_REC_F_VLAN */
	v->tpid = 98;
	v->flags = PFQ_REC_F_HWTS | PFQ_REC_F_OUT;
	world_run();
	rec = world_next(0);
	assert_non_null(rec);
	assert_true(rec->ts_ns == 0x123456789abcdef0ULL);
	assert_int_equal(rec->ifindex, 77);
	assert_int_equal(rec->queue, 5);
	assert_int_equal(rec->tci, 0);
	assert_int_equal(rec->tpid, 0);
	assert_int_equal(rec->flags, PFQ_REC_F_HWTS | PFQ_REC_F_OUT);
	assert_int_equal(rec->len, w->packet[0].len);
	assert_int_equal(rec->caplen, w->packet[0].len);
	assert_int_not_equal(rec->hash, 0);
	/* A raw link has no place for a tag, so the record does not claim one. */
	v = world_add("raw-ip4", &(struct ends){ 1, 2, 3, 4, 5 });
	v->flags = PFQ_REC_F_VLAN;
	v->tci = 5;
	world_run();
	rec = world_next(0);
	assert_non_null(rec);
	assert_int_equal(rec->flags, 0);
	assert_int_equal(rec->tci, 0);
	assert_int_equal(rec->len, w->packet[0].len);
	assert_memory_equal(rec + 1, w->packet[0].data, w->packet[0].len);
}

/* A broken source claims wrong lengths: the engine's own memory stays intact. */
static void monstrous_lengths(void **state)
{
	static u8 big[PFQ_SNAPLEN_MAX + 4096];
	struct pfq_view *v;

	(void)state;
	world_open(1, pfq_ring_lane_min(PFQ_SNAPLEN_MAX), "copy");
	w->member[0].snaplen = PFQ_SNAPLEN_MAX;
	v = world_add_flow(1);
	v->data = big;
	v->caplen = sizeof(big);
	v->len = ~0U;
	v->flags = PFQ_REC_F_VLAN;
	world_run();
	assert_int_equal(world_next(0)->caplen, PFQ_SNAPLEN_MAX);
	v = world_add_flow(1);
	v->data = big;
	v->caplen = sizeof(big);
	world_run();
	assert_int_equal(world_next(0)->caplen, PFQ_SNAPLEN_MAX);
}

#define GROUP_TEST(name)	cmocka_unit_test_teardown(name, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GROUP_TEST(copy_goes_to_all_started_or_not),
		GROUP_TEST(flows_have_one_member_each),
		GROUP_TEST(hashes_are_those_of_the_flow),
		GROUP_TEST(packets_without_a_flow_have_a_member),
		GROUP_TEST(turns_and_numbers),
		GROUP_TEST(nobody_there),
		GROUP_TEST(holding_holds_everything),
		GROUP_TEST(each_cause_has_its_counter),
		GROUP_TEST(endpoints_filter_for_themselves),
		GROUP_TEST(own_frames_are_not_seen),
		GROUP_TEST(a_full_ring_is_its_members_loss_only),
		GROUP_TEST(tags_are_put_back),
		GROUP_TEST(the_header_tells_all),
		GROUP_TEST(monstrous_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
