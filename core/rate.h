/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Limits of rate: for all packets together, or for each key. The generic cell rate algorithm: of a
 * source, only the time is kept until which its packets have used up the rate. All lanes share the
 * table. It has a fixed size, no locks and no allocation. rate.c explains how.
 */
#ifndef PFQ_CORE_RATE_H
#define PFQ_CORE_RATE_H

#include <linux/pfq.h>
#include <pfq_deps.h>

#define PFQ_RATE_KEYS_MAX	(16U << 20)	/* highest size */
#define PFQ_RATE_BURST_MAX_NS	60000000000ULL
#define PFQ_RATE_BURST_NS	20000000ULL	/* default */

/* A longer packet counts as this long. */
#define PFQ_RATE_PACKET_BYTES	65536U

/* Units, with the lowest and the highest rate of each */
#define PFQ_RATE_UNITS(_)				\
	_(PACKETS,	1,	1000000000ULL)		/* a second */ \
	_(BITS,		8000,	1000000000000ULL)	/* a second */

#define PFQ_RATE_UNIT_ENUM(name, lowest, highest)	PFQ_RATE_##name,

enum pfq_rate_unit {
	PFQ_RATE_UNITS(PFQ_RATE_UNIT_ENUM)
	__PFQ_RATE_UNIT_MAX
};

struct pfq_rate {
	u64	packet, byte;	/* their costs: one of them is 0 */
	u64	burst, ahead;	/* see rate.c */
	u32	mask;		/* number of buckets, minus 1 */
	u32	reserved[7];
	u64	word[];
};

/* Bytes of a table that limits @size keys well, 1 to PFQ_RATE_KEYS_MAX. 0: no keys. */
u64 pfq_rate_bytes(u32 size);

/*
 * @r: pfq_rate_bytes() bytes, zeroed, aligned to 64. A source that has sent less than @rate may
 * send as much as the rate gives in @burst_ns, and one packet, at once. Returns -ERANGE for a rate
 * or a burst beyond the limits above.
 */
int pfq_rate_init(struct pfq_rate *r, u32 size, enum pfq_rate_unit unit, u64 rate, u64 burst_ns);

/*
 * Is a packet of @len bytes within the rate? It counts only if it is. @now_ns: its time by the
 * host's clock. Any lanes, at the same time.
 *
 * pfq_rate_within() is for all packets together, size 0. pfq_rate_within_key() is for each @key, a
 * hash of 64 bits. While at most size keys are at work, packets of at most 1 % of them pass without
 * a limit.
 */
bool pfq_rate_within(struct pfq_rate *r, u32 len, u64 now_ns);
bool pfq_rate_within_key(struct pfq_rate *r, u64 key, u32 len, u64 now_ns);

#endif /* PFQ_CORE_RATE_H */
