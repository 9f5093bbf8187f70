/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Counts the packets and bytes of each flow. One table, shared by all lanes, of fixed size, without
 * locks and allocation. It forgets the smallest flows if there are too many: counts may be too low,
 * never too high. flows.c explains how.
 */
#ifndef PFQ_CORE_FLOWS_H
#define PFQ_CORE_FLOWS_H

#include <linux/pfq.h>
#include <pfq_deps.h>

#define PFQ_FLOWS_MAX		(16U << 20)	/* highest size */
#define PFQ_FLOWS_WAYS		8

/* Counts stop here, each by itself. */
#define PFQ_FLOWS_PACKETS_MAX	((1U << 23) - 1)
#define PFQ_FLOWS_BYTES_MAX	((1ULL << 39) - 1)

/* longest time of being idle; longer ones are shortened to it */
#define PFQ_FLOWS_IDLE_MAX_NS	(1ULL << 54)	/* 208 days */

/* Two cache lines; see flows.c. */
struct pfq_flows_bucket {
	u64 key[PFQ_FLOWS_WAYS];
	u64 sum[PFQ_FLOWS_WAYS];
};

struct pfq_flows {
	u32 mask;		/* number of buckets, minus 1 */
	u32 idle;		/* in units of flows.c */
	u64 reserved[7];
	struct pfq_flows_bucket bucket[];
};

/* Bytes of a table that counts @size flows well, 1 to PFQ_FLOWS_MAX. */
u64 pfq_flows_bytes(u32 size);

/*
 * @t: pfq_flows_bytes() bytes, zeroed, aligned to 64. A flow that was idle for @idle_ns begins
 * anew, not before that time and at most 0.6 s after it.
 */
void pfq_flows_init(struct pfq_flows *t, u32 size, u64 idle_ns);

/*
 * Count a packet of @len bytes for the flow @key, of pfq_hash_flow64(). @now_ns: the packet's time
 * by the host's clock. Returns the flow's counts, this packet included, for the two functions
 * below. Any lanes, at the same time.
 */
u64 pfq_flows_count(struct pfq_flows *t, u64 key, u32 len, u64 now_ns);

static inline u32 pfq_flows_packets(u64 counts)
{
	return (u32)(counts >> 39);
}

static inline u64 pfq_flows_octets(u64 counts)
{
	return counts & PFQ_FLOWS_BYTES_MAX;
}

static inline struct pfq_flows_bucket *pfq_flows_bucket(struct pfq_flows *t, u64 key)
{
	return &t->bucket[(u32)(key >> 32) & t->mask];
}

/* Load the lines that pfq_flows_count() will need. */
static inline void pfq_flows_prefetch(struct pfq_flows *t, u64 key)
{
	struct pfq_flows_bucket *b = pfq_flows_bucket(t, key);

	prefetch(b->key);
	prefetch(b->sum);
}

#endif /* PFQ_CORE_FLOWS_H */
