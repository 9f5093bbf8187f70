/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that an ICMP error gets the hash of the flow that it quotes. */
#include <stdlib.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/datagram.h"
#include "core/frag.h"
#include "core/hash.h"
#include "core/icmp.h"
#include "core/parse.h"
#include "core/program.h"

#define SEED	42
#define ROUTER	0x990909

static struct pfq_frag_table frags;
static const struct pfq_group group;	/* no fragment waits in it */
static struct pfq_scratch scratch;
static struct pfq_lane_env env = { .seed = SEED, .random = 1, .frags = &frags };

/* Hash a packet in memory of exactly its size, so that ASan sees a read beyond it. */
static u32 hash_of(const char *link_kind, const struct packet *p)
{
	u8 *exact = packet_exact(p, p->len);
	struct pfq_view v = packet_view(packet_kind(link_kind), p, exact, p->len);
	u32 hash = pfq_program_flow_hash(&v, &env);

	if (hash == PFQ_HASH_DATAGRAM)
		hash = pfq_datagram_hash(&group, NULL, &v, &env, &scratch, NULL);
	free(exact);
	return hash;
}

static u32 hash_of_kind(const char *kind, const struct ends *e)
{
	struct packet p = { .len = 0 };

	packet_kind(kind)->build(&p, e);
	return hash_of(kind, &p);
}

static u32 hash_of_addrs(const char *kind, const struct ends *e)
{
	struct packet p = { .len = 0 };
	struct pfq_view v;

	packet_kind(kind)->build(&p, e);
	v = packet_view(packet_kind(kind), &p, p.data, p.len);
	pfq_parse(&v);
	return pfq_hash_addrs(&v, SEED);
}

/*
 * Hash an error that quotes a packet of @kind: @bytes of it from its network header on; ~0:
 * all.
 */
static u32 hash_of_error(const char *kind, const struct ends *e, u32 bytes, u8 type, u32 from,
			 const char *link_kind)
{
	struct packet quoted = { .len = 0 }, p;

	packet_kind(kind)->build(&quoted, e);
	bytes = min_t(u32, bytes, quoted.len - quoted.l3);
	packet_quote(&p, &quoted, bytes, type, from, link_kind);
	return hash_of(link_kind, &p);
}

static const struct ends ends = { 1, 2, 1234, 53, 77 };

static void errors_go_with_their_flow(void **state)
{
	static const struct {
		const char *kind, *link_kind;
		u8 type[5];
	} rows[] = {
		{ "ip4-udp", "ip4-tcp", { 3, 4, 5, 11, 12 } },
		{ "ip4-tcp", "tag-8100", { 3, 4, 5, 11, 12 } },
		{ "ip4-options", "mpls-ip4", { 3, 4, 5, 11, 12 } },
		{ "ip4-sctp", "pppoe-ip4", { 3, 4, 5, 11, 12 } },
		{ "ip4-gre", "raw-ip4", { 3, 4, 5, 11, 12 } },
		{ "ip4-icmp", "ip4-tcp", { 3, 4, 5, 11, 12 } },
		{ "ip4-first", "ip4-tcp", { 3, 4, 5, 11, 12 } },
		{ "ip4-last-gre", "ip4-tcp", { 3, 4, 5, 11, 12 } },
		{ "ip6-udp", "ip6-tcp", { 1, 2, 3, 4, 4 } },
		{ "ip6-tcp", "tag-ip6", { 1, 2, 3, 4, 4 } },
		{ "ip6-many", "mpls-ip6", { 1, 2, 3, 4, 4 } },
		{ "ip6-esp", "pppoe-ip6", { 1, 2, 3, 4, 4 } },
		{ "ip6-first", "raw-ip6", { 1, 2, 3, 4, 4 } },
	};
	struct ends e[2] = { ends, ends_reversed(&ends) };
	u32 i, k, n, h;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		h = hash_of_kind(rows[i].kind, &ends);
		for (k = 0; k < 5; k++)
			for (n = 0; n < 4; n++)
				check_case(rows[i].kind,
					   hash_of_error(rows[i].kind, &e[n % 2], ~0U,
							 rows[i].type[k], n / 2 ? ROUTER : 0,
							 rows[i].link_kind) == h);
	}
}

static void others_are_not_looked_into(void **state)
{
	struct ends icmp4 = { 2, 1, 0, 0, 0 };
	u32 h4 = hash_of_kind("ip4-icmp", &icmp4), h6 = hash_of_kind("ip6-icmp", &icmp4), type;

	(void)state;
	for (type = 0; type < 256; type++) {
		bool error4 = (type >= 3 && type <= 5) || type == 11 || type == 12;
		bool error6 = type >= 1 && type <= 4;
		u32 got4 = hash_of_error("ip4-udp", &ends, ~0U, (u8)type, 0, "ip4-tcp");
		u32 got6 = hash_of_error("ip6-udp", &ends, ~0U, (u8)type, 0, "ip6-tcp");

		assert_int_equal(got4 == h4, !error4);
		assert_int_equal(got6 == h6, !error6);
	}
}

/*
 * An error goes by the addresses that it quotes. If it quotes too little, it goes by its
 * own, as any ICMP packet.
 */
static void cut_quotes_go_by_addresses(void **state)
{
	struct ends own = { ROUTER, 1, 0, 0, 0 };
	u32 flow4 = hash_of_kind("ip4-udp", &ends), flow6 = hash_of_kind("ip6-udp", &ends);
	u32 bytes, want;

	(void)state;
	for (bytes = 0; bytes < 40; bytes++) {
		want = bytes >= 24 ? flow4 : bytes >= 20 ? hash_of_addrs("ip4-udp", &ends) :
							   hash_of_kind("ip4-icmp", &own);
		assert_int_equal(hash_of_error("ip4-udp", &ends, bytes, 3, ROUTER, "ip4-tcp"),
				 want);
	}
	for (bytes = 0; bytes < 60; bytes++) {
		want = bytes >= 44 ? flow6 : bytes >= 40 ? hash_of_addrs("ip6-udp", &ends) :
							   hash_of_kind("ip6-icmp", &own);
		assert_int_equal(hash_of_error("ip6-udp", &ends, bytes, 2, ROUTER, "ip6-tcp"),
				 want);
	}
	/* A protocol without ports has only addresses and protocol, in whole packets too. */
	assert_int_equal(hash_of_error("ip4-gre", &ends, 20, 3, ROUTER, "ip4-tcp"),
			 hash_of_kind("ip4-gre", &ends));
}

/* The error goes where its datagram has gone. The lookup decides nothing for the datagram. */
static void quotes_of_later_fragments_follow_the_datagram(void **state)
{
	static const char *const kinds[2][3] = { { "ip4-first", "ip4-last", "ip4-tcp" },
						 { "ip6-first", "ip6-last", "ip6-tcp" } };
	struct ends e = ends;
	u32 i, first;

	(void)state;
	for (i = 0; i < 2; i++) {
		u8 type = i ? 1 : 11;

		e.id = 900 + i;
		assert_int_equal(hash_of_error(kinds[i][1], &e, ~0U, type, 0, kinds[i][2]),
				 hash_of_addrs(kinds[i][0], &e));
		first = hash_of_kind(kinds[i][0], &e);
		assert_int_not_equal(first, hash_of_addrs(kinds[i][0], &e));
		assert_int_equal(hash_of_error(kinds[i][1], &e, ~0U, type, 0, kinds[i][2]), first);
		assert_int_equal(hash_of_kind(kinds[i][1], &e), first);
	}
}

/* An IPv4 error about IPv6, and random bytes, are no errors about a flow. */
static void what_quotes_nothing_is_no_error(void **state)
{
	struct packet quoted = { .len = 0 }, p;
	u32 h4 = hash_of_kind("ip4-icmp", &(struct ends){ 2, 1, 0, 0, 0 }), i;

	(void)state;
	packet_kind("ip4-udp")->build(&quoted, &ends);
	packet_quote(&p, &quoted, 28, 3, 0, "ip4-tcp");
	for (i = 0; i < 16; i++) {
		p.data[p.l4 + 8] = (u8)(i << 4 | (i == 4 ? 4 : 5));
		assert_int_equal(hash_of("ip4-tcp", &p), h4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_go_with_their_flow),
		cmocka_unit_test(others_are_not_looked_into),
		cmocka_unit_test(cut_quotes_go_by_addresses),
		cmocka_unit_test(quotes_of_later_fragments_follow_the_datagram),
		cmocka_unit_test(what_quotes_nothing_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
