/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Where many sockets send fragments, a host uses an IP identification again within a
 * second. The same key then means another datagram. The times of first fragments in the
 * reference capture distinguish these uses of a key.
 */
#ifndef TOOLS_USE_H
#define TOOLS_USE_H

#include <stdint.h>
#include "decode.h"

#define USES_MAX	32	/* of one identification; later ones count as the last */

struct use_table {
	void *tree;	/* of tsearch(3) */
};

/* Note a first fragment of the reference, seen at @ts_ns. */
void use_note(struct use_table *t, const struct decode_datagram *key, uint64_t ts_ns);
/*
 * Return the use of @key to which a fragment seen at @ts_ns belongs: the nearest; 0: none
 * was noted.
 */
uint32_t use_find(const struct use_table *t, const struct decode_datagram *key, uint64_t ts_ns);
void use_free(struct use_table *t);

#endif /* TOOLS_USE_H */
