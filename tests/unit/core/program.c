/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests policies by name. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/datagram.h"
#include "core/frag.h"
#include "core/hash.h"
#include "core/parse.h"
#include "core/program.h"

static struct pfq_frag_table frags;
static struct pfq_lane_env env = { .seed = 42, .random = 1, .frags = &frags };
static const struct pfq_group group;	/* no fragment waits in it */
static struct pfq_scratch scratch;
static const struct ends ends = { 1, 2, 1234, 53, 77 };

static struct packet packet;

static struct pfq_view view(const char *kind, const struct ends *e)
{
	memset(&packet, 0, sizeof(packet));
	packet_kind(kind)->build(&packet, e);
	return packet_view(packet_kind(kind), &packet, packet.data, packet.len);
}

static struct pfq_verdict run(const char *policy, struct pfq_view v)
{
	struct pfq_program prog;
	struct pfq_outcome out;

	assert_int_equal(pfq_program_from_policy(&prog, policy), 0);
	memset(&out, 0xff, sizeof(out));
	pfq_program_run(&prog, &v, &out, &env);
	/* For a fragment the group computes the hash. */
	if (out.main.kind == PFQ_VERDICT_DATAGRAM) {
		assert_int_equal(out.main.h1, PFQ_HASH_DATAGRAM);
		assert_int_equal(out.main.flow_hash, 0);
		pfq_datagram_settle(&out, pfq_datagram_hash(&group, NULL, &v, &env, &scratch,
							    &out));
	}
	return out.main;
}

static void policies_are_found_by_name(void **state)
{
	static const struct {
		const char *policy;
		int result;
	} rows[] = {
		{ "copy", 0 },	      { "flow", 0 },	   { "ip", 0 },
		{ "mac", 0 },	      { "vlan", 0 },	   { "rr", 0 },
		{ "random", 0 },      { "rss", 0 },	   { "to:0", 0 },
		{ "to:255", 0 },      { "to:007", 0 },	   { "flow-inner", 0 },
		{ "", -ENOENT },      { "Flow", -ENOENT }, { "flo", -ENOENT },
		{ "flows", -ENOENT }, { "t", -ENOENT },	   { ":", -ENOENT },
		{ "flow:", -EINVAL }, { "flow:1", -EINVAL }, { "to", -EINVAL },
		{ "to:", -EINVAL },   { "to:256", -EINVAL }, { "to:-1", -EINVAL },
		{ "to: 1", -EINVAL }, { "to:1 ", -EINVAL }, { "to:1:2", -EINVAL },
		{ "to:4294967296", -EINVAL }, { "flow-inner:1", -EINVAL },
		{ "flow-inne", -ENOENT },    { "flow-", -ENOENT },
	};
	struct pfq_program prog;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		check_case(rows[i].policy,
			   pfq_program_from_policy(&prog, rows[i].policy) == rows[i].result);
}

/* The error lists the allowed policies, and each of them works. */
static void the_list_has_every_policy(void **state)
{
	char list[PFQ_PROGRAM_LIST_BYTES], *name, *next;
	struct pfq_program prog;
	unsigned int n = 0, i;

	(void)state;
	pfq_program_list(list, 5);
	assert_string_equal(list, "copy");
	pfq_program_list(list, sizeof(list));
	assert_non_null(strstr(list, ", to:N"));
	for (name = list; name; name = next, n++) {
		next = strstr(name, ", ");
		if (next) {
			*next = 0;
			next += 2;
		}
		if (strstr(name, ":N"))
			memcpy(strstr(name, ":N"), ":1", 2);
		assert_int_equal(pfq_program_from_policy(&prog, name), 0);
	}
	for (i = 0; pfq_program_row(i); i++)
		;
	assert_int_equal(i, n);
}

static void copy_needs_nothing(void **state)
{
	struct pfq_view v = view("ip4-tcp", &ends);
	struct pfq_verdict out;

	(void)state;
	out = run("copy", v);
	assert_int_equal(out.kind, PFQ_VERDICT_COPY);
	assert_int_equal(out.classes, PFQ_CLASS_DEFAULT);
	assert_int_equal(out.flow_hash, 0);
	assert_int_equal(out.special, 0);
	assert_int_equal(out.more, 0);
}

static void hashes_steer(void **state)
{
	struct pfq_view v = view("ip4-tcp", &ends);
	struct pfq_verdict out = run("flow", v);

	(void)state;
	pfq_parse(&v);
	assert_int_equal(out.kind, PFQ_VERDICT_STEER);
	assert_int_equal(out.h1, pfq_hash_flow(&v, env.seed));
	assert_int_equal(out.flow_hash, out.h1);
	out = run("ip", v);
	assert_int_equal(out.kind, PFQ_VERDICT_STEER);
	assert_int_equal(out.h1, pfq_hash_addrs(&v, env.seed));
	out = run("mac", v);
	assert_int_equal(out.kind, PFQ_VERDICT_STEER);
	assert_int_equal(out.h1, pfq_hash_macs(&v, env.seed));
}

static void what_has_no_flow_has_slot_0(void **state)
{
	static const char *const kinds[] = { "arp", "lldp", "snap", "bad-version", "cooked" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_int_equal(run("flow", view(kinds[i], &ends)).kind, PFQ_VERDICT_STEER);
		assert_int_equal(run("flow", view(kinds[i], &ends)).h1, 0);
		assert_int_equal(run("ip", view(kinds[i], &ends)).h1, 0);
		assert_int_equal(run("rss", view(kinds[i], &ends)).h1, 0);
	}
	assert_int_equal(run("mac", view("raw-ip4", &ends)).h1, 0);
}

static void vlan_steers_by_id(void **state)
{
	struct pfq_view v = view("ip4-tcp", &ends), w = view("ip6-udp", &ends);
	u32 untagged = run("vlan", v).h1;

	(void)state;
	v.flags = w.flags = PFQ_REC_F_VLAN;
	v.tci = 0x2005;
	w.tci = 0xe005;
	assert_int_equal(run("vlan", v).h1, run("vlan", w).h1);
	w.tci = 0x2006;
	assert_int_not_equal(run("vlan", v).h1, run("vlan", w).h1);
	w.tci = 0x2000;
	assert_int_equal(run("vlan", w).h1, untagged);
	assert_int_equal(run("vlan", w).kind, PFQ_VERDICT_STEER);
}

static void rr_and_to_name_members(void **state)
{
	struct pfq_view v = view("ip4-tcp", &ends);
	struct pfq_verdict out;
	u32 first, i;

	(void)state;
	out = run("rr", v);
	first = out.h1;
	for (i = 1; i < 10; i++) {
		out = run("rr", v);
		assert_int_equal(out.kind, PFQ_VERDICT_TURN);
		assert_int_equal(out.h1, first + i);
	}
	out = run("to:17", v);
	assert_int_equal(out.kind, PFQ_VERDICT_INDEX);
	assert_int_equal(out.h1, 17);
}

static void random_is_even(void **state)
{
	u32 count[8] = { 0 }, i;

	(void)state;
	for (i = 0; i < 80000; i++)
		count[run("random", (struct pfq_view){ .linktype = 1 }).h1 % 8]++;
	/* about 10000 each; the deviation is 94 */
	for (i = 0; i < 8; i++)
		assert_in_range(count[i], 9500, 10500);
}

static void rss_takes_the_devices_hash(void **state)
{
	struct pfq_view v = view("ip4-tcp", &ends);
	struct pfq_verdict out;

	(void)state;
	v.rxhash = 0x12345678;
	out = run("rss", v);
	assert_int_equal(out.kind, PFQ_VERDICT_STEER);
	assert_int_equal(out.h1, 0x12345678);
	/* The device's hash is not the flow hash: records need a symmetric one. */
	assert_int_equal(out.flow_hash, 0);
	v.rxhash = 0;
	assert_int_equal(run("rss", v).h1, run("flow", v).h1);
	assert_int_equal(run("rss", v).flow_hash, run("flow", v).h1);
}

static void policies_tell_what_they_are(void **state)
{
	static const struct {
		const char *policy;
		bool rxhash, flow, is_flow, is_copy, shares;
	} rows[] = {
		{ "copy", false, false, false, true, false },
		{ "flow", false, true, true, false, true },
		{ "flow-inner", false, true, false, false, true },
		{ "ip", false, false, false, false, true },
		{ "mac", false, false, false, false, true },
		{ "vlan", false, false, false, false, true },
		{ "rr", false, false, false, false, false },
		{ "random", false, false, false, false, false },
		{ "rss", true, true, false, false, true },
		{ "to:1", false, false, false, false, true },
	};
	struct pfq_program prog;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(pfq_program_from_policy(&prog, rows[i].policy), 0);
		check_case(rows[i].policy, pfq_program_uses_rxhash(&prog) == rows[i].rxhash);
		check_case(rows[i].policy, pfq_program_uses_flow(&prog) == rows[i].flow);
		check_case(rows[i].policy, pfq_program_is_flow(&prog) == rows[i].is_flow);
		check_case(rows[i].policy, pfq_program_is_copy(&prog) == rows[i].is_copy);
		check_case(rows[i].policy, pfq_program_copies_all(&prog) == rows[i].is_copy);
		check_case(rows[i].policy, pfq_program_has_shares(&prog) == rows[i].shares);
		assert_false(pfq_program_is_special(&prog));
	}
	assert_null(pfq_program_row(i));
}

static void fragments_follow_the_first_seen(void **state)
{
	struct ends e = { 1, 2, 1234, 53, 500 };
	u32 flow = run("flow", view("ip4-udp", &e)).h1, addrs = run("ip", view("ip4-udp", &e)).h1;

	(void)state;
	/* The first fragment has ports: all go with the flow's whole packets. */
	assert_int_equal(run("flow", view("ip4-first", &e)).h1, flow);
	assert_int_equal(run("flow", view("ip4-middle", &e)).h1, flow);
	assert_int_equal(run("flow", view("ip4-last", &e)).h1, flow);
	/* The last fragment of another datagram comes first: all of it goes by addresses. */
	e.id = 501;
	assert_int_equal(run("flow", view("ip4-last", &e)).h1, addrs);
	assert_int_equal(run("flow", view("ip4-first", &e)).h1, addrs);
	assert_int_equal(run("flow", view("ip4-middle", &e)).h1, addrs);
	assert_int_not_equal(flow, addrs);
	/* rss uses the same decision. */
	assert_int_equal(run("rss", view("ip4-middle", &e)).h1, addrs);
}

/* A program of one policy leaves the classes of its verdict among those that it can address. */
static void policies_address_their_classes(void **state)
{
	const struct pfq_program_row *row;
	struct pfq_view v = view("ip4-tcp", &ends);
	struct pfq_program prog;
	struct pfq_outcome out;
	char policy[16];
	unsigned int i;

	(void)state;
	for (i = 0; (row = pfq_program_row(i)); i++) {
		snprintf(policy, sizeof(policy), "%s%s", row->name,
			 row->symbol == PFQ_LANG_STEER_TO ? ":1" : "");
		assert_int_equal(pfq_program_from_policy(&prog, policy), 0);
		pfq_program_run(&prog, &v, &out, &env);
		assert_true(pfq_program_classes(&prog) == out.main.classes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_found_by_name),
		cmocka_unit_test(the_list_has_every_policy),
		cmocka_unit_test(copy_needs_nothing),
		cmocka_unit_test(hashes_steer),
		cmocka_unit_test(what_has_no_flow_has_slot_0),
		cmocka_unit_test(vlan_steers_by_id),
		cmocka_unit_test(rr_and_to_name_members),
		cmocka_unit_test(random_is_even),
		cmocka_unit_test(rss_takes_the_devices_hash),
		cmocka_unit_test(policies_tell_what_they_are),
		cmocka_unit_test(fragments_follow_the_first_seen),
		cmocka_unit_test(policies_address_their_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
