/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the ingest drivers share; of others, only workers include this, for the clock. */
#ifndef PFQD_INGEST_DRIVER_H
#define PFQD_INGEST_DRIVER_H

#include <linux/if_ether.h>
#include <time.h>

#include "ingest.h"

#define INGEST_TAG_BYTES	4	/* of a VLAN tag */

/* The table of drivers: a row each, in the order in which they are listed. */
#define INGEST_DRIVERS(_)	\
	_(ingest_packet)	\
	_(ingest_xdp)		\
	_(ingest_file)

#define INGEST_DRIVER_DECLARE(driver)	extern const struct ingest_driver driver;
INGEST_DRIVERS(INGEST_DRIVER_DECLARE)

static inline uint64_t ingest_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* single writer, any readers */
static inline void ingest_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/*
 * Take the outer VLAN tag of Ethernet frame @frame, whose bytes @v describes,
 * out of the bytes: the addresses move up to the tag's end. A frame cut so short
 * that no link header would remain keeps its tag: @v is a link header at least.
 */
static inline void ingest_untag(struct pfq_view *v, uint8_t *frame)
{
	uint16_t type;

	if (v->caplen < ETH_HLEN + INGEST_TAG_BYTES)
		return;
	type = get_unaligned_be16(frame + 2 * ETH_ALEN);
	if (type != ETH_P_8021Q && type != ETH_P_8021AD)
		return;
	v->flags |= PFQ_REC_F_VLAN;
	v->tpid = type;
	v->tci = get_unaligned_be16(frame + ETH_HLEN);
	memmove(frame + INGEST_TAG_BYTES, frame, 2 * ETH_ALEN);
	v->data = frame + INGEST_TAG_BYTES;
	v->caplen -= INGEST_TAG_BYTES;
	v->len -= INGEST_TAG_BYTES;
}

/* what the kernel would call the protocol of Ethernet frame @v */
static inline uint16_t ingest_ethertype(const struct pfq_view *v)
{
	uint16_t type = get_unaligned_be16(v->data + 2 * ETH_ALEN);

	return type >= ETH_P_802_3_MIN ? type : ETH_P_802_2;
}

#endif /* PFQD_INGEST_DRIVER_H */
