/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what the parser finds in packets of every kind, whole and cut at every length. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/parse.h"

static const struct ends ends = { 1, 2, 1234, 53, 0x1122 };

static void build(const struct packet_kind *kind, struct packet *p)
{
	memset(p, 0, sizeof(*p));
	kind->build(p, &ends);
}

static void finds_the_flow_of_whole_packets(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < packet_kinds_count; i++) {
		const struct packet_kind *k = &packet_kinds[i];
		struct packet p;
		struct pfq_view v;

		build(k, &p);
		v = packet_view(k, &p, p.data, p.len);
		pfq_parse(&v);
		check_case(k->name, v.flow.parsed);
		check_case(k->name, v.flow.version == k->version);
		check_case(k->name, v.flow.proto == k->proto);
		check_case(k->name, v.flow.flags == k->flags);
		if (!k->version)
			continue;
		check_case(k->name, v.flow.l3_offset == p.l3);
		if (strcmp(k->name, "ip6-exts-too-many"))
			check_case(k->name, v.flow.l4_offset == p.l4);
		if (k->flags & PFQ_FLOW_PORTS) {
			check_case(k->name, v.flow.sport == ends.sport);
			check_case(k->name, v.flow.dport == ends.dport);
		} else {
			check_case(k->name, !v.flow.sport && !v.flow.dport);
		}
		if (k->flags & PFQ_FLOW_FRAG)
			check_case(k->name, v.flow.frag_id == ends.id);
	}
}

/* The fast paths find the same as the slow path. */
static bool agrees_with_slow(const struct pfq_view *v)
{
	struct pfq_view slow = *v;
	const struct pfq_flow *a = &v->flow, *b = &slow.flow;

	pfq_parse_slow(&slow);
	return a->parsed == b->parsed && a->version == b->version && a->proto == b->proto &&
	       a->flags == b->flags && a->l3_offset == b->l3_offset &&
	       a->l4_offset == b->l4_offset && a->sport == b->sport && a->dport == b->dport &&
	       a->frag_id == b->frag_id;
}

/* The parser finds in a cut packet a part of what it finds in the whole one. */
static void check_cut(const struct packet_kind *k, const struct packet *p, u32 caplen)
{
	u8 *data = packet_exact(p, caplen);
	struct pfq_view v = packet_view(k, p, data, caplen);
	const struct pfq_flow *f = &v.flow;

	/* values left from an earlier packet */
	memset(&v.flow, 0xff, sizeof(v.flow));
	v.flow.parsed = 0;
	pfq_parse(&v);
	check_case(k->name, f->parsed);
	check_case(k->name, agrees_with_slow(&v));
	check_case(k->name, !f->version || f->version == k->version);
	check_case(k->name, !(f->flags & ~k->flags));
	check_case(k->name, !f->l4_offset || f->l4_offset < caplen);
	if (f->version)
		check_case(k->name, f->l3_offset + (f->version == 4 ? 20U : 40U) <= caplen);
	else
		check_case(k->name, !f->flags && !f->l4_offset);
	if (f->flags & PFQ_FLOW_PORTS)
		check_case(k->name, f->l4_offset && f->l4_offset + 4U <= caplen &&
					    f->sport == ends.sport && f->dport == ends.dport);
	if (k->flags & PFQ_FLOW_PORTS && caplen >= p->l4 + 4)
		check_case(k->name, f->flags & PFQ_FLOW_PORTS);
	free(data);
}

static void stays_within_caplen(void **state)
{
	unsigned int i;
	u32 caplen;

	(void)state;
	for (i = 0; i < packet_kinds_count; i++) {
		struct packet p;

		build(&packet_kinds[i], &p);
		for (caplen = 0; caplen <= p.len; caplen++)
			check_cut(&packet_kinds[i], &p, caplen);
	}
}

/*
 * Any byte may have any value: the parser reads nothing beyond the end and finds no offset
 * there.
 */
static void stays_within_caplen_of_spoilt_packets(void **state)
{
	u64 seed = 88172645463325252ULL;
	unsigned int i, n;

	(void)state;
	for (n = 0; n < 200000; n++) {
		const struct packet_kind *k = &packet_kinds[n % packet_kinds_count];
		struct packet p;
		struct pfq_view v;
		u8 *data;
		u32 caplen;

		build(k, &p);
		for (i = 0; i < 3; i++)
			p.data[check_random(&seed) % p.len] = (u8)check_random(&seed);
		caplen = (u32)(check_random(&seed) % (p.len + 1));
		data = packet_exact(&p, caplen);
		v = packet_view(k, &p, data, caplen);
		pfq_parse(&v);
		check_case(k->name, agrees_with_slow(&v));
		assert_true(v.flow.l4_offset < caplen || !v.flow.l4_offset);
		if (v.flow.version)
			assert_true(v.flow.l3_offset + (v.flow.version == 4 ? 20U : 40U) <= caplen);
		free(data);
	}
}

static void parses_once(void **state)
{
	const struct packet_kind *k = packet_kind("ip4-tcp");
	struct packet p;
	struct pfq_view v;

	(void)state;
	build(k, &p);
	v = packet_view(k, &p, p.data, p.len);
	pfq_parse(&v);
	v.flow.sport = 9;
	pfq_parse(&v);
	assert_int_equal(v.flow.sport, 9);
	/* A caller that reuses a view clears parsed. No other old value may stay. */
	v.flow.parsed = 0;
	v.flow.frag_id = 7;
	v.flow.flags = PFQ_FLOW_FRAG;
	pfq_parse(&v);
	assert_int_equal(v.flow.sport, ends.sport);
	assert_int_equal(v.flow.flags, PFQ_FLOW_PORTS);
	assert_int_equal(v.flow.frag_id, 0);
}

static void finds_the_addresses(void **state)
{
	static const char *const names[] = { "ip4-tcp", "ip6-udp", "mpls-ip6", "raw-ip4" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct packet_kind *k = packet_kind(names[i]);
		struct packet p;
		struct pfq_view v;
		u32 bytes;

		build(k, &p);
		v = packet_view(k, &p, p.data, p.len);
		pfq_parse(&v);
		bytes = v.flow.version == 4 ? 4 : 16;
		check_case(k->name, pfq_flow_saddr(&v)[bytes - 1] == ends.src);
		check_case(k->name, pfq_flow_daddr(&v)[bytes - 1] == ends.dst);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_flow_of_whole_packets),
		cmocka_unit_test(stays_within_caplen),
		cmocka_unit_test(stays_within_caplen_of_spoilt_packets),
		cmocka_unit_test(parses_once),
		cmocka_unit_test(finds_the_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
