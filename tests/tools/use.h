/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A host uses an IP identification again within a second where many sockets
 * send fragments: the same key is then another datagram. The reference capture
 * tells them apart, by when their first fragments were on the wire.
 */
#ifndef TOOLS_USE_H
#define TOOLS_USE_H

#include <stdint.h>
#include "decode.h"

#define USES_MAX	32	/* of one identification; later ones count as the last */

struct use_table {
	void *tree;	/* of tsearch(3) */
};

/* Notes a first fragment of the reference, seen at @ts_ns. */
void use_note(struct use_table *t, const struct decode_datagram *key, uint64_t ts_ns);
/* Which use of @key a fragment seen at @ts_ns belongs to: the nearest; 0 if none was noted. */
uint32_t use_find(const struct use_table *t, const struct decode_datagram *key, uint64_t ts_ns);
void use_free(struct use_table *t);

#endif /* TOOLS_USE_H */
