// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <arpa/inet.h>
#include <endian.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>
#include "frame.h"
#include "pattern.h"

#define PAYLOAD_MAX	65000

/* A frame being written. A caller that writes too much is wrong. */
static void put(struct frame *f, const void *bytes, uint32_t len)
{
	if (len > FRAME_MAX - f->len)
		__builtin_trap();
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static void put8(struct frame *f, uint8_t value)
{
	put(f, &value, 1);
}

static void put16(struct frame *f, uint16_t value)
{
	value = htons(value);
	put(f, &value, 2);
}

static void put32(struct frame *f, uint32_t value)
{
	value = htonl(value);
	put(f, &value, 4);
}

static void put64(struct frame *f, uint64_t value)
{
	value = htobe64(value);
	put(f, &value, 8);
}

static uint16_t checksum(const uint8_t *bytes, uint32_t len, uint32_t sum)
{
	for (uint32_t i = 0; i < len; i++)
		sum += (uint32_t)bytes[i] << (i & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Locally administered addresses of the project: no host accepts or answers such frames. */
static void put_macs(struct frame *f, const struct frame_params *p)
{
	uint8_t end[2][6] = { { 2, 0x70, 0x66, 0x71, 1, (uint8_t)p->flow },
			      { 2, 0x70, 0x66, 0x71, 2, (uint8_t)p->flow } };

	f->len = 0;
	put(f, end[!p->reply], 6);
	put(f, end[p->reply], 6);
}

static uint16_t port(const struct frame_params *p, bool source)
{
	/* The end that answers has one port, like a server. */
	return source == p->reply ? 9 : (uint16_t)(1024 + p->flow % 60000);
}

static uint32_t address4(const struct frame_params *p, bool source)
{
	return source == p->reply ? 0x0a4d0001 + (p->flow % 7 << 8) : 0x0a4e0001 + p->flow;
}

static void put_address6(struct frame *f, const struct frame_params *p, bool source)
{
	put64(f, 0xfd00007066710000ULL);
	put64(f, source == p->reply ? 0x0100 + p->flow % 7 : 0x10000ULL + p->flow);
}

static void put_ip4(struct frame *f, const struct frame_params *p, uint8_t proto, uint32_t len,
		    uint16_t offset_field)
{
	uint32_t at = f->len;
	uint16_t sum;

	put16(f, 0x4500);
	put16(f, (uint16_t)(20 + len));
	put16(f, (uint16_t)p->number);
	put16(f, offset_field);
	put8(f, 64);
	put8(f, proto);
	put16(f, 0);
	put32(f, address4(p, true));
	put32(f, address4(p, false));
	sum = htons(checksum(f->bytes + at, 20, 0));
	memcpy(f->bytes + at + 10, &sum, 2);
}

static void put_ip6(struct frame *f, const struct frame_params *p, uint8_t next, uint32_t len)
{
	put32(f, 0x60000000);
	put16(f, (uint16_t)len);
	put8(f, next);
	put8(f, 64);
	put_address6(f, p, true);
	put_address6(f, p, false);
}

/* Write a payload: the number first, so that frames differ, then the pattern. */
static void put_payload(struct frame *f, const struct frame_params *p, uint32_t len)
{
	uint8_t bytes[FRAME_MAX];
	uint32_t rest = len > 8 ? len - 8 : 0;

	put64(f, p->number);
	pattern_fill(bytes, rest, p->seed ^ p->number, 0);
	put(f, bytes, rest);
}

static uint32_t payload_bytes(const struct frame_params *p)
{
	return p->payload < 8 ? 8 : p->payload;
}

/* Write UDP without a checksum, as IPv4 allows; receivers of these IPv6 packets ignore it. */
static void put_udp(struct frame *f, const struct frame_params *p)
{
	put16(f, port(p, true));
	put16(f, port(p, false));
	put16(f, (uint16_t)(8 + payload_bytes(p)));
	put16(f, 0);
	put_payload(f, p, payload_bytes(p));
}

static void put_tcp(struct frame *f, const struct frame_params *p)
{
	put16(f, port(p, true));
	put16(f, port(p, false));
	put32(f, (uint32_t)p->number);
	put32(f, 1);
	put16(f, 0x5018);
	put16(f, 512);
	put32(f, 0);
	put_payload(f, p, payload_bytes(p));
}

static void put_udp4(struct frame *f, const struct frame_params *p)
{
	put_ip4(f, p, IPPROTO_UDP, 8 + payload_bytes(p), 0);
	put_udp(f, p);
}

static void put_udp6(struct frame *f, const struct frame_params *p)
{
	put_ip6(f, p, IPPROTO_UDP, 8 + payload_bytes(p));
	put_udp(f, p);
}

/* --- kinds --------------------------------------------------------------------- */

static unsigned int build_udp4(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IP);
	put_udp4(f, p);
	return 1;
}

static unsigned int build_tcp4(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IP);
	put_ip4(f, p, IPPROTO_TCP, 20 + payload_bytes(p), 0x4000);
	put_tcp(f, p);
	return 1;
}

static unsigned int build_sctp4(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IP);
	put_ip4(f, p, IPPROTO_SCTP, 12 + payload_bytes(p), 0x4000);
	put16(f, port(p, true));
	put16(f, port(p, false));
	put64(f, p->number);
	put_payload(f, p, payload_bytes(p));
	return 1;
}

static unsigned int build_icmp4(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IP);
	put_ip4(f, p, IPPROTO_ICMP, 8 + payload_bytes(p), 0);
	put16(f, p->reply ? 0 : 0x0800);
	put16(f, 0);
	put32(f, (uint32_t)p->number);
	put_payload(f, p, payload_bytes(p));
	return 1;
}

static unsigned int build_udp6(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IPV6);
	put_udp6(f, p);
	return 1;
}

static unsigned int build_tcp6(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IPV6);
	put_ip6(f, p, IPPROTO_TCP, 20 + payload_bytes(p));
	put_tcp(f, p);
	return 1;
}

/* Hop-by-hop and destination options, both with padding only, before the UDP header */
static unsigned int build_ext6(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_IPV6);
	put_ip6(f, p, IPPROTO_HOPOPTS, 8 + 16 + 8 + payload_bytes(p));
	put64(f, (uint64_t)IPPROTO_DSTOPTS << 56 | 0x0001040000000000ULL >> 8);
	put64(f, (uint64_t)IPPROTO_UDP << 56 | 1ULL << 48 | 0x010cULL << 32);
	put64(f, 0);
	put_udp(f, p);
	return 1;
}

static unsigned int build_vlan(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_VLAN);
	put16(f, (uint16_t)(0x6000 | (10 + p->flow % 20)));
	put16(f, ETHERTYPE_IP);
	put_udp4(f, p);
	return 1;
}

static unsigned int build_qinq(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, 0x88a8);
	put16(f, (uint16_t)(100 + p->flow % 20));
	put16(f, ETHERTYPE_VLAN);
	put16(f, (uint16_t)(10 + p->flow % 20));
	put16(f, p->flow & 1 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	if (p->flow & 1)
		put_udp6(f, p);
	else
		put_udp4(f, p);
	return 1;
}

static unsigned int build_mpls(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, 0x8847);
	put32(f, (1000 + p->flow % 50) << 12 | 64);
	put32(f, (2000 + p->flow % 50) << 12 | 1 << 8 | 64);
	put_udp4(f, p);
	return 1;
}

static unsigned int build_pppoe(struct frame *f, const struct frame_params *p)
{
	bool six = p->flow & 1;

	put_macs(f, p);
	put16(f, 0x8864);
	put16(f, 0x1100);
	put16(f, (uint16_t)(1 + p->flow % 50));
	put16(f, (uint16_t)(2 + (six ? 40 : 20) + 8 + payload_bytes(p)));
	put16(f, six ? 0x0057 : 0x0021);
	if (six)
		put_udp6(f, p);
	else
		put_udp4(f, p);
	return 1;
}

static unsigned int build_arp(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, ETHERTYPE_ARP);
	put64(f, 0x0001080006040000ULL | (p->reply ? 2 : 1));
	put(f, f->bytes + 6, 6);
	put32(f, address4(p, true));
	put(f, f->bytes, 6);
	put32(f, address4(p, false));
	put64(f, p->number);
	put64(f, 0);
	return 1;
}

static unsigned int build_lldp(struct frame *f, const struct frame_params *p)
{
	put_macs(f, p);
	put16(f, 0x88cc);
	put_payload(f, p, payload_bytes(p));
	return 1;
}

/* A frame of no protocol: a header that ends too early, or random bytes after it. */
static unsigned int build_junk(struct frame *f, const struct frame_params *p)
{
	static const uint16_t types[] = { ETHERTYPE_IP, ETHERTYPE_IPV6, ETHERTYPE_VLAN, 0x88a8,
					  0x8847, 0x8864, ETHERTYPE_ARP, 0x1234 };
	uint64_t random = p->seed ^ p->number << 8;
	uint8_t noise[64];
	uint32_t len = (uint32_t)(pattern_random(&random) % sizeof(noise));

	put_macs(f, p);
	put16(f, types[pattern_random(&random) % 8]);
	pattern_fill(noise, sizeof(noise), random, 0);
	if (len && (random & 1))
		noise[0] = random & 2 ? 0x45 : 0x60;	/* looks like IP at first */
	put(f, noise, len);
	put64(f, p->number);
	return 1;
}

/* --- fragments -------------------------------------------------------------------- */

/* Write the first 8 bytes after the network headers. Only UDP has ports there. */
static void put_head(struct frame *f, const struct frame_params *p, uint8_t proto, uint32_t len)
{
	switch (proto) {
	case IPPROTO_UDP:
		put16(f, port(p, true));
		put16(f, port(p, false));
		put16(f, (uint16_t)(8 + len));
		put16(f, 0);
		return;
	case IPPROTO_GRE:
		put64(f, 0x2000080000000000ULL | p->flow);	/* IPv4, with a key */
		return;
	case IPPROTO_ESP:
		put32(f, 0x10000 + p->flow);
		put32(f, (uint32_t)p->number);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		put16(f, proto == IPPROTO_ICMP ? (p->reply ? 0 : 0x0800) :
						  (p->reply ? 0x8100 : 0x8000));
		put16(f, 0);
		put32(f, (uint32_t)p->number);
		return;
	default:	/* IPIP: the beginning of a header, which no one reads */
		put64(f, 0x4500001c00000000ULL | p->flow);
	}
}

static void put_whole(struct frame *f, const struct frame_params *p, bool six, uint8_t proto)
{
	put_macs(f, p);
	put16(f, six ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	if (six)
		put_ip6(f, p, proto, 8 + payload_bytes(p));
	else
		put_ip4(f, p, proto, 8 + payload_bytes(p), 0);
	put_head(f, p, proto, payload_bytes(p));
	put_payload(f, p, payload_bytes(p));
}

/* Write the datagram: the first 8 bytes and the payload. */
static uint32_t datagram_fill(uint8_t *bytes, const struct frame_params *p, uint8_t proto)
{
	uint32_t len = p->datagram < 16 ? 16 : p->datagram;
	uint64_t number = htobe64(p->number);
	struct frame head = { .len = 0 };

	if (len > PAYLOAD_MAX)
		len = PAYLOAD_MAX;
	put_head(&head, p, proto, len);
	memcpy(bytes, head.bytes, 8);
	memcpy(bytes + 8, &number, 8);
	pattern_fill(bytes + 16, len - 8, p->seed ^ p->number, 0);
	return len + 8;
}

static unsigned int build_pieces(struct frame *f, const struct frame_params *p, bool six,
				 uint8_t proto)
{
	static uint8_t bytes[PAYLOAD_MAX + 8];
	uint32_t total = datagram_fill(bytes, p, proto), len;
	unsigned int n = 0;

	for (uint32_t at = 0; at < total && n < FRAME_PIECES; at += len, n++, f++) {
		bool more;

		len = total - at < p->piece ? total - at : p->piece;
		more = at + len < total;
		put_macs(f, p);
		put16(f, six ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
		if (six) {
			put_ip6(f, p, IPPROTO_FRAGMENT, 8 + len);
			put16(f, (uint16_t)(proto << 8));
			put16(f, (uint16_t)(at | more));
			put32(f, (uint32_t)p->number);
		} else {
			put_ip4(f, p, proto, len, (uint16_t)(at >> 3 | (more ? 0x2000 : 0)));
		}
		put(f, bytes + at, len);
	}
	return n;
}

#define WHOLE(name, six, proto)                                                                    \
	static unsigned int build_##name(struct frame *f, const struct frame_params *p)            \
	{                                                                                          \
		put_whole(f, p, six, proto);                                                       \
		return 1;                                                                          \
	}

#define PIECES(name, six, proto)                                                                   \
	static unsigned int build_##name(struct frame *f, const struct frame_params *p)            \
	{                                                                                          \
		return build_pieces(f, p, six, proto);                                             \
	}

WHOLE(gre4, false, IPPROTO_GRE)
WHOLE(esp4, false, IPPROTO_ESP)
WHOLE(ipip4, false, IPPROTO_IPIP)
WHOLE(gre6, true, IPPROTO_GRE)
WHOLE(esp6, true, IPPROTO_ESP)
WHOLE(icmp6, true, IPPROTO_ICMPV6)
PIECES(frag4, false, IPPROTO_UDP)
PIECES(frag6, true, IPPROTO_UDP)
PIECES(fraggre4, false, IPPROTO_GRE)
PIECES(fragesp4, false, IPPROTO_ESP)
PIECES(fragipip4, false, IPPROTO_IPIP)
PIECES(fragicmp4, false, IPPROTO_ICMP)
PIECES(fraggre6, true, IPPROTO_GRE)
PIECES(fragesp6, true, IPPROTO_ESP)
PIECES(fragicmp6, true, IPPROTO_ICMPV6)

/* --- ICMP errors ------------------------------------------------------------------- */

struct report {
	unsigned int (*about)(struct frame *f, const struct frame_params *p);
	bool six, by_router;
	uint8_t type;
	uint32_t quoted;	/* most bytes to quote, from the network header on */
};

/*
 * Build an error about a packet, from its destination or a router to its source. The link
 * header is the packet's, with its tags. The error carries the packet's number, so no two
 * errors have the same bytes.
 */
static unsigned int build_error(struct frame *f, const struct frame_params *p,
				const struct report *r)
{
	struct frame_params back = *p;
	uint32_t link, bytes, at;
	struct frame quoted;

	back.reply = !p->reply;
	r->about(&quoted, p);
	link = quoted.bytes[12] == 0x81 ? 18 : 14;
	bytes = quoted.len - link < r->quoted ? quoted.len - link : r->quoted;
	put_macs(f, &back);
	put(f, quoted.bytes + 12, link - 12);
	if (r->six)
		put_ip6(f, &back, IPPROTO_ICMPV6, 8 + bytes);
	else
		put_ip4(f, &back, IPPROTO_ICMP, 8 + bytes, 0);
	at = link + (r->six ? 8 : 12);
	if (r->by_router)
		memset(f->bytes + at + 1, 0x99, 3);
	put8(f, r->type);
	put8(f, 0);
	put16(f, 0);
	put32(f, (uint32_t)p->number);
	put(f, quoted.bytes + link, bytes);
	return 1;
}

#define ERROR(name, ...)                                                                           \
	static unsigned int build_##name(struct frame *f, const struct frame_params *p)            \
	{                                                                                          \
		static const struct report report = { __VA_ARGS__ };                               \
                                                                                                   \
		return build_error(f, p, &report);                                                 \
	}

ERROR(unreach4, build_udp4, false, false, 3, 28)
ERROR(exceed4, build_tcp4, false, true, 11, 28)
ERROR(unreachv, build_vlan, false, true, 3, 64)
ERROR(unreach6, build_udp6, true, false, 1, 1000)
ERROR(toobig6, build_tcp6, true, true, 2, 1000)

const struct frame_kind frame_kinds[] = {
	{ "udp4", "UDP over IPv4", build_udp4 },
	{ "tcp4", "TCP over IPv4", build_tcp4 },
	{ "udp6", "UDP over IPv6", build_udp6 },
	{ "tcp6", "TCP over IPv6", build_tcp6 },
	{ "sctp4", "SCTP over IPv4", build_sctp4 },
	{ "icmp4", "ICMP echo", build_icmp4 },
	{ "frag4", "UDP over IPv4 in fragments", build_frag4 },
	{ "frag6", "UDP over IPv6 in fragments", build_frag6 },
	{ "gre4", "GRE over IPv4; gre6: over IPv6", build_gre4 },
	{ "gre6", "", build_gre6 },
	{ "esp4", "ESP, likewise", build_esp4 },
	{ "esp6", "", build_esp6 },
	{ "ipip4", "IPv4 in IPv4", build_ipip4 },
	{ "icmp6", "ICMPv6 echo", build_icmp6 },
	{ "fraggre4", "these in fragments", build_fraggre4 },
	{ "fraggre6", "", build_fraggre6 },
	{ "fragesp4", "", build_fragesp4 },
	{ "fragesp6", "", build_fragesp6 },
	{ "fragipip4", "", build_fragipip4 },
	{ "fragicmp4", "", build_fragicmp4 },
	{ "fragicmp6", "", build_fragicmp6 },
	{ "unreach4", "ICMP: udp4 is unreachable, by its destination", build_unreach4 },
	{ "exceed4", "ICMP: time of tcp4 exceeded, by a router", build_exceed4 },
	{ "unreachv", "ICMP: vlan is unreachable, by a router", build_unreachv },
	{ "unreach6", "ICMPv6: udp6 is unreachable, by its destination", build_unreach6 },
	{ "toobig6", "ICMPv6: tcp6 is too big, by a router", build_toobig6 },
	{ "ext6", "UDP over IPv6 behind extension headers", build_ext6 },
	{ "vlan", "UDP over IPv4 in an 802.1Q VLAN", build_vlan },
	{ "qinq", "UDP in an 802.1Q VLAN in an 802.1ad one", build_qinq },
	{ "mpls", "UDP over IPv4 under two MPLS labels", build_mpls },
	{ "pppoe", "UDP in a PPPoE session", build_pppoe },
	{ "arp", "ARP", build_arp },
	{ "lldp", "LLDP's type, no flow", build_lldp },
	{ "junk", "heads cut short and noise", build_junk },
	{ NULL, NULL, NULL },
};

const struct frame_kind *frame_kind_find(const char *name)
{
	const struct frame_kind *kind = frame_kinds;

	while (kind->name && strcmp(kind->name, name))
		kind++;
	return kind->name ? kind : NULL;
}
