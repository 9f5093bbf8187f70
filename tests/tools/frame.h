/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Frames for exact tests. Each carries a number, so that no two of a run have
 * the same bytes. A flow's number decides its addresses and ports, the same in
 * every kind of the same IP version and protocol.
 */
#ifndef TOOLS_FRAME_H
#define TOOLS_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_MAX	2048
#define FRAME_PIECES	64	/* fragments of one datagram */

struct frame {
	uint32_t len;
	uint8_t bytes[FRAME_MAX];
};

struct frame_params {
	uint32_t flow;
	uint64_t number;	/* of the packet or datagram in this run */
	bool reply;		/* from the flow's other end */
	uint32_t payload;	/* bytes of a whole packet's payload */
	uint32_t datagram;	/* bytes of payload of a fragmented datagram */
	uint32_t piece;		/* bytes of it in a fragment, a multiple of 8 */
	uint64_t seed;
};

struct frame_kind {
	const char *name, *text;
	/* Builds a packet's frames, in order; returns how many (at most FRAME_PIECES). */
	unsigned int (*build)(struct frame *frames, const struct frame_params *params);
};

/* rows; name NULL after the last */
extern const struct frame_kind frame_kinds[];
const struct frame_kind *frame_kind_find(const char *name);

#endif /* TOOLS_FRAME_H */
