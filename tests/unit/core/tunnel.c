/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Finds what is inside tunnels of every kind, cut short anywhere. */
#include <stdlib.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"
#include "core/parse.h"
#include "core/tunnel.h"

static const struct ends ends = { 1, 2, 1234, 53, 77 };

static struct pfq_view whole(const struct packet_kind *kind, struct packet *p)
{
	struct pfq_view v;

	memset(p, 0, sizeof(*p));
	kind->build(p, &ends);
	v = packet_view(kind, p, p->data, p->len);
	pfq_parse(&v);
	return v;
}

/* The parser finds the outer packet, and pfq_tunnel_find() the tunnel's kind and id. */
static void each_kind_is_found(void **state)
{
	struct pfq_tunnel t;
	struct packet p;
	struct pfq_view v;
	unsigned int i;

	(void)state;
	for (i = 0; i < packet_tunnels_count; i++) {
		const struct packet_tunnel *k = &packet_tunnels[i];

		v = whole(&k->packet, &p);
		check_case(k->packet.name, v.flow.version == k->packet.version);
		check_case(k->packet.name, v.flow.proto == k->packet.proto);
		check_case(k->packet.name, v.flow.flags == k->packet.flags);
		check_case(k->packet.name, pfq_tunnel_find(&v, &t) == (k->kind != 0));
		check_case(k->packet.name, t.kind == k->kind && t.has_id == k->has_id);
		check_case(k->packet.name, !t.has_id || t.id == k->id);
	}
}

/* Enter one tunnel after the other. Returns their number; *v is the innermost packet. */
static u32 enter_all(const char *name, const struct packet *p, struct pfq_view *v)
{
	struct pfq_view in;
	u32 n;

	for (n = 0; pfq_tunnel_enter(v, &in); n++) {
		check_case(name, n < p->tunnels);
		check_case(name, in.data == p->data + p->inside[n].off);
		check_case(name, in.linktype == p->inside[n].linktype);
		check_case(name, in.caplen == p->len - p->inside[n].off && in.len == in.caplen);
		check_case(name, in.ts_ns == v->ts_ns && in.ifindex == v->ifindex);
		*v = in;
	}
	return n;
}

static void the_packet_inside_is_found(void **state)
{
	unsigned int i;
	struct packet p;
	struct pfq_view v;
	const char *name;

	(void)state;
	for (i = 0; i < packet_tunnels_count; i++) {
		name = packet_tunnels[i].packet.name;
		v = whole(&packet_tunnels[i].packet, &p);
		check_case(name, enter_all(name, &p, &v) == p.tunnels);
		if (!p.tunnels || strstr(name, "arp"))
			continue;
		check_case(name, v.data + v.flow.l3_offset == p.data + p.l3);
		check_case(name, v.data + v.flow.l4_offset == p.data + p.l4);
		if (!pfq_flow_is_later(&v))
			check_case(name, v.flow.sport == ends.sport && v.flow.dport == ends.dport);
	}
}

/* A packet that is cut short has no more inside than the whole one, and nothing beyond its end. */
static void cut_short_anywhere(void **state)
{
	struct packet p;
	struct pfq_view v, in;
	unsigned int i, n;
	u32 caplen;
	u8 *exact;

	(void)state;
	for (i = 0; i < packet_tunnels_count; i++) {
		whole(&packet_tunnels[i].packet, &p);
		for (caplen = 0; caplen < p.len; caplen++) {
			exact = packet_exact(&p, caplen);
			v = packet_view(&packet_tunnels[i].packet, &p, exact, caplen);
			pfq_parse(&v);
			for (n = 0; pfq_tunnel_enter(&v, &in); n++, v = in) {
				check_case("inside", n < p.tunnels);
				check_case("at", in.data == exact + p.inside[n].off);
				check_case("end", in.data + in.caplen == exact + caplen);
				check_case("len", in.len == p.len - p.inside[n].off);
			}
			if (p.tunnels && caplen < p.inside[0].off + 14)
				check_case("early", n == 0);
			free(exact);
		}
	}
}

/* The first byte of IP or the last of the MAC header's type makes the difference. */
static void the_last_byte_that_is_needed(void **state)
{
	static const struct {
		const char *name;
		u32 bytes;	/* of the inner packet */
	} rows[] = {
		{ "ipip-44", 20 }, { "ipip-46", 40 }, { "gre-64", 20 }, { "gre-mpls-66", 40 },
		{ "vxlan-44", 14 }, { "geneve-66", 14 }, { "geneve-ip-46", 40 },
		{ "gtp-ext-44", 20 }, { "erspan1-44", 14 }, { "erspan3-sub-44", 14 },
	};
	struct pfq_view v, in;
	struct packet p;
	unsigned int i;
	u32 n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (n = 0; n < 2; n++) {
			v = whole(&packet_tunnel(rows[i].name)->packet, &p);
			v.caplen = p.inside[0].off + rows[i].bytes - n;
			v.flow.parsed = 0;
			pfq_parse(&v);
			check_case(rows[i].name, pfq_tunnel_enter(&v, &in) == !n);
		}
}

/* The outer packet's VLAN tag is not the inner one's. */
static void tags_of_the_frame_inside(void **state)
{
	struct pfq_view v, in;
	struct packet p;

	(void)state;
	v = whole(&packet_tunnel("vxlan-linux-44")->packet, &p);
	v.flags |= PFQ_REC_F_VLAN | PFQ_REC_F_OUT;
	v.tci = 7;
	assert_true(pfq_tunnel_enter(&v, &in));
	assert_int_equal(in.flags, PFQ_REC_F_VLAN | PFQ_REC_F_OUT);
	assert_int_equal(in.tci, 0x2000 | 100);
	assert_int_equal(v.tci, 7);
	v = whole(&packet_tunnel("vxlan-44")->packet, &p);
	v.flags |= PFQ_REC_F_VLAN | PFQ_REC_F_OUT;
	assert_true(pfq_tunnel_enter(&v, &in));
	assert_int_equal(in.flags, PFQ_REC_F_OUT);
}

/* Packets that are in no tunnel */
static void other_packets_are_no_tunnels(void **state)
{
	struct pfq_tunnel t;
	struct pfq_view v, in;
	struct packet p;
	unsigned int i;

	(void)state;
	for (i = 0; i < packet_kinds_count; i++) {
		v = whole(&packet_kinds[i], &p);
		check_case(packet_kinds[i].name, !pfq_tunnel_enter(&v, &in));
		/* the bytes behind their IP header look like GRE of another version */
		check_case(packet_kinds[i].name, !pfq_tunnel_find(&v, &t) && !t.kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_found),
		cmocka_unit_test(the_packet_inside_is_found),
		cmocka_unit_test(cut_short_anywhere),
		cmocka_unit_test(the_last_byte_that_is_needed),
		cmocka_unit_test(tags_of_the_frame_inside),
		cmocka_unit_test(other_packets_are_no_tunnels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
