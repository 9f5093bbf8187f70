// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>
#include "decode.h"

#define TAGS_MAX	16	/* of VLAN tags and MPLS labels together */

/* The rest of a frame. A read beyond its end sets bad and returns 0. */
struct cursor {
	const uint8_t *at, *end;
	bool bad;
};

static const uint8_t *take(struct cursor *c, size_t len)
{
	static const uint8_t nothing[64];
	const uint8_t *at = c->at;

	if (len > sizeof(nothing) || (size_t)(c->end - at) < len) {
		c->bad = true;
		return nothing;
	}
	c->at += len;
	return at;
}

static uint32_t take16(struct cursor *c)
{
	const uint8_t *p = take(c, 2);

	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t take32(struct cursor *c)
{
	uint32_t high = take16(c);

	return high << 16 | take16(c);
}

static void skip(struct cursor *c, size_t len)
{
	if ((size_t)(c->end - c->at) < len)
		c->bad = true;
	else
		c->at += len;
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_UDPLITE || proto == IPPROTO_DCCP;
}

/* Sort the ends. On entry flow.end[0] is the source and [1] the destination. */
static void flow_finish(struct decoded *d, struct cursor c)
{
	struct decode_end *end = d->flow.end, swap;

	d->transport = d->is_fragment && !d->is_first ? NULL : c.at;
	if (has_ports(d->flow.proto) && (!d->is_fragment || d->is_first)) {
		uint16_t source = (uint16_t)take16(&c), destination = (uint16_t)take16(&c);

		if (!c.bad) {
			end[0].port = source;
			end[1].port = destination;
		}
	}
	d->is_ip = true;
	if (memcmp(&end[0], &end[1], sizeof(end[0])) <= 0)
		return;
	swap = end[0];
	end[0] = end[1];
	end[1] = swap;
	d->direction = 1;
}

static void fragment_finish(struct decoded *d, uint32_t id)
{
	memcpy(d->datagram.from, d->flow.end[0].address, 16);
	memcpy(d->datagram.to, d->flow.end[1].address, 16);
	d->datagram.id = id;
	d->datagram.version = d->flow.version;
	d->datagram.proto = d->flow.proto;
}

static void decode_ip4(struct decoded *d, struct cursor c);
static void decode_ip6(struct decoded *d, struct cursor c);

/*
 * An ICMP error gets the flow that it quotes, but is no fragment of it. Only quotes with
 * ports count here.
 */
static void decode_error(struct decoded *d, struct cursor c)
{
	static const uint8_t errors4[] = { 3, 4, 5, 11, 12 }, errors6[] = { 1, 2, 3, 4 };
	bool six = d->flow.version == 6;
	struct decoded quoted;
	uint8_t type;

	if (d->is_fragment || d->flow.proto != (six ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return;
	type = *take(&c, 1);
	if (c.bad ||
	    !memchr(six ? errors6 : errors4, type, six ? sizeof(errors6) : sizeof(errors4)))
		return;
	skip(&c, 7);
	memset(&quoted, 0, sizeof(quoted));
	(six ? decode_ip6 : decode_ip4)(&quoted, c);
	if (!quoted.is_ip || quoted.is_fragment || !quoted.flow.end[0].port)
		return;
	d->flow = quoted.flow;
	d->direction = !quoted.direction;
}

static void decode_ip4(struct decoded *d, struct cursor c)
{
	const uint8_t *head = take(&c, 20);
	uint32_t head_len = (head[0] & 15) * 4u;
	uint32_t field = (uint32_t)head[6] << 8 | head[7];

	if (c.bad || head[0] >> 4 != 4 || head_len < 20)
		return;
	skip(&c, head_len - 20);
	if (c.bad)
		return;
	d->flow.version = 4;
	d->flow.proto = head[9];
	memcpy(d->flow.end[0].address, head + 12, 4);
	memcpy(d->flow.end[1].address, head + 16, 4);
	d->is_fragment = field & 0x3fff;
	d->is_first = !(field & 0x1fff);
	if (d->is_fragment)
		fragment_finish(d, (uint32_t)head[4] << 8 | head[5]);
	flow_finish(d, c);
	decode_error(d, c);
}

/* Skip one extension header. Returns the next one's type, or -1 in a later fragment. */
static int extension_skip(struct decoded *d, struct cursor *c, int type, uint32_t *id)
{
	uint32_t both = take16(c);
	int next = (int)(both >> 8);

	if (type == IPPROTO_FRAGMENT) {
		uint32_t field = take16(c);

		*id = take32(c);
		/* A datagram that is whole despite this header is no fragment (RFC 6946). */
		d->is_fragment = field & 0xfff9;
		d->is_first = !(field & 0xfff8);
		return next;
	}
	skip(c, type == IPPROTO_AH ? (both & 0xff) * 4 + 6 : (both & 0xff) * 8 + 6);
	return next;
}

static bool is_extension(int type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_DSTOPTS || type == IPPROTO_ROUTING ||
	       type == IPPROTO_FRAGMENT || type == IPPROTO_AH;
}

static void decode_ip6(struct decoded *d, struct cursor c)
{
	const uint8_t *head = take(&c, 40);
	int type = head[6];
	uint32_t id = 0;

	if (c.bad || head[0] >> 4 != 6)
		return;
	while (is_extension(type) && !c.bad && (!d->is_fragment || d->is_first))
		type = extension_skip(d, &c, type, &id);
	if (c.bad)
		return;
	d->flow.version = 6;
	d->flow.proto = (uint8_t)type;
	memcpy(d->flow.end[0].address, head + 8, 16);
	memcpy(d->flow.end[1].address, head + 24, 16);
	if (d->is_fragment) {
		fragment_finish(d, id);
		d->datagram.proto = 0;	/* an IPv6 id is unique without it */
	}
	flow_finish(d, c);
	decode_error(d, c);
}

static void decode_type(struct decoded *d, struct cursor c, uint32_t type)
{
	uint32_t label = 0;

	for (int i = 0; i < TAGS_MAX && !c.bad; i++) {
		if (type == ETHERTYPE_IP)
			decode_ip4(d, c);
		else if (type == ETHERTYPE_IPV6)
			decode_ip6(d, c);
		if (type == ETHERTYPE_VLAN || type == 0x88a8 || type == 0x9100) {
			skip(&c, 2);
			type = take16(&c);
		} else if (type == 0x8847 || type == 0x8848) {
			label = take32(&c);
			if (label >> 8 & 1 && c.at < c.end)
				type = *c.at >> 4 == 4 ? ETHERTYPE_IP :
				       *c.at >> 4 == 6 ? ETHERTYPE_IPV6 : 0;
		} else if (type == 0x8864) {
			skip(&c, 6);
			label = take16(&c);
			type = label == 0x21 ? ETHERTYPE_IP : label == 0x57 ? ETHERTYPE_IPV6 : 0;
		} else {
			return;
		}
	}
}

void decode_frame(struct decoded *d, const uint8_t *bytes, uint32_t caplen)
{
	struct cursor c = { bytes, bytes + caplen, false };

	memset(d, 0, sizeof(*d));
	skip(&c, 12);
	decode_type(d, c, take16(&c));
}

static bool is_vxlan(const struct decoded *d)
{
	return d->flow.proto == IPPROTO_UDP &&
	       (d->flow.end[0].port == 4789 || d->flow.end[1].port == 4789);
}

void decode_inside(struct decoded *d, const uint8_t *end)
{
	struct cursor c = { d->transport, end, false };
	struct decoded in;

	if (!d->is_ip || !d->transport)
		return;
	if (d->flow.proto == IPPROTO_GRE && !take16(&c)) {
		if (take16(&c) != 0x6558)
			return;
	} else if (is_vxlan(d)) {
		skip(&c, 16);
	} else {
		return;
	}
	if (c.bad)
		return;
	decode_frame(&in, c.at, (uint32_t)(end - c.at));
	if (!in.is_ip)
		return;
	d->flow = in.flow;
	d->direction = in.direction;
}

void decode_hosts(struct decoded *d)
{
	d->flow.end[0].port = 0;
	d->flow.end[1].port = 0;
	d->flow.proto = 0;
	d->is_fragment = false;
}
