/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Shared by the ingest drivers. Outside of this folder only the workers include this header, for
 * the clock.
 */
#ifndef PFQD_INGEST_DRIVER_H
#define PFQD_INGEST_DRIVER_H

#include <linux/if_ether.h>
#include <time.h>

#include "ingest.h"

#define INGEST_TAG_BYTES	4	/* bytes of a VLAN tag */

/* The table of drivers: one row for each, in the order in which they are listed. */
#define INGEST_DRIVERS(_)	\
	_(ingest_packet)	\
	_(ingest_xdp)		\
	_(ingest_file)

#define INGEST_DRIVER_DECLARE(driver)	extern const struct ingest_driver driver;
INGEST_DRIVERS(INGEST_DRIVER_DECLARE)

/* The time of @clock in nanoseconds. */
static inline uint64_t ingest_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* Add @n to @counter. One thread writes a counter, any thread may read it. */
static inline void ingest_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/*
 * Move the outer VLAN tag of the Ethernet frame @frame from the bytes into @v, which describes the
 * frame. The two addresses move up by the length of the tag. A frame that is too short for a link
 * header without the tag keeps its tag. @v must hold at least a link header.
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

/* The protocol number that the kernel would give the Ethernet frame @v. */
static inline uint16_t ingest_ethertype(const struct pfq_view *v)
{
	uint16_t type = get_unaligned_be16(v->data + 2 * ETH_ALEN);

	return type >= ETH_P_802_3_MIN ? type : ETH_P_802_2;
}

#endif /* PFQD_INGEST_DRIVER_H */
