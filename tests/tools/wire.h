/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The packets that a reference capture has seen on the wire. Their bytes identify them;
 * equal packets are counted.
 */
#ifndef TOOLS_WIRE_H
#define TOOLS_WIRE_H

#include <stdint.h>
#include "capture.h"

struct wire_packet {
	const struct packet *packet;	/* the first with these bytes */
	uint64_t hash;
	uint64_t on_wire, captured;
	uint64_t seen;			/* a bit for each capture */
};

struct wire {
	void *packets;			/* tree of tsearch(3) */
};

/* Note a packet of the wire. Its memory must outlive the table. */
void wire_note(struct wire *w, const struct packet *packet);
void wire_compare(struct wire *w, const struct packet *packet, unsigned int capture);
void wire_walk(const struct wire *w, void (*fn)(const struct wire_packet *, void *), void *arg);
void wire_free(struct wire *w);

#endif /* TOOLS_WIRE_H */
