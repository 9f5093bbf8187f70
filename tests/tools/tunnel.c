// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>
#include "tunnel.h"

#define GRE_FRAME	0x6558
#define VXLAN_PORT	4789
#define VXLAN_NETWORK	5001
#define MORE		0x2000

const struct tunnel tunnels[] = {
	{ "gre4", false, false },
	{ "gre6", false, true },
	{ "vxlan4", true, false },
	{ "vxlan6", true, true },
	{ NULL, false, false },
};

const struct tunnel *tunnel_find(const char *name)
{
	for (const struct tunnel *t = tunnels; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static void put(struct frame *f, const void *bytes, uint32_t len)
{
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static void put8(struct frame *f, uint8_t v)
{
	f->bytes[f->len++] = v;
}

static void put16(struct frame *f, uint32_t v)
{
	put8(f, (uint8_t)(v >> 8));
	put8(f, (uint8_t)v);
}

static void put32(struct frame *f, uint32_t v)
{
	put16(f, v >> 16);
	put16(f, v);
}

/* The end of the tunnel that sends, or the other one: 1 or 2 */
static uint8_t end_of(const struct frame_params *p, bool sends)
{
	return sends == p->reply ? 2 : 1;
}

static void put_ip4(struct frame *f, const struct frame_params *p, uint8_t proto, uint32_t len,
		    uint32_t at, bool more)
{
	uint32_t begin = f->len, sum = 0;

	put16(f, 0x4500);
	put16(f, 20 + len);
	put16(f, (uint16_t)p->number);
	put16(f, at / 8 | (more ? MORE : 0));
	put8(f, 64);
	put8(f, proto);
	put16(f, 0);
	put32(f, 0xc0000200u | end_of(p, true));
	put32(f, 0xc0000200u | end_of(p, false));
	for (uint32_t i = 0; i < 20; i += 2)
		sum += (uint32_t)f->bytes[begin + i] << 8 | f->bytes[begin + i + 1];
	sum = ~((sum & 0xffff) + (sum >> 16));
	f->bytes[begin + 10] = (uint8_t)(sum >> 8);
	f->bytes[begin + 11] = (uint8_t)sum;
}

static void put_address6(struct frame *f, uint8_t end)
{
	put32(f, 0x20010db8);
	put32(f, 0xfeed);
	put32(f, 0);
	put32(f, end);
}

static void put_ip6(struct frame *f, const struct frame_params *p, uint8_t proto, uint32_t len,
		    uint32_t at, bool more)
{
	bool is_piece = at || more;

	put32(f, 0x60000000);
	put16(f, len + (is_piece ? 8 : 0));
	put8(f, is_piece ? IPPROTO_FRAGMENT : proto);
	put8(f, 64);
	put_address6(f, end_of(p, true));
	put_address6(f, end_of(p, false));
	if (!is_piece)
		return;
	put16(f, (uint32_t)proto << 8);
	put16(f, at | more);
	put32(f, (uint32_t)p->number);
}

/* The header of the tunnel. Both directions of VXLAN have its port as their destination. */
static void put_head(struct frame *f, const struct tunnel *t, const struct frame_params *p,
		     uint32_t len)
{
	if (!t->is_vxlan) {
		put16(f, 0);
		put16(f, GRE_FRAME);
		return;
	}
	put16(f, 49152 + (p->flow * 2 + p->reply) % 16384);
	put16(f, VXLAN_PORT);
	put16(f, 16 + len);
	put16(f, 0);
	put32(f, 0x08000000);
	put32(f, VXLAN_NETWORK << 8);
}

static void put_macs(struct frame *f, const struct frame_params *p)
{
	put32(f, 0x02000000);
	put16(f, end_of(p, false));
	put32(f, 0x02000000);
	put16(f, end_of(p, true));
}

unsigned int tunnel_put(const struct tunnel *t, struct frame *frames, const struct frame_params *p)
{
	uint8_t proto = t->is_vxlan ? IPPROTO_UDP : IPPROTO_GRE;
	struct frame whole = { .len = 0 }, *f = frames;
	uint32_t len;

	put_head(&whole, t, p, frames[0].len);
	put(&whole, frames[0].bytes, frames[0].len);
	for (uint32_t at = 0; at < whole.len; at += len, f++) {
		len = whole.len - at < p->piece ? whole.len - at : p->piece;
		f->len = 0;
		put_macs(f, p);
		put16(f, t->six ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
		(t->six ? put_ip6 : put_ip4)(f, p, proto, len, at, at + len < whole.len);
		put(f, whole.bytes + at, len);
	}
	return (unsigned int)(f - frames);
}
