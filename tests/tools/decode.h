/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Finds the flow and the datagram of an Ethernet frame. This code is independent of core's
 * parser, so that tests can compare the two.
 */
#ifndef TOOLS_DECODE_H
#define TOOLS_DECODE_H

#include <stdbool.h>
#include <stdint.h>

/* One end: address (IPv4 in the first 4 bytes) and port (0: none) */
struct decode_end {
	uint8_t address[16];
	uint16_t port;
};

struct decode_flow {
	struct decode_end end[2];	/* end[0] is the smaller one */
	uint8_t version, proto;
};

struct decode_datagram {
	uint8_t from[16], to[16];
	uint32_t id;
	uint8_t version, proto;
	uint32_t use;			/* see use.h; decode_frame() sets 0 */
};

struct decoded {
	bool is_ip;			/* flow is valid; in a later fragment without ports */
	bool is_fragment;		/* datagram is valid */
	bool is_first;			/* true in the first fragment */
	unsigned int direction;		/* 0: from flow.end[0] to flow.end[1] */
	struct decode_flow flow;
	struct decode_datagram datagram;
	const uint8_t *transport;	/* the transport header; NULL in a later fragment */
};

void decode_frame(struct decoded *d, const uint8_t *bytes, uint32_t caplen);

/*
 * Let the flow be that inside of GRE or VXLAN, if there is one. The datagram stays that of the
 * tunnel. @end: the end of the frame's bytes.
 */
void decode_inside(struct decoded *d, const uint8_t *end);

/* Reduce the flow to its two hosts; a fragment becomes a packet of these. */
void decode_hosts(struct decoded *d);

#endif /* TOOLS_DECODE_H */
