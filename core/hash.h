/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Symmetric hashes: swapping source and destination gives the same value.
 * The parsed view is the input; all of them return PFQ_HASH_NONE for a packet
 * that has no such field, and never PFQ_HASH_NONE otherwise.
 */
#ifndef PFQ_CORE_HASH_H
#define PFQ_CORE_HASH_H

#include "view.h"

#define PFQ_HASH_NONE	0

u32 pfq_hash_flow(const struct pfq_view *v, u32 seed);	/* addresses, protocol, ports */
u32 pfq_hash_addrs(const struct pfq_view *v, u32 seed);	/* addresses alone */
u32 pfq_hash_macs(const struct pfq_view *v, u32 seed);
u32 pfq_hash_u32(u32 value, u32 seed);

#endif /* PFQ_CORE_HASH_H */
