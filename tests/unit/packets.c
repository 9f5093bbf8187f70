/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdlib.h>
#include "packets.h"
#include "core/parse.h"

#define TCP	6
#define UDP	17

static void put8(struct packet *p, u32 v)
{
	p->data[p->len++] = (u8)v;
}

static void put16(struct packet *p, u32 v)
{
	put8(p, v >> 8);
	put8(p, v);
}

static void put32(struct packet *p, u32 v)
{
	put16(p, v >> 16);
	put16(p, v);
}

static void put_zeros(struct packet *p, u32 n)
{
	while (n--)
		put8(p, 0);
}

static void put_macs(struct packet *p, const struct ends *e)
{
	put16(p, 0x0200);
	put32(p, e->dst);
	put16(p, 0x0200);
	put32(p, e->src);
}

static void put_tags(struct packet *p, u32 tpid, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		put16(p, tpid);
		put16(p, 0x2000 | (100 + i));
	}
}

/* @words of options; @frag: flags and offset as on the wire */
static void put_ip4(struct packet *p, const struct ends *e, u8 proto, u32 words, u32 frag)
{
	p->l3 = p->len;
	put8(p, 0x45 + words);
	put8(p, 0);
	put16(p, 20 + words * 4 + 40);
	put16(p, e->id);
	put16(p, frag);
	put8(p, 64);
	put8(p, proto);
	put16(p, 0);
	put32(p, 0x0a000000 + e->src);
	put32(p, 0x0a000000 + e->dst);
	while (words--)
		put32(p, 0x01010101);
	p->l4 = p->len;
}

static void put_ip6(struct packet *p, const struct ends *e, u8 next)
{
	p->l3 = p->len;
	put32(p, 0x60012345);
	put16(p, 200);
	put8(p, next);
	put8(p, 64);
	put32(p, 0x20010db8);
	put32(p, 0);
	put32(p, 0);
	put32(p, e->src);
	put32(p, 0x20010db8);
	put32(p, 0);
	put32(p, 0);
	put32(p, e->dst);
	p->l4 = p->len;
}

/* an extension header of @eights * 8 bytes more than its least */
static void put_ext(struct packet *p, u8 next, u32 eights)
{
	put8(p, next);
	put8(p, eights);
	put_zeros(p, 6 + eights * 8);
	p->l4 = p->len;
}

static void put_ah(struct packet *p, u8 next)
{
	put8(p, next);
	put8(p, 4);
	put_zeros(p, 22);
	p->l4 = p->len;
}

static void put_frag6(struct packet *p, const struct ends *e, u8 next, u32 offset_more)
{
	put8(p, next);
	put8(p, 0);
	put16(p, offset_more);
	put32(p, e->id);
	p->l4 = p->len;
}

/* ports, and enough behind them for any transport header */
static void put_ports(struct packet *p, const struct ends *e)
{
	put16(p, e->sport);
	put16(p, e->dport);
	put32(p, 0x11223344);
	put32(p, 0x55667788);
	put16(p, 0x5018);
	put16(p, 0xffff);
	put32(p, 0);
	put32(p, 0x70617966);
}

static void put_label(struct packet *p, bool bottom)
{
	put32(p, 0x00010040 | (bottom ? 0x100 : 0));
}

static void put_pppoe(struct packet *p, u32 code, u32 ppp)
{
	put8(p, 0x11);
	put8(p, code);
	put16(p, 7);
	put16(p, 100);
	put16(p, ppp);
}

/* the least there is to a packet: macs, tags, IPv4, ports */
#define IP4_KIND(name, tpid, tags, proto, words, frag)                                             \
	static void name(struct packet *p, const struct ends *e)                                   \
	{                                                                                          \
		put_macs(p, e);                                                                    \
		put_tags(p, tpid, tags);                                                           \
		put16(p, 0x0800);                                                                  \
		put_ip4(p, e, proto, words, frag);                                                 \
		put_ports(p, e);                                                                   \
	}

IP4_KIND(ip4_tcp, 0, 0, TCP, 0, 0x4000)
IP4_KIND(ip4_udp, 0, 0, UDP, 0, 0)
IP4_KIND(ip4_udplite, 0, 0, 136, 0, 0)
IP4_KIND(ip4_sctp, 0, 0, 132, 0, 0)
IP4_KIND(ip4_dccp, 0, 0, 33, 0, 0)
IP4_KIND(ip4_icmp, 0, 0, 1, 0, 0)
IP4_KIND(ip4_gre, 0, 0, 47, 0, 0)
IP4_KIND(ip4_options, 0, 0, UDP, 3, 0)
IP4_KIND(ip4_options_max, 0, 0, TCP, 10, 0)
IP4_KIND(ip4_first, 0, 0, UDP, 0, 0x2000)
IP4_KIND(ip4_middle, 0, 0, UDP, 0, 0x2010)
IP4_KIND(ip4_last, 0, 0, UDP, 0, 0x0020)
IP4_KIND(ip4_first_options, 0, 0, UDP, 2, 0x2000)
IP4_KIND(ip4_first_icmp, 0, 0, 1, 0, 0x2000)
IP4_KIND(ip4_first_gre, 0, 0, 47, 0, 0x2000)
IP4_KIND(ip4_last_gre, 0, 0, 47, 0, 0x0020)
IP4_KIND(ip4_last_icmp, 0, 0, 1, 0, 0x0020)
IP4_KIND(tag_8100, 0x8100, 1, TCP, 0, 0)
IP4_KIND(tag_88a8, 0x88a8, 1, TCP, 0, 0)
IP4_KIND(tag_9100, 0x9100, 1, UDP, 0, 0)
IP4_KIND(tag_9200, 0x9200, 1, UDP, 0, 0)
IP4_KIND(tag_9300, 0x9300, 2, UDP, 0, 0)
IP4_KIND(tags_most, 0x8100, PFQ_PARSE_TAGS_MAX, UDP, 0, 0)
IP4_KIND(tags_too_many, 0x8100, PFQ_PARSE_TAGS_MAX + 1, UDP, 0, 0)

static void ether(struct packet *p, const struct ends *e, u32 type)
{
	put_macs(p, e);
	put16(p, type);
}

static void ip6(struct packet *p, const struct ends *e, u8 next)
{
	ether(p, e, 0x86dd);
	put_ip6(p, e, next);
}

#define IP6_KIND(name, first, ...)                                                                 \
	static void name(struct packet *p, const struct ends *e)                                   \
	{                                                                                          \
		ip6(p, e, first);                                                                  \
		__VA_ARGS__;                                                                       \
		put_ports(p, e);                                                                   \
	}

IP6_KIND(ip6_tcp, TCP, (void)0)
IP6_KIND(ip6_udp, UDP, (void)0)
IP6_KIND(ip6_icmp, 58, (void)0)
IP6_KIND(ip6_esp, 50, (void)0)
IP6_KIND(ip6_nonext, 59, (void)0)
IP6_KIND(ip6_hop, 0, put_ext(p, UDP, 0))
IP6_KIND(ip6_routing, 43, put_ext(p, TCP, 2))
IP6_KIND(ip6_options, 60, put_ext(p, TCP, 1))
IP6_KIND(ip6_mobility, 135, put_ext(p, UDP, 1))
IP6_KIND(ip6_ah, 51, put_ah(p, TCP))
IP6_KIND(ip6_many, 0, put_ext(p, 60, 0), put_ext(p, 43, 0), put_ext(p, 51, 2), put_ah(p, 60),
	 put_ext(p, UDP, 0))
IP6_KIND(ip6_atomic, 44, put_frag6(p, e, UDP, 0))
IP6_KIND(ip6_first, 44, put_frag6(p, e, UDP, 1))
IP6_KIND(ip6_middle, 44, put_frag6(p, e, UDP, 0x0101))
IP6_KIND(ip6_last, 44, put_frag6(p, e, UDP, 0x0200))
IP6_KIND(ip6_first_esp, 44, put_frag6(p, e, 50, 1))
IP6_KIND(ip6_last_esp, 44, put_frag6(p, e, 50, 0x0200))
IP6_KIND(ip6_hop_first, 0, put_ext(p, 44, 0), put_frag6(p, e, 60, 1), put_ext(p, UDP, 0))
IP6_KIND(ip6_hop_last, 0, put_ext(p, 44, 0), put_frag6(p, e, 60, 0x0200))

static void ip6_exts(struct packet *p, const struct ends *e, u32 count)
{
	ip6(p, e, 60);
	while (--count)
		put_ext(p, 60, 0);
	put_ext(p, UDP, 0);
	put_ports(p, e);
}

static void ip6_exts_most(struct packet *p, const struct ends *e)
{
	ip6_exts(p, e, PFQ_PARSE_EXTS_MAX);
}

static void ip6_exts_too_many(struct packet *p, const struct ends *e)
{
	ip6_exts(p, e, PFQ_PARSE_EXTS_MAX + 1);
}

static void tag_ip6(struct packet *p, const struct ends *e)
{
	put_macs(p, e);
	put_tags(p, 0x88a8, 1);
	put_tags(p, 0x8100, 1);
	put16(p, 0x86dd);
	put_ip6(p, e, UDP);
	put_ports(p, e);
}

static void mpls(struct packet *p, const struct ends *e, u32 type, u32 labels)
{
	ether(p, e, type);
	while (--labels)
		put_label(p, false);
	put_label(p, true);
}

#define MPLS_KIND(name, type, labels, ip)                                                          \
	static void name(struct packet *p, const struct ends *e)                                   \
	{                                                                                          \
		mpls(p, e, type, labels);                                                          \
		ip;                                                                                \
		put_ports(p, e);                                                                   \
	}

MPLS_KIND(mpls_ip4, 0x8847, 1, put_ip4(p, e, TCP, 0, 0))
MPLS_KIND(mpls_ip6, 0x8847, 3, put_ip6(p, e, UDP))
MPLS_KIND(mpls_multicast, 0x8848, 2, put_ip4(p, e, UDP, 1, 0))
MPLS_KIND(mpls_most, 0x8847, PFQ_PARSE_TAGS_MAX, put_ip4(p, e, UDP, 0, 0))
MPLS_KIND(mpls_too_many, 0x8847, PFQ_PARSE_TAGS_MAX + 1, put_ip4(p, e, UDP, 0, 0))
MPLS_KIND(mpls_pseudowire, 0x8847, 1, put32(p, 0))

#define PPPOE_KIND(name, type, code, ppp, ip)                                                      \
	static void name(struct packet *p, const struct ends *e)                                   \
	{                                                                                          \
		ether(p, e, type);                                                                 \
		put_pppoe(p, code, ppp);                                                           \
		ip;                                                                                \
		put_ports(p, e);                                                                   \
	}

PPPOE_KIND(pppoe_ip4, 0x8864, 0, 0x0021, put_ip4(p, e, TCP, 0, 0))
PPPOE_KIND(pppoe_ip6, 0x8864, 0, 0x0057, put_ip6(p, e, TCP))
PPPOE_KIND(pppoe_lcp, 0x8864, 0, 0xc021, put_ip4(p, e, TCP, 0, 0))
PPPOE_KIND(pppoe_not_data, 0x8864, 0xa7, 0x0021, put_ip4(p, e, TCP, 0, 0))
PPPOE_KIND(pppoe_discovery, 0x8863, 0, 0x0021, put_ip4(p, e, TCP, 0, 0))

static void tag_pppoe(struct packet *p, const struct ends *e)
{
	put_macs(p, e);
	put_tags(p, 0x8100, 1);
	put16(p, 0x8864);
	put_pppoe(p, 0, 0x0021);
	put_ip4(p, e, UDP, 0, 0);
	put_ports(p, e);
}

static void arp(struct packet *p, const struct ends *e)
{
	ether(p, e, 0x0806);
	put16(p, 1);
	put16(p, 0x0800);
	put16(p, 0x0604);
	put16(p, 1);
	put_zeros(p, 20);
}

static void lldp(struct packet *p, const struct ends *e)
{
	ether(p, e, 0x88cc);
	put_zeros(p, 46);
}

/* LLC and SNAP that claim IPv4: a length where the type would be */
static void snap(struct packet *p, const struct ends *e)
{
	ether(p, e, 60);
	put32(p, 0xaaaa0300);
	put32(p, 0x00000800);
	put_ip4(p, e, UDP, 0, 0);
	put_ports(p, e);
}

static void bad_version(struct packet *p, const struct ends *e)
{
	ip4_tcp(p, e);
	p->data[14] = 0x65;
}

static void bad_header_length(struct packet *p, const struct ends *e)
{
	ip4_tcp(p, e);
	p->data[14] = 0x44;
}

static void bad_version6(struct packet *p, const struct ends *e)
{
	ip6_tcp(p, e);
	p->data[14] = 0x45;
}

static void raw_ip4(struct packet *p, const struct ends *e)
{
	put_ip4(p, e, TCP, 1, 0);
	put_ports(p, e);
}

static void raw_ip6(struct packet *p, const struct ends *e)
{
	put_ip6(p, e, UDP);
	put_ports(p, e);
}

#define E	PFQ_LINKTYPE_ETHERNET
#define R	PFQ_LINKTYPE_RAW
#define PORTS	PFQ_FLOW_PORTS
#define LATER	PFQ_FLOW_FRAG
#define FIRST	(PFQ_FLOW_FRAG | PFQ_FLOW_FRAG_FIRST)

const struct packet_kind packet_kinds[] = {
	{ "ip4-tcp", ip4_tcp, E, 4, TCP, PORTS },
	{ "ip4-udp", ip4_udp, E, 4, UDP, PORTS },
	{ "ip4-udplite", ip4_udplite, E, 4, 136, PORTS },
	{ "ip4-sctp", ip4_sctp, E, 4, 132, PORTS },
	{ "ip4-dccp", ip4_dccp, E, 4, 33, PORTS },
	{ "ip4-icmp", ip4_icmp, E, 4, 1, 0 },
	{ "ip4-gre", ip4_gre, E, 4, 47, 0 },
	{ "ip4-options", ip4_options, E, 4, UDP, PORTS },
	{ "ip4-options-max", ip4_options_max, E, 4, TCP, PORTS },
	{ "ip4-first", ip4_first, E, 4, UDP, PORTS | FIRST },
	{ "ip4-middle", ip4_middle, E, 4, UDP, LATER },
	{ "ip4-last", ip4_last, E, 4, UDP, LATER },
	{ "ip4-first-options", ip4_first_options, E, 4, UDP, PORTS | FIRST },
	{ "ip4-first-icmp", ip4_first_icmp, E, 4, 1, FIRST },
	{ "ip4-last-icmp", ip4_last_icmp, E, 4, 1, LATER },
	{ "ip4-first-gre", ip4_first_gre, E, 4, 47, FIRST },
	{ "ip4-last-gre", ip4_last_gre, E, 4, 47, LATER },
	{ "tag-8100", tag_8100, E, 4, TCP, PORTS },
	{ "tag-88a8", tag_88a8, E, 4, TCP, PORTS },
	{ "tag-9100", tag_9100, E, 4, UDP, PORTS },
	{ "tag-9200", tag_9200, E, 4, UDP, PORTS },
	{ "tag-9300", tag_9300, E, 4, UDP, PORTS },
	{ "tag-ip6", tag_ip6, E, 6, UDP, PORTS },
	{ "tags-most", tags_most, E, 4, UDP, PORTS },
	{ "tags-too-many", tags_too_many, E, 0, 0, 0 },
	{ "ip6-tcp", ip6_tcp, E, 6, TCP, PORTS },
	{ "ip6-udp", ip6_udp, E, 6, UDP, PORTS },
	{ "ip6-icmp", ip6_icmp, E, 6, 58, 0 },
	{ "ip6-esp", ip6_esp, E, 6, 50, 0 },
	{ "ip6-nonext", ip6_nonext, E, 6, 59, 0 },
	{ "ip6-hop", ip6_hop, E, 6, UDP, PORTS },
	{ "ip6-routing", ip6_routing, E, 6, TCP, PORTS },
	{ "ip6-options", ip6_options, E, 6, TCP, PORTS },
	{ "ip6-mobility", ip6_mobility, E, 6, UDP, PORTS },
	{ "ip6-ah", ip6_ah, E, 6, TCP, PORTS },
	{ "ip6-many", ip6_many, E, 6, UDP, PORTS },
	{ "ip6-atomic", ip6_atomic, E, 6, UDP, PORTS },
	{ "ip6-first", ip6_first, E, 6, UDP, PORTS | FIRST },
	{ "ip6-middle", ip6_middle, E, 6, UDP, LATER },
	{ "ip6-last", ip6_last, E, 6, UDP, LATER },
	{ "ip6-first-esp", ip6_first_esp, E, 6, 50, FIRST },
	{ "ip6-last-esp", ip6_last_esp, E, 6, 50, LATER },
	{ "ip6-hop-first", ip6_hop_first, E, 6, UDP, PORTS | FIRST },
	{ "ip6-hop-last", ip6_hop_last, E, 6, 60, LATER },
	{ "ip6-exts-most", ip6_exts_most, E, 6, UDP, PORTS },
	{ "ip6-exts-too-many", ip6_exts_too_many, E, 6, 60, 0 },
	{ "mpls-ip4", mpls_ip4, E, 4, TCP, PORTS },
	{ "mpls-ip6", mpls_ip6, E, 6, UDP, PORTS },
	{ "mpls-multicast", mpls_multicast, E, 4, UDP, PORTS },
	{ "mpls-most", mpls_most, E, 4, UDP, PORTS },
	{ "mpls-too-many", mpls_too_many, E, 0, 0, 0 },
	{ "mpls-pseudowire", mpls_pseudowire, E, 0, 0, 0 },
	{ "pppoe-ip4", pppoe_ip4, E, 4, TCP, PORTS },
	{ "pppoe-ip6", pppoe_ip6, E, 6, TCP, PORTS },
	{ "pppoe-lcp", pppoe_lcp, E, 0, 0, 0 },
	{ "pppoe-not-data", pppoe_not_data, E, 0, 0, 0 },
	{ "pppoe-discovery", pppoe_discovery, E, 0, 0, 0 },
	{ "tag-pppoe", tag_pppoe, E, 4, UDP, PORTS },
	{ "arp", arp, E, 0, 0, 0 },
	{ "lldp", lldp, E, 0, 0, 0 },
	{ "snap", snap, E, 0, 0, 0 },
	{ "bad-version", bad_version, E, 0, 0, 0 },
	{ "bad-header-length", bad_header_length, E, 0, 0, 0 },
	{ "bad-version6", bad_version6, E, 0, 0, 0 },
	{ "raw-ip4", raw_ip4, R, 4, TCP, PORTS },
	{ "raw-ip6", raw_ip6, R, 6, UDP, PORTS },
	{ "cooked", ip4_tcp, 113, 0, 0, 0 },
};
const unsigned int packet_kinds_count = ARRAY_SIZE(packet_kinds);

const struct packet_kind *packet_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < packet_kinds_count; i++)
		if (!strcmp(packet_kinds[i].name, name))
			return &packet_kinds[i];
	abort();
}

struct ends ends_reversed(const struct ends *e)
{
	return (struct ends){ e->dst, e->src, e->dport, e->sport, e->id };
}

struct pfq_view packet_view(const struct packet_kind *kind, const struct packet *p,
			    const u8 *data, u32 caplen)
{
	return (struct pfq_view){
		.data = data,
		.caplen = caplen,
		.len = p->len,
		.ts_ns = 1700000000000000000ULL,
		.ifindex = 3,
		.queue = PFQ_QUEUE_UNKNOWN,
		.linktype = kind->linktype,
		.protocol = p->len >= 14 ? get_unaligned_be16(p->data + 12) : 0,
	};
}

u8 *packet_exact(const struct packet *p, u32 bytes)
{
	u8 *copy = malloc(bytes);

	if (!copy && bytes)
		abort();
	if (bytes)
		memcpy(copy, p->data, bytes);
	return copy;
}

void packet_quote(struct packet *p, const struct packet *quoted, u32 bytes, u8 type, u32 from,
		  const char *link_kind)
{
	const u8 *ip = quoted->data + quoted->l3;
	bool six = ip[0] >> 4 == 6;
	u32 at = six ? 8 : 12, size = six ? 16 : 4;
	struct ends e = {
		.src = from ? from : get_unaligned_be32(ip + at + 2 * size - 4) & 0xffffff,
		.dst = get_unaligned_be32(ip + at + size - 4) & 0xffffff,
		.id = 1,
	};

	memset(p, 0, sizeof(*p));
	packet_kind(link_kind)->build(p, &e);
	p->len = p->l3;
	if (six)
		put_ip6(p, &e, 58);
	else
		put_ip4(p, &e, 1, 0, 0);
	put8(p, type);
	put8(p, 1);
	put16(p, 0);
	put32(p, 0);
	memcpy(p->data + p->len, ip, bytes);
	p->len += bytes;
}
