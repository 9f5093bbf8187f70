/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Frames for exact tests. Each carries a number, so no two frames of a run have the same
 * bytes. The number of a flow gives its addresses and ports. They are the same in all kinds
 * of one IP version and protocol.
 */
#ifndef TOOLS_FRAME_H
#define TOOLS_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_MAX	2048
#define FRAME_PIECES	64	/* fragments of a datagram, at most */

struct frame {
	uint32_t len;
	uint8_t bytes[FRAME_MAX];
};

struct frame_params {
	uint32_t flow;
	uint64_t number;	/* of the packet or datagram in this run */
	bool reply;		/* from the flow's other end */
	uint32_t payload;	/* payload bytes of a whole packet */
	uint32_t datagram;	/* payload bytes of a fragmented datagram */
	uint32_t piece;		/* payload bytes of a fragment, a multiple of 8 */
	uint64_t seed;
};

struct frame_kind {
	const char *name, *text;
	/* Build the frames of a packet, in order. Returns their number (at most FRAME_PIECES). */
	unsigned int (*build)(struct frame *frames, const struct frame_params *params);
};

/* The kinds; the row after the last has name NULL. */
extern const struct frame_kind frame_kinds[];
const struct frame_kind *frame_kind_find(const char *name);

#endif /* TOOLS_FRAME_H */
