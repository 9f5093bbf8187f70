/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The flows that a sensor has seen: packets and bytes of each, both directions together */
#ifndef BENCH_TRACKER_H
#define BENCH_TRACKER_H

#include <stddef.h>
#include <stdint.h>

#define TRACKER_FLOWS 65536 /* a power of two; flows beyond three quarters of it have no entry */

struct tracked {
	uint64_t ends;	/* both addresses, the lower end first; 0 with @rest 0: a free entry */
	uint64_t rest;	/* both ports, the protocol */
	uint64_t packets, bytes;
};

struct tracker {
	struct tracked flow[TRACKER_FLOWS];
	size_t flows;
};

/* A packet of IPv4 over Ethernet, with a VLAN tag or without */
struct decoded {
	uint64_t ends, rest;	/* as in struct tracked; 0: no flow */
	size_t payload, length; /* from the beginning of the frame; bytes of it that are there */
};

/* Find headers and payload. A frame of another protocol is payload behind its Ethernet header. */
void packet_decode(struct decoded *d, const uint8_t *bytes, size_t length);

/* The entry of the packet's flow. NULL: it has no flow, or the table is full. */
struct tracked *tracker_find(struct tracker *t, const struct decoded *d);

#endif
