/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Each symbol of linux/pfq_lang.h on packets of each kind, cut short at each header: both
 * dispatchers and the model must agree. A symbol that the model does not know fails, so the table
 * is complete. cells[] has answers that were written down by hand.
 */
#include "core/core.c"

#include "tests/unit/fixture/blob_args.h"
#include "tests/unit/fixture/lang_twins.h"
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"

#define CUTS_MAX	(40 + 3 * PACKET_EDGES_MAX)

#define SYMBOL_TEXT(name, text, type, args, units, help)	#name,

static const char *const symbol_names[] = { PFQ_LANG_SYMBOLS(SYMBOL_TEXT) };

/* --- packets -------------------------------------------------------------------------- */

/* Put on @p what few packets have: group addresses, telephony, flags. */
static void dress(struct packet *p, const struct packet_kind *kind, u32 n)
{
	u32 at = kind->version == 4 ? 16 : 24;

	if (n == 1) {
		memset(p->data, 0xff, 6);
		if (kind->version)
			memset(p->data + p->l3 + at, 0xff, kind->version == 4 ? 4 : 16);
	} else if (n == 2) {
		memset(p->data + 6, 0xff, 6);
		p->data[0] |= 1;
		if (kind->version)
			p->data[p->l3 + at] = 0xef;
	} else if (n == 3) {
		p->data[6] |= 1;
		if (kind->version)
			p->data[p->l3 + at - (kind->version == 4 ? 4 : 16)] =
				kind->version == 4 ? 224 : 255;
	}
	if (n && kind->proto == 17 && p->l4 && p->l4 + 9 < p->len) {
		p->data[p->l4 + 8] = 0x80;
		p->data[p->l4 + 9] = n == 4 ? 208 : n == 3 ? 201 : 96;
	}
	/* as of a packet that the host has joined */
	if (n == 4 && kind->version)
		memset(p->data + p->l3 + (kind->version == 4 ? 2 : 4), 0, 2);
	if (kind->proto == 6 && p->l4 && p->l4 + 13 < p->len)
		p->data[p->l4 + 13] = (u8)(n * 9);
}

static const struct ends dresses[] = {
	{ 1, 2, 1234, 53, 77 }, { 1, 2, 5060, 40000, 78 }, { 3, 1, 4000, 4002, 79 },
	{ 1, 9, 4001, 4003, 80 }, { 1, 9, 4001, 4003, 81 },
};

/* Lengths to cut a packet at: about each header's beginning and end. */
static u32 cuts_of_tunnel(const struct packet *p, u32 *cut)
{
	u32 i, n = 0;

	for (i = 0; i < p->edges; i++) {
		cut[n++] = p->edge[i];
		cut[n++] = p->edge[i] - !!p->edge[i];
		cut[n++] = min_t(u32, p->edge[i] + 1 + i % 7, p->len);
	}
	cut[n++] = p->len;
	return n;
}

static u32 cuts_of(const struct packet *p, u32 *cut)
{
	const u32 all[] = {
		0, 5, 6, 11, 12, 13, 14, 15, 17, 18, 21, 22, p->l3 + 1, p->l3 + 19, p->l3 + 20,
		p->l3 + 39, p->l3 + 40, p->l3 + 41, p->l3 + 47, p->l3 + 48, p->l4 + 1, p->l4 + 2,
		p->l4 + 3, p->l4 + 4, p->l4 + 5, p->l4 + 6, p->l4 + 8, p->l4 + 9, p->l4 + 10,
		p->l4 + 13, p->l4 + 14, p->l4 + 20, p->len - 1, p->len,
	};
	u32 i, n = 0;

	_Static_assert(ARRAY_SIZE(all) <= CUTS_MAX, "there is room for all cuts");
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] <= p->len)
			cut[n++] = all[i];
	return n;
}

/* As it comes untagged, or tagged and with all that a device may say. */
static struct pfq_view view_of(const struct packet_kind *kind, const struct packet *p,
			       const u8 *data, u32 caplen, bool rich)
{
	struct pfq_view v = packet_view(kind, p, data, caplen);

	v.ifindex = rich ? TWINS_IFINDEX : TWINS_IFINDEX + 1;
	v.queue = rich ? 3 : PFQ_QUEUE_UNKNOWN;
	if (rich) {
		v.flags = PFQ_REC_F_VLAN | PFQ_REC_F_OUT;
		v.tci = 0x6064;
		v.rxhash = 0x12345678;
		v.pkttype = 4;
	}
	return v;
}

/* A packet, cut in all ways */
struct cut_packet {
	const struct packet_kind *kind;
	struct packet packet;
	struct pfq_view whole;
	u32 cut[CUTS_MAX], cuts;
	u8 *data[CUTS_MAX];
};

static void cut_packet_make(struct cut_packet *c, const struct packet_kind *kind, u32 n,
			    bool is_tunnel)
{
	u32 i;

	c->kind = kind;
	memset(&c->packet, 0, sizeof(c->packet));
	kind->build(&c->packet, &dresses[n]);
	if (!is_tunnel)
		dress(&c->packet, kind, n);
	c->cuts = (is_tunnel ? cuts_of_tunnel : cuts_of)(&c->packet, c->cut);
	for (i = 0; i < c->cuts; i++)
		c->data[i] = packet_exact(&c->packet, c->cut[i]);
	c->whole = packet_view(kind, &c->packet, c->packet.data, c->packet.len);
	pfq_parse_slow(&c->whole);
}

static void cut_packet_free(struct cut_packet *c)
{
	u32 i;

	for (i = 0; i < c->cuts; i++)
		free(c->data[i]);
}

static void check_program(const char *name, const struct blob *b, const struct cut_packet *c)
{
	struct twins t = twins_open(b);
	u32 i;

	for (i = 0; i < 2 * c->cuts; i++)
		twins_check(name, &t, view_of(c->kind, &c->packet, c->data[i / 2], c->cut[i / 2],
					      i % 2));
	twins_close(&t);
}

/* Does a symbol have one set of arguments only? */
static bool has_no_variants(u32 symbol)
{
	const struct pfq_lang_row *row = pfq_lang_row(symbol);

	return row->args == PFQ_LANG_ARGS_NONE && row->type != PFQ_LANG_PROP;
}

static void check_kind(const struct packet_kind *kind, u32 n)
{
	static struct cut_packet c;
	static struct blob b;
	u32 symbol, variant;
	char name[96];

	cut_packet_make(&c, kind, n, false);
	for (symbol = 0; symbol < __PFQ_LANG_SYMBOL_MAX; symbol++) {
		for (variant = 0; variant < BLOB_VARIANTS; variant++) {
			blob_symbol(&b, symbol, variant, &c.whole, 0);
			snprintf(name, sizeof(name), "%s, variant %u, on %s, dress %u",
				 symbol_names[symbol], variant, kind->name, n);
			check_program(name, &b, &c);
			if (has_no_variants(symbol))
				break;
		}
	}
	cut_packet_free(&c);
}

static void bodies_agree_on_all_packets(void **state)
{
	u32 i, n;

	(void)state;
	twins_begin();
	for (i = 0; i < packet_kinds_count; i++)
		for (n = 0; n < ARRAY_SIZE(dresses); n++)
			check_kind(&packet_kinds[i], n);
}

/* Outside of the tunnel, inside, and inside of all tunnels. */
static void check_tunnel(const struct packet_kind *kind)
{
	static const u32 tunnels[] = { 0, 1, PFQ_LANG_TUNNELS_MAX };
	static struct cut_packet c;
	static struct blob b;
	u32 symbol, i;
	char name[96];

	cut_packet_make(&c, kind, 0, true);
	for (symbol = 0; symbol < __PFQ_LANG_SYMBOL_MAX; symbol++) {
		for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
			blob_symbol(&b, symbol, i, &c.whole, tunnels[i]);
			snprintf(name, sizeof(name), "%s inside %u, on %s", symbol_names[symbol],
				 tunnels[i], kind->name);
			check_program(name, &b, &c);
		}
	}
	cut_packet_free(&c);
}

static void bodies_agree_on_all_tunnels(void **state)
{
	u32 i;

	(void)state;
	twins_begin();
	for (i = 0; i < packet_tunnels_count; i++)
		check_tunnel(&packet_tunnels[i].packet);
}

/* --- by hand -------------------------------------------------------------------------- */

/* Does a packet of that kind, from 1234 to 53, pass a filter? */
static const struct {
	u32 symbol;
	u64 first, last;
	const char *kind;
	bool passes;
} cells[] = {
	{ PFQ_LANG_IS_TCP, 0, 0, "ip4-tcp", true },
	{ PFQ_LANG_IS_TCP, 0, 0, "ip6-ah", true },
	{ PFQ_LANG_IS_TCP, 0, 0, "ip4-udp", false },
	{ PFQ_LANG_IS_UDP, 0, 0, "ip4-last", true },
	{ PFQ_LANG_IS_UDP, 0, 0, "mpls-ip6", true },
	{ PFQ_LANG_IS_UDP, 0, 0, "arp", false },
	{ PFQ_LANG_IS_ICMP, 0, 0, "ip6-icmp", true },
	{ PFQ_LANG_IS_FLOW, 0, 0, "ip4-sctp", true },
	{ PFQ_LANG_IS_FLOW, 0, 0, "ip4-last", false },
	{ PFQ_LANG_IS_L3_PROTO, 0x806, 0, "arp", true },
	{ PFQ_LANG_IS_L3_PROTO, 0x88cc, 0, "lldp", true },
	{ PFQ_LANG_IS_L3_PROTO, 0x86dd, 0, "raw-ip6", true },
	{ PFQ_LANG_IS_L3_PROTO, 0x800, 0, "tags-most", true },
	{ PFQ_LANG_IS_L3_PROTO, 0x800, 0, "cooked", false },
	{ PFQ_LANG_IS_FRAG, 0, 0, "ip6-atomic", false },
	{ PFQ_LANG_IS_FIRST_FRAG, 0, 0, "ip6-hop-first", true },
	{ PFQ_LANG_IS_MORE_FRAG, 0, 0, "ip6-first", false },
	{ PFQ_LANG_HAS_PORT, 53, 53, "tag-pppoe", true },
	{ PFQ_LANG_HAS_PORT, 53, 53, "ip4-last", false },
	{ PFQ_LANG_HAS_SRC_PORT, 53, 53, "ip4-tcp", false },
	{ PFQ_LANG_HAS_VID, 0, 0, "ip4-tcp", true },
	{ PFQ_LANG_IS_MPLS, 0, 0, "mpls-pseudowire", true },
	{ PFQ_LANG_IS_MPLS, 0, 0, "ip4-tcp", false },
	{ PFQ_LANG_IS_PPPOE, 0, 0, "pppoe-lcp", true },
	{ PFQ_LANG_IS_PPPOE, 0, 0, "pppoe-discovery", false },
	{ PFQ_LANG_IP_PROTO, 132, 132, "ip4-sctp", true },
	{ PFQ_LANG_TCP_SOURCE, 1234, 1234, "ip6-tcp", true },
	{ PFQ_LANG_UDP_DEST, 53, 53, "ip6-many", true },
	{ PFQ_LANG_UDP_DEST, 0, 65535, "ip4-tcp", false },
	{ PFQ_LANG_IP_ID, 77, 77, "ip4-last", true },
	{ PFQ_LANG_IP_ID, 0, ~0U, "ip6-udp", false },
	{ PFQ_LANG_IP_ID, 0, ~0U, "ip6-atomic", true },
	{ PFQ_LANG_IP_FRAG, 1, ~0U, "ip6-last", true },
	{ PFQ_LANG_VLAN_ID, 0, ~0U, "ip4-tcp", false },
	{ PFQ_LANG_MPLS_LABEL, 0, ~0U, "mpls-most", true },
	{ PFQ_LANG_MPLS_LABEL, 0, ~0U, "mpls-too-many", false },
	{ PFQ_LANG_QUEUE, 0, ~0U, "ip4-tcp", false },
	{ PFQ_LANG_IS_TUNNEL, 0, 0, "gre-46", true },
	{ PFQ_LANG_IS_TUNNEL, 0, 0, "gre-arp-44", false },
	{ PFQ_LANG_IS_TUNNEL, 0, 0, "gtp-echo-44", false },
	{ PFQ_LANG_IS_TUNNEL, 0, 0, "mpls-ip4", false },
	{ PFQ_LANG_IS_IPIP, 0, 0, "ipip-64", true },
	{ PFQ_LANG_IS_IPIP, 0, 0, "ipip-last-44", false },
	{ PFQ_LANG_IS_GRE, 0, 0, "gre-arp-66", true },
	{ PFQ_LANG_IS_GRE, 0, 0, "erspan2-44", true },
	{ PFQ_LANG_IS_GRE, 0, 0, "gre-version-44", false },
	{ PFQ_LANG_IS_ERSPAN, 0, 0, "erspan3-sub-66", true },
	{ PFQ_LANG_IS_ERSPAN, 0, 0, "gre-frame-44", false },
	{ PFQ_LANG_IS_VXLAN, 0, 0, "vxlan-linux-44", true },
	{ PFQ_LANG_IS_VXLAN, 0, 0, "vxlan-reply-44", false },
	{ PFQ_LANG_IS_GENEVE, 0, 0, "geneve-ip-66", true },
	{ PFQ_LANG_IS_GTP, 0, 0, "gtp-c2-echo-44", true },
	{ PFQ_LANG_IS_GTP, 0, 0, "gtp-prime-44", false },
	{ PFQ_LANG_IS_GTP_UP, 0, 0, "gtp-reply-66", true },
	{ PFQ_LANG_IS_GTP_UP, 0, 0, "gtp-c1-44", false },
	{ PFQ_LANG_IS_GTP_CP, 0, 0, "gtp-c1-66", true },
	{ PFQ_LANG_TUNNEL_ID, 5001, 5001, "vxlan-66", true },
	{ PFQ_LANG_TUNNEL_ID, 0xabcdef, 0xabcdef, "gre-frame-44", true },
	{ PFQ_LANG_TUNNEL_ID, 0, ~0U, "gre-44", false },
	{ PFQ_LANG_TUNNEL_ID, 0, ~0U, "gtp-c2-echo-44", false },
	{ PFQ_LANG_SAMPLE, 0, 0, "ip4-tcp", false },
	{ PFQ_LANG_SAMPLE, 1ULL << 32, 0, "ip4-tcp", true },
	{ PFQ_LANG_SAMPLE_IP, 1ULL << 32, 0, "arp", false },
};

static void cells_are_right(void **state)
{
	static struct blob b;
	const struct packet_kind *kind;
	struct pfq_outcome out;
	struct packet p;
	struct twins t;
	char name[96];
	u32 i;

	(void)state;
	twins_begin();
	for (i = 0; i < ARRAY_SIZE(cells); i++) {
		snprintf(name, sizeof(name), "%s on %s", symbol_names[cells[i].symbol],
			 cells[i].kind);
		memset(&p, 0, sizeof(p));
		kind = packet_any_kind(cells[i].kind);
		kind->build(&p, &dresses[0]);
		b.steps = 0;
		blob_step(&b, cells[i].symbol, cells[i].first, cells[i].last);
		t = twins_open(&b);
		out = twins_check(name, &t, packet_view(kind, &p, p.data, p.len));
		check_case(name, (out.main.kind == PFQ_VERDICT_COPY) == cells[i].passes);
		twins_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_agree_on_all_packets),
		cmocka_unit_test(bodies_agree_on_all_tunnels),
		cmocka_unit_test(cells_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
