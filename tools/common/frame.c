// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <netinet/in.h>
#include <string.h>
#include "frame.h"

#define ETH_HEADER   14u
#define IP4_HEADER   20u
#define IP6_HEADER   40u
#define UDP_HEADER   8u
#define TCP_HEADER   20u
#define PORT_DISCARD 9u
#define TCP_ACK	     0x5010u /* header of 5 words, flag ACK */

static const uint8_t ip4_source[4] = { 198, 18, 0, 0 };
static const uint8_t ip4_destination[4] = { 198, 19, 0, 1 };
static const uint8_t ip6_source[16] = { 0x20, 0x01, 0, 2, 0, 0, 0, 1 };
static const uint8_t ip6_destination[16] = { 0x20, 0x01, 0, 2, 0, 0, 0, 2, [15] = 1 };

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t sum16(const uint8_t *at, uint32_t length)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void frame_spec_init(struct frame_spec *spec)
{
	*spec = (struct frame_spec){
		.length = FRAME_LENGTH_MIN,
		.source = { 0x02, 0, 0, 0, 0, 0x01 },
		.destination = { 0x02, 0, 0, 0, 0, 0x02 },
	};
}

uint16_t frame_flow_address(uint32_t flow)
{
	return (uint16_t)(((flow * FRAME_FLOW_MULTIPLIER) & (FRAME_FLOWS_MAX - 1)) >>
			  FRAME_PORT_BITS);
}

uint16_t frame_flow_port(uint32_t flow)
{
	return (uint16_t)(FRAME_PORT_BASE |
			  ((flow * FRAME_FLOW_MULTIPLIER) & ((1u << FRAME_PORT_BITS) - 1)));
}

uint64_t frame_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

static void ip4_build(struct frame *f, uint8_t protocol)
{
	uint8_t *ip = f->data + ETH_HEADER;

	put16(f->data + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 6, 0x4000); /* don't fragment */
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, ip4_source, 4);
	memcpy(ip + 16, ip4_destination, 4);
	f->at_ip_length = ETH_HEADER + 2;
	f->at_ip_id = ETH_HEADER + 4;
	f->at_ip_checksum = ETH_HEADER + 10;
	f->at_address = ETH_HEADER + 14;
	f->ip_sum = sum16(ip, IP4_HEADER);
	f->l4_sum = sum16(ip + 12, 8) + protocol;
}

static void ip6_build(struct frame *f, uint8_t protocol)
{
	uint8_t *ip = f->data + ETH_HEADER;

	put16(f->data + 12, 0x86dd);
	ip[0] = 0x60;
	ip[6] = protocol;
	ip[7] = 64;
	memcpy(ip + 8, ip6_source, 16);
	memcpy(ip + 24, ip6_destination, 16);
	f->at_ip_length = ETH_HEADER + 4;
	f->at_address = ETH_HEADER + 22;
	f->l4_sum = sum16(ip + 8, 32) + protocol;
}

static uint32_t headers_length(const struct frame_spec *spec)
{
	return ETH_HEADER + (spec->v6 ? IP6_HEADER : IP4_HEADER) +
	       (spec->tcp ? TCP_HEADER : UDP_HEADER);
}

uint32_t frame_length_min(const struct frame_spec *spec)
{
	uint32_t headers = headers_length(spec);

	return headers > FRAME_LENGTH_MIN ? headers : FRAME_LENGTH_MIN;
}

void frame_build(struct frame *f, const struct frame_spec *spec)
{
	uint8_t protocol = spec->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	uint32_t at_l4 = ETH_HEADER + (spec->v6 ? IP6_HEADER : IP4_HEADER);

	memset(f, 0, sizeof(*f));
	f->v6 = spec->v6;
	f->tcp = spec->tcp;
	memcpy(f->data, spec->destination, 6);
	memcpy(f->data + 6, spec->source, 6);
	if (spec->v6)
		ip6_build(f, protocol);
	else
		ip4_build(f, protocol);
	put16(f->data + at_l4 + 2, PORT_DISCARD);
	if (spec->tcp)
		put16(f->data + at_l4 + 12, TCP_ACK);
	f->at_port = at_l4;
	f->at_l4_length = spec->tcp ? 0 : at_l4 + 4;
	f->at_checksum = at_l4 + (spec->tcp ? 16 : 6);
	f->headers = headers_length(spec);
	f->l4_sum += sum16(f->data + at_l4, f->headers - at_l4);
	frame_set(f, 0, spec->length, 0);
}

void frame_set(struct frame *f, uint32_t flow, uint32_t length, uint16_t id)
{
	uint16_t address = frame_flow_address(flow), port = frame_flow_port(flow);
	uint32_t ip_length = length - ETH_HEADER, l4_length = length - f->at_port, l4_sum;
	uint16_t checksum;

	f->length = length;
	put16(f->data + f->at_ip_length, f->v6 ? ip_length - IP6_HEADER : ip_length);
	put16(f->data + f->at_address, address);
	put16(f->data + f->at_port, port);
	if (!f->v6) {
		put16(f->data + f->at_ip_id, id);
		put16(f->data + f->at_ip_checksum, fold(f->ip_sum + ip_length + id + address));
	}
	l4_sum = f->l4_sum + l4_length + address + port;
	if (f->at_l4_length) {
		put16(f->data + f->at_l4_length, l4_length);
		l4_sum += l4_length;
	}
	checksum = fold(l4_sum);
	/* In UDP a checksum of 0 means that there is none. */
	put16(f->data + f->at_checksum, !checksum && !f->tcp ? 0xffff : checksum);
}
