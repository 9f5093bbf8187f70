/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Puts frames into tunnels: Ethernet in GRE or VXLAN, over IPv4 or IPv6. */
#ifndef TOOLS_TUNNEL_H
#define TOOLS_TUNNEL_H

#include "frame.h"

struct tunnel {
	const char *name;
	bool is_vxlan, six;
};

/* The tunnels; the row after the last has name NULL. */
extern const struct tunnel tunnels[];
const struct tunnel *tunnel_find(const char *name);

/*
 * Put frames[0], which is whole, into the tunnel. A packet of more than params->piece bytes behind
 * its IP header is sent in fragments. Returns the number of frames.
 */
unsigned int tunnel_put(const struct tunnel *t, struct frame *frames,
			const struct frame_params *params);

#endif /* TOOLS_TUNNEL_H */
