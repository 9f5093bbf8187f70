/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The frames that captop and pfq-gen make: Ethernet, IPv4 or IPv6, UDP or TCP. Their
 * addresses are of the ranges reserved for benchmarks (198.18.0.0/15, 2001:2::/48). The
 * payload is zeros, and all checksums are right.
 *
 * A flow is a number that determines the source address and port. Two numbers below
 * FRAME_FLOWS_MAX never give the same pair.
 */
#ifndef BENCH_FRAME_H
#define BENCH_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_LENGTH_MIN 60u	/* without the checksum that Ethernet appends */
#define FRAME_LENGTH_MAX 1514u
#define FRAME_FLOWS_MAX	 (1u << 24)
#define FRAME_FLOW_MULTIPLIER 0x9e3779b1u /* odd, hence one to one modulo 2^24 */
#define FRAME_PORT_BASE	 0x8000u
#define FRAME_PORT_BITS	 14

struct frame_spec {
	uint32_t length;
	bool v6, tcp;
	uint8_t source[6], destination[6];
};

struct frame {
	uint8_t data[FRAME_LENGTH_MAX];
	uint32_t length;
	bool v6, tcp;
	uint32_t headers; /* bytes up to the payload */
	uint32_t at_ip_length, at_ip_id, at_ip_checksum; /* IPv6: the latter two are 0 */
	uint32_t at_address; /* of the low 16 bits of the source address */
	uint32_t at_port, at_l4_length, at_checksum; /* at_l4_length: 0 in TCP */
	/*
	 * One's complement sums (host order) of the constant parts: without address, port,
	 * id, lengths
	 */
	uint32_t ip_sum, l4_sum;
};

/* Set the default: UDP over IPv4, frames of 60 bytes. */
void frame_spec_init(struct frame_spec *spec);

/* The shortest frame that holds the headers: 60, or 74 for TCP over IPv6 */
uint32_t frame_length_min(const struct frame_spec *spec);

/* Build the frame of flow 0. @spec->length lies in [frame_length_min(), FRAME_LENGTH_MAX]. */
void frame_build(struct frame *f, const struct frame_spec *spec);

/* Change @f to a frame of @flow of @length bytes (limits as above), with @id in IPv4's header. */
void frame_set(struct frame *f, uint32_t flow, uint32_t length, uint16_t id);

uint16_t frame_flow_address(uint32_t flow); /* in host order, like the port */
uint16_t frame_flow_port(uint32_t flow);

/* xorshift64: captop and pfq-gen's program use the same step. @state is never 0. */
uint64_t frame_random(uint64_t *state);

#endif
